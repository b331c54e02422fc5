"""Owns the rules about the table: it names every event, and each part the kinds that it makes.

Never tests a fold.
Called by pytest.
"""

from typing import get_args

import pytest

from actors.machines.messages.credential_events import SessionsEnded
from actors.machines.messages.events import Event, OrderPlaced, OrderUpdated
from couch_views.classes import CLASSES, DocumentClass
from couch_views.projection.table import FORMS, TABLE, rules_about


def test_every_event_has_its_line() -> None:
    assert set(TABLE) == set(get_args(Event))


def kinds(rule_about: DocumentClass) -> set[str]:
    named: set[str] = set()
    for rule in rules_about(rule_about).values():
        named.update(rule.births.kinds if rule.births else ())
        named.update(change.kind for change in rule.changes)
        named.update(addition.kind for addition in rule.adds)
    return named


@pytest.mark.parametrize("of", DocumentClass)
def test_every_kind_is_made_by_the_rules_of_its_class_and_by_no_others(of: DocumentClass) -> None:
    assert kinds(of) == {kind for kind, its in CLASSES.items() if its is of}


def test_what_is_of_no_class_is_left_out() -> None:
    assert OrderPlaced not in rules_about(DocumentClass.HISTORY)
    assert OrderUpdated in rules_about(DocumentClass.HISTORY)
    assert SessionsEnded not in rules_about(*DocumentClass)


def test_forms_are_for_kinds_that_there_are() -> None:
    assert CLASSES.keys() >= FORMS.keys()
