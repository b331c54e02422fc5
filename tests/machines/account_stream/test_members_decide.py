"""Owns the tests of what members sign in by and what staff may do: passwords, API keys, roles.

Never tests an API key's life alone: that is the keys' own.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.machines import limits
from actors.machines.account_stream.account import Account
from actors.machines.messages.answers import (
    AccountResult,
    Answer,
    ApiKeyResult,
    CancelledResult,
    Credentials,
    EventResult,
    OrderResult,
    Refused,
    Reply,
    Result,
)
from actors.machines.messages.commands import (
    CancelAll,
    ChangePassword,
    ChangeProfile,
    ChangeRoles,
    Command,
    CreateApiKey,
    CreateEvent,
    Deposit,
    EndSessions,
    GetCredentials,
    PlaceOrder,
    RevokeApiKey,
    Withdraw,
)
from actors.machines.messages.credential_events import RolesChanged
from actors.machines.messages.events import (
    InstructionSent,
    ItemAnswered,
    MoneyMoveSent,
)
from actors.machines.messages.posted import Instruct
from actors.machines.messages.record import decode
from actors.machines.messages.words import Reason, Role, Scope, Side
from actors.machines.streams import account_stream_of_id
from tests.machines.town import LOT, UNIT, OpenTown, Town

DIGEST = "0123456789abcdef" * 4
ORDER = PlaceOrder(1, 1, Side.BUY, 5000, LOT)


def send(
    town: Town, account_id: int, *commands: Command, generation: int = 1, api_key_id: int = 0
) -> tuple[Result, ...]:
    """The results of a request of another session, or by an API key."""
    request = town.request_of(account_id, *commands)
    request = structs.replace(request, generation=generation, api_key_id=api_key_id)
    answer = town.ask(account_stream_of_id(account_id), request)
    assert isinstance(answer, Answer)
    return answer.results


def account_of(town: Town, account_id: int) -> Account:
    return town.accounts(account_stream_of_id(account_id)).accounts[account_id]


def api_key(town: Town, account_id: int, scope: Scope = Scope.TRADE, life_us: int = 10**9) -> int:
    """A new key's id."""
    (created,) = town.send(account_id, CreateApiKey("bot", scope, town.time + life_us, DIGEST))
    assert isinstance(created, ApiKeyResult)
    return created.api_key_id


def reason_of(results: tuple[Result, ...]) -> Reason | None:
    """Why all of it was refused; None if it wasn't."""
    reasons = {result.reason if isinstance(result, Refused) else None for result in results}
    assert len(reasons) == 1
    return reasons.pop()


# Passwords.


@pytest.mark.parametrize("keep", [True, False])
def test_a_changed_password_ends_sessions_and_api_keys_unless_they_are_kept(keep: bool) -> None:
    town = OpenTown()
    key = api_key(town, town.alice)
    (changed,) = town.send(town.alice, ChangePassword("hash of alice", "new hash", keep_api_keys=keep))
    assert isinstance(changed, AccountResult)
    assert changed.generation == 2
    assert reason_of(send(town, town.alice, CancelAll())) is Reason.NOT_SIGNED_IN
    assert send(town, town.alice, CancelAll(), generation=2) == (CancelledResult(()),)
    by_key = reason_of(send(town, town.alice, CancelAll(), api_key_id=key))
    assert by_key is (None if keep else Reason.NOT_SIGNED_IN)
    reply = town.ask(town.streams.of_username("alice"), GetCredentials("alice"))
    assert isinstance(reply, Reply)
    assert isinstance(reply.result, Credentials)
    assert reply.result.password_hash == "new hash"
    town.assert_sound()


def test_of_two_changes_of_a_password_that_were_checked_against_the_same_one_the_second_is_refused() -> None:
    town = OpenTown()
    first = ChangePassword("hash of alice", "first")
    done, refused = town.send(town.alice, first, ChangePassword("hash of alice", "second"))
    assert isinstance(done, AccountResult)
    assert reason_of((refused,)) is Reason.PASSWORD_CHANGED
    assert account_of(town, town.alice).password_hash == "first"
    town.assert_sound()


def test_the_answer_to_ended_sessions_tells_the_generation_that_is_next() -> None:
    town = OpenTown()
    key = api_key(town, town.alice)
    (ended,) = town.send(town.alice, EndSessions())
    assert isinstance(ended, AccountResult)
    assert ended.generation == account_of(town, town.alice).generation == 2
    assert reason_of(send(town, town.alice, CancelAll(), api_key_id=key)) is None, "a key is no session"


# API keys.


