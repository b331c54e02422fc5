"""Owns the tests of the rules on members and requests: a table of falsified events.

Never looks at what a command does.
Called by pytest.
"""

import pytest

from actors.auditing.breaches import Rule
from actors.machines.messages.events import (
    CancelAllRequested,
    CancelRequested,
    Event,
    InstructionSent,
    ItemAnswered,
    MemberRegistered,
    MoneyMoveSent,
    OrderPlaced,
    RequestOpened,
)
from tests.auditing.recorded import Change, audited, doubled, fields, found_in, history, removed, rules


@pytest.mark.parametrize(
    ("kind", "nth", "change", "rule"),
    [
        (MemberRegistered, 0, doubled, Rule.IDENTITY),
        (MemberRegistered, 1, fields(account_id=31), Rule.IDENTITY),
        (RequestOpened, 0, fields(account_id=999), Rule.IDENTITY),
        (RequestOpened, 1, fields(request_id=1), Rule.ONCE),
        (RequestOpened, 1, fields(key="key1"), Rule.ONCE),
        (RequestOpened, 0, removed, Rule.ONCE),
        (OrderPlaced, 0, fields(request_id=7), Rule.ONCE),
        (OrderPlaced, 0, fields(item=1), Rule.ONCE),
        (OrderPlaced, 0, doubled, Rule.ONCE),
        (CancelRequested, 0, doubled, Rule.ONCE),
        (InstructionSent, 0, doubled, Rule.ONCE),
        (MoneyMoveSent, 0, doubled, Rule.ONCE),
        (ItemAnswered, 0, doubled, Rule.ONCE),
        (ItemAnswered, 0, fields(account_id=999), Rule.ONCE),
        (ItemAnswered, 0, fields(item=3), Rule.ONCE),
    ],
)
def test_a_falsified_event_is_found(kind: type, nth: int, change: Change, rule: Rule) -> None:
    assert rule in found_in(kind, change, nth)


def test_a_username_is_given_once() -> None:
    def as_staff(event: Event) -> list[Event]:
        assert isinstance(event, MemberRegistered)
        return [event, fields(account_id=event.account_id + 16)(event)]  # type: ignore[list-item]

    assert Rule.IDENTITY in found_in(MemberRegistered, as_staff)


def test_only_staff_moves_money_and_markets() -> None:
    """Had the member who does it been registered as an ordinary one, all they did would be found."""
    entries = list(history())
    body = entries[0].body
    (registered,) = body.events
    assert isinstance(registered, MemberRegistered)
    member = fields(role="member")(registered)
    entries[0] = entries[0]._replace(body=fields(events=(member,))(body))  # type: ignore[arg-type]
    found = audited(entries)
    assert rules(found) == [Rule.STAFF]
    assert len(found) > 5


def test_a_cancel_all_carries_out_as_many_cancels_as_it_says() -> None:
    def of_two(event: Event) -> list[Event]:
        assert isinstance(event, CancelRequested)
        place = (event.account_id, event.request_id, event.item)
        return [CancelAllRequested(*place, 1), event, event]

    assert Rule.ONCE in found_in(CancelRequested, of_two)
