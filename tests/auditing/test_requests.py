"""Owns the tests of the rules on members and requests: a table of falsified events.

Never looks at what a command does.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.machines import limits
from actors.machines.messages.answers import Answer, Refused
from actors.machines.messages.commands import ChangeRoles, CreateEvent, Deposit
from actors.machines.messages.comments import CommentResult, Subject, WriteComment
from actors.machines.messages.credential_events import RolesChanged
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
from actors.machines.messages.words import Role
from actors.machines.streams import account_stream_of_id
from tests.auditing.recorded import (
    Change,
    RecordedTown,
    audited,
    doubled,
    fields,
    found_in,
    history,
    removed,
    rules,
)
from tests.machines.town import UNIT


def test_who_was_told_to_wait_uses_the_key_anew_and_who_was_not_does_not() -> None:
    town = RecordedTown()
    home = account_stream_of_id(town.bob)

    def says(key: str) -> object:
        asked = town.request_of(town.bob, WriteComment(Subject(1), "Well."))
        answer = town.ask(home, structs.replace(asked, key=key))
        assert isinstance(answer, Answer)
        return answer.results[0]

    for number in range(limits.COMMENTS_BURST):
        says(f"key {number}")
    assert [type(says("patient")) for _ in range(2)] == [Refused, Refused]
    town.time += limits.COMMENT_INTERVAL_US
    written = says("patient")
    assert isinstance(written, CommentResult)
    assert says("patient") == written
    town.assert_sound()
    assert audited(town.entries) == []
    opened = [
        event for entry in town.entries for event in entry.body.events if isinstance(event, RequestOpened)
    ]
    assert [event.key for event in opened].count("patient") == 3


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


def test_staff_does_nothing_by_an_api_key() -> None:
    def by_key(event: Event) -> Event:
        return fields(api_key_id=16)(event)  # type: ignore[return-value]

    assert Rule.STAFF in found_in(RequestOpened, by_key)


class Promoted:
    """A history in which alice is made a treasurer and moves money, and then isn't one any more."""

    def __init__(self) -> None:
        self.town = RecordedTown()
        self.town.send(self.town.staff, ChangeRoles("alice", (Role.TREASURER,), "she counts well"))
        self.town.send(self.town.alice, Deposit("bob", UNIT, "a gift"))
        self.town.send(self.town.staff, ChangeRoles("alice", ()))
        self.town.send(self.town.staff, ChangeRoles("nobody", ()))

    def falsified(self, change: Change) -> list[Rule]:
        """What is found if the first change of roles was another one."""
        entries = list(self.town.entries)
        for at, entry in enumerate(entries):
            events = entry.body.events
            first = next((event for event in events if isinstance(event, RolesChanged)), None)
            if first is not None:
                changed = change(first)
                instead = changed if isinstance(changed, list) else [changed]
                rest = tuple(event for event in events if event is not first)
                body = structs.replace(entry.body, events=(*instead, *rest))
                entries[at] = entry._replace(body=body)
                break
        return rules(audited(entries))


def test_a_granted_role_allows_what_it_is_for() -> None:
    assert audited(Promoted().town.entries) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (fields(roles=(Role.OPERATOR,)), Rule.STAFF),
        (fields(roles=(Role.OPERATOR,)), Rule.CAUSE),
        (fields(roles=(Role.ADMIN,)), Rule.CAUSE),
        (fields(username="bob"), Rule.IDENTITY),
        (fields(holder_id=999), Rule.IDENTITY),
        (fields(request_id=999), Rule.CAUSE),
        (removed, Rule.STAFF),
    ],
)
def test_roles_are_what_admins_asked_for(change: Change, rule: Rule) -> None:
    assert rule in Promoted().falsified(change)


def test_roles_are_given_by_nothing_but_a_command_for_it() -> None:
    entries = Promoted().town.entries
    for at, entry in enumerate(entries):
        for number, event in enumerate(entry.body.events):
            if isinstance(event, InstructionSent) and isinstance(event.command, ChangeRoles):
                other = structs.replace(event, command=CreateEvent("E", "t", 1))
                events = (*entry.body.events[:number], other, *entry.body.events[number + 1 :])
                entries[at] = entry._replace(body=structs.replace(entry.body, events=events))
    assert Rule.TOLD in rules(audited(entries))
