"""Owns the rule that a document survives being held: whatever its form, it is stored as it was.

Never tests what an event does to it.
Called by pytest.
"""

import copy
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from couch_views.projection.held import begin, hold
from couch_views.projection.table import FORMS
from tests.couch_views.projection.histories import folded_at_once, play
from tests.couch_views.projection.records import placed, project, registered


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_what_is_held_is_stored_as_it_was_read(seed: int) -> None:
    documents = folded_at_once(play(random.Random(seed), requests=12))
    # Scores come with settlements that a social stream has counted: tests of scores look at them.
    assert {document["kind"] for document in documents.values()} >= FORMS.keys() - {"score"}
    for document in documents.values():
        held = hold(copy.deepcopy(document))
        assert held.document == held.dump() == held.dump() == document


def test_what_is_held_reflects_its_record_and_what_begins_the_one_before() -> None:
    [document] = [each for each in project([registered(), placed()]).values() if each["kind"] == "order"]
    assert hold(document).since == 1
    assert begin(document, since=0).since == 0
    assert begin(document, since=0).dump()["sequence"] == 1