@pytest.mark.parametrize(
    ("scope", "command", "reason"),
    [
        (Scope.READ, ORDER, Reason.NOT_ALLOWED),
        (Scope.READ, CancelAll(), Reason.NOT_ALLOWED),
        (Scope.TRADE, ORDER, None),
        (Scope.TRADE, CancelAll(), None),
        (Scope.TRADE, ChangeProfile(bio="x"), Reason.NOT_ALLOWED),
        (Scope.TRADE, EndSessions(), Reason.NOT_ALLOWED),
        (Scope.TRADE, ChangePassword("hash of alice", "x"), Reason.NOT_ALLOWED),
        (Scope.TRADE, CreateApiKey("more", Scope.READ, 2_000_000, DIGEST), Reason.NOT_ALLOWED),
        (Scope.TRADE, RevokeApiKey(16), Reason.NOT_ALLOWED),
        (Scope.TRADE, Deposit("alice", UNIT), Reason.NOT_ALLOWED),
    ],
)
def test_what_an_api_key_is_for(scope: Scope, command: Command, reason: Reason | None) -> None:
    town = OpenTown()
    key = api_key(town, town.alice, scope)
    records = len(town.bodies[account_stream_of_id(town.alice)])
    assert reason_of(send(town, town.alice, command, api_key_id=key)) is reason
    if reason is not None:
        assert len(town.bodies[account_stream_of_id(town.alice)]) == records, "nothing is noted of it"
    town.assert_sound()


def test_a_key_of_staff_does_no_work_of_the_staff() -> None:
    town = OpenTown()
    key = api_key(town, town.staff)
    refused = send(town, town.staff, Deposit("alice", UNIT), ORDER, api_key_id=key)
    assert reason_of(refused) is Reason.NOT_ALLOWED, "all of it: none of the batch is carried out"


@pytest.mark.parametrize("whose", ["nobody's", "bob's", "revoked", "expired"])
def test_a_key_that_is_not_the_members_or_not_live_is_as_good_as_none(whose: str) -> None:
    town = OpenTown()
    bobs, alices = api_key(town, town.bob), api_key(town, town.alice, life_us=1_000)
    key = {"nobody's": 4_000, "bob's": bobs}.get(whose, alices)
    if whose == "revoked":
        (revoked,) = town.send(town.alice, RevokeApiKey(alices))
        assert isinstance(revoked, ApiKeyResult)
    if whose == "expired":
        town.time += 1_000
    assert reason_of(send(town, town.alice, ORDER, api_key_id=key)) is Reason.NOT_SIGNED_IN
    town.assert_sound()


def test_what_was_accepted_by_a_key_is_answered_again_although_the_key_is_revoked() -> None:
    town = OpenTown()
    key = api_key(town, town.alice)
    stream = account_stream_of_id(town.alice)
    request = structs.replace(town.request_of(town.alice, ORDER), api_key_id=key)
    first = town.ask(stream, request)
    town.send(town.alice, RevokeApiKey(key))
    again = town.ask(stream, request)
    assert isinstance(first, Answer)
    assert isinstance(first.results[0], OrderResult)
    assert isinstance(again, Answer)
    assert again.results == first.results


@pytest.mark.parametrize("key", [4_000, "bob's", "revoked"])
def test_only_what_one_has_can_be_revoked(key: int | str) -> None:
    town = OpenTown()
    mine = api_key(town, town.alice)
    if key == "revoked":
        town.send(town.alice, RevokeApiKey(mine))
    wanted = {"bob's": api_key(town, town.bob), "revoked": mine}.get(str(key), key)
    assert isinstance(wanted, int)
    (refused,) = town.send(town.alice, RevokeApiKey(wanted))
    assert refused == Refused(Reason.NOT_FOUND, "There is no such API key.", "api_key_id")
    town.assert_sound()


def test_there_is_a_limit_to_the_keys_of_a_member_and_expired_ones_make_room() -> None:
    town = OpenTown()
    for _ in range(limits.API_KEYS_PER_ACCOUNT_MAX):
        api_key(town, town.alice, life_us=1_000)
    another = CreateApiKey("bot", Scope.READ, town.time + 10**9, DIGEST)
    (refused,) = town.send(town.alice, another)
    assert reason_of((refused,)) is Reason.LIMIT_EXCEEDED
    town.time += 1_000
    (made,) = town.send(town.alice, another)
    assert isinstance(made, ApiKeyResult)
    owners = town.accounts(account_stream_of_id(town.alice)).api_key_owners
    assert owners == {made.api_key_id: town.alice}, "those that expired are forgotten"
    town.assert_sound()


# Roles.


