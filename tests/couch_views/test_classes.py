"""Owns the rule that every kind of document has its class.

Never tests what is done with a class.
Called by pytest.
"""

import re

from couch_views import shapes
from couch_views.classes import CLASSES, DocumentClass


def kinds() -> set[str]:
    """The kinds that the shapes tell of; a checkpoint is about a class, and in none."""
    told = (re.match(r"kind ``(\w+)``", shape.__doc__ or "") for shape in vars(shapes).values())
    return {found[1] for found in told if found} - {"checkpoint"}


def test_every_kind_of_document_has_a_class() -> None:
    assert kinds() - CLASSES.keys() == set()


def test_what_is_acted_on_comes_first() -> None:
    first = {kind for kind, its in CLASSES.items() if its is DocumentClass.CURRENT}
    assert first >= {"order", "account", "position", "quotes", "market"}
