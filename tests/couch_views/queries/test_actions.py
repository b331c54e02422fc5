"""Owns the cases of reading what staff did: order, pages, names, and outcomes that are known or not.

Never tests what the projection writes.
Called by pytest.
"""

import pytest

from actors.machines.messages.answers import Refused
from actors.machines.messages.commands import CreateEvent
from actors.machines.messages.events import InstructionSent, ItemAnswered
from actors.machines.messages.words import Reason
from couch_views.queries.actions import actions
from couch_views.queries.pages import QueryError
from tests.couch_views.projection.records import SECOND, project, registered
from tests.couch_views.shelf import Shelf

ALICE, NOBODY = 16, 33
NO = Refused(Reason.EVENT_NOT_FOUND, "There is no such event.")


def asked(second: int, account_id: int = ALICE) -> InstructionSent:
    """An action of this second."""
    return InstructionSent(
        account_id, second, 0, "markets-0", CreateEvent(f"E{second}", "t", 1), second * SECOND
    )


def shelf_of(*events: InstructionSent | ItemAnswered) -> Shelf:
    shelf = Shelf()
    shelf.put(*project([registered(ALICE, "alice"), *events]).values())
    return shelf


def names(shelf: Shelf, sort: str | None, limit: int) -> list[object]:
    """The actions in order, page by page."""
    page = actions(shelf, sort, limit)
    found = list(page.items)
    while page.next_cursor is not None:
        page = actions(shelf, sort, limit, page.next_cursor)
        found += page.items
    return [action["details"]["name"] for action in found]  # type: ignore[call-overload, index]


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("sort", [None, "created", "-created", "id", "-id"])
def test_actions_are_in_the_order_of_their_time_whoever_did_them(limit: int, sort: str | None) -> None:
    shelf = shelf_of(asked(9), asked(2, NOBODY), asked(10), asked(5, NOBODY))
    in_order = ["E2", "E5", "E9", "E10"]
    assert names(shelf, sort, limit) == (in_order if sort in ("created", "id") else in_order[::-1])


def test_an_action_has_its_outcome_once_that_is_known_and_the_name_of_who_it_was() -> None:
    answered = ItemAnswered(ALICE, 3, 0, NO, 3 * SECOND)
    shelf = shelf_of(asked(2, NOBODY), asked(3), answered, asked(4))
    told = [
        (action["username"], action["outcome"], action["refusal"])
        for action in actions(shelf, "created").items
    ]
    assert told == [
        (None, None, None),
        ("alice", "refused", "There is no such event."),
        ("alice", None, None),
    ]


def test_actions_sort_by_nothing_else() -> None:
    with pytest.raises(QueryError, match="sort: unknown field 'username'"):
        actions(Shelf(), "username")