def test_who_is_granted_a_role_may_do_what_it_is_for_and_nothing_else() -> None:
    town = OpenTown()
    (made,) = town.send(town.staff, ChangeRoles("alice", (Role.TREASURER,), "she counts well"))
    assert isinstance(made, AccountResult)
    assert (made.username, made.role, made.roles) == ("alice", Role.MEMBER, (Role.TREASURER,))
    deposited, no_event, no_role = town.send(
        town.alice,
        Deposit("bob", UNIT, "a gift"),
        CreateEvent("E", "t", 1),
        ChangeRoles("alice", (Role.ADMIN,)),
    )
    assert isinstance(deposited, AccountResult)
    assert reason_of((no_event, no_role)) is Reason.NOT_ALLOWED
    town.send(town.staff, ChangeRoles("alice", (), "she left"))
    assert reason_of(town.send(town.alice, Withdraw("bob", UNIT))) is Reason.NOT_ALLOWED
    town.assert_sound()


def test_an_admin_may_do_everything_and_make_others_of_any_stream_admins() -> None:
    town = OpenTown()
    town.send(town.staff, ChangeRoles("alice", (Role.ADMIN,)))
    (event,) = town.send(town.alice, CreateEvent("E", "t", 1))
    assert isinstance(event, EventResult)
    names = ["carol", "dave", "erin", "frank", "grace"]
    for name in names:
        town.register(name)
        (made,) = town.send(town.alice, ChangeRoles(name, (Role.ADMIN, Role.OPERATOR)))
        assert isinstance(made, AccountResult)
        assert made.roles == (Role.OPERATOR, Role.ADMIN), "in one order, however they were asked for"
    assert {town.streams.of_username(name) for name in names} == set(town.streams.account_names)
    town.assert_sound()


@pytest.mark.parametrize(
    ("username", "reason", "field"),
    [("nobody", Reason.NOT_FOUND, "username"), ("staff", Reason.NOT_ALLOWED, "roles")],
)
def test_whose_roles_can_not_be_changed(username: str, reason: Reason, field: str) -> None:
    town = OpenTown()
    (refused,) = town.send(town.staff, ChangeRoles(username, (Role.ADMIN,)))
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, field)
    assert account_of(town, town.staff).roles == ()
    town.assert_sound()


def test_roles_that_are_held_already_are_no_event() -> None:
    town = OpenTown()
    for _ in range(2):
        town.send(town.staff, ChangeRoles("alice", (Role.OPERATOR,)))
    bodies = [decode(body) for body in town.bodies[town.streams.of_username("alice")]]
    changes = [event for body in bodies for event in body.events if isinstance(event, RolesChanged)]
    assert [event.roles for event in changes] == [(Role.OPERATOR,)]


def test_an_instruction_that_is_not_for_account_streams_is_answered_and_harms_nobody() -> None:
    town = OpenTown()
    request = town.request_of(town.staff, ChangeRoles("alice", ()))
    town.turn(account_stream_of_id(town.staff), [("asked", request)])
    letters = town.letters_of(account_stream_of_id(town.staff))
    (letter,) = (letter for letter in letters if letter.destination.startswith("accounts"))
    (instruct,) = letter.messages
    assert isinstance(instruct, Instruct)
    other = structs.replace(instruct, command=CreateEvent("E", "t", 1))
    town.turn(letter.destination, letters=[structs.replace(letter, messages=(other,))])
    town.deliver()
    (result,) = town.results_for("asked")
    assert isinstance(result, Refused)
    assert result.reason is Reason.INTERNAL
    assert ["Instruct" in problem.what for problem in town.problems] == [True]


# Who, why and when.


def test_what_staff_does_is_noted_with_who_why_and_when() -> None:
    town = OpenTown()
    stream = account_stream_of_id(town.staff)
    records = len(town.bodies[stream])
    town.send(town.staff, CreateEvent("E", "t", 1, reason="a race"), Deposit("bob", UNIT, "a gift"))
    events = [event for body in town.bodies[stream][records:] for event in decode(body).events]
    (instruction,) = (event for event in events if isinstance(event, InstructionSent))
    (move,) = (event for event in events if isinstance(event, MoneyMoveSent))
    answers = [event for event in events if isinstance(event, ItemAnswered)]
    assert (instruction.account_id, move.account_id) == (town.staff, town.staff)
    assert isinstance(instruction.command, CreateEvent)
    assert (instruction.command.reason, move.reason) == ("a race", "a gift")
    assert {answer.asked_time for answer in answers} == {instruction.time} == {move.time}
    assert instruction.time > 0
    (own,) = town.send(town.staff, ChangeProfile(bio="x"))
    assert isinstance(own, AccountResult)
    last = decode(town.bodies[stream][-1]).events[-1]
    assert isinstance(last, ItemAnswered)
    assert last.asked_time == 0, "one's own affairs are no actions of the staff's"
