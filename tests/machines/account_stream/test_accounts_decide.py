"""Owns the tests of an account stream's decisions: keys, roles, registration, money, what isn't for it.

Never tests what follows at the market.
Called by pytest.
"""

import pytest
from msgspec import structs

from actors.machines import limits
from actors.machines.account_stream.account import Spot
from actors.machines.account_stream.accounts_decide import decide, known_request, provisional, receive
from actors.machines.account_stream.permissions import ROLE_OF
from actors.machines.account_stream.request import MemberRequest
from actors.machines.messages.answers import AccountResult, OrderResult, Refused, Reply
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    ChangeEvent,
    ChangeMarketState,
    ChangeRoles,
    Command,
    CreateEvent,
    CreateMarket,
    Deposit,
    PlaceOrder,
    RegisterMember,
    SettleMarket,
    Withdraw,
)
from actors.machines.messages.posted import TermsRecorded
from actors.machines.messages.words import MarketState, OrderState, Reason, Role, Side
from actors.machines.streams import account_stream_of_id
from tests.machines.town import LOT, UNIT, OpenTown, Town


def registration(username: str = "carol", key: str = "k") -> RegisterMember:
    return RegisterMember(username, "hash", "Carol", key)


def test_a_username_is_taken_once_and_a_repeated_registration_is_answered_alike() -> None:
    town = Town()
    stream = town.streams.of_username("carol")
    first, again, other = (town.ask(stream, registration(key=key)) for key in ("k", "k", "other"))
    assert isinstance(first, Reply)
    assert isinstance(again, Reply)
    assert isinstance(other, Reply)
    assert isinstance(first.result, AccountResult)
    assert first.result.role is Role.MEMBER
    assert again.result == first.result
    assert other.result == Refused(Reason.USERNAME_TAKEN, "This username is taken.", "username")
    assert len(town.bodies[stream]) == 1


def test_the_installations_own_name_is_nobody_elses() -> None:
    town = Town()
    reply = town.ask(town.streams.of_username("staff"), registration("staff"))
    assert isinstance(reply, Reply)
    assert reply.result == Refused(Reason.USERNAME_TAKEN, "This username is reserved.", "username")
    assert town.register("staff", staff=True)


STAFFS: list[Command] = [
    Deposit("alice", 1),
    Withdraw("alice", 1),
    CreateEvent("E", "t", 1),
    ChangeEvent(1, "E"),
    CreateMarket(1, "M", ("A",)),
    ChangeMarketState(1, MarketState.HALTED),
    SettleMarket(1, (1,), False, "r"),
    ChangeRoles("alice", (Role.ADMIN,), "why not"),
]


@pytest.mark.parametrize("command", STAFFS)
def test_what_is_staffs_is_refused_to_members(command: Command) -> None:
    town = OpenTown()
    (refused,) = town.send(town.alice, command)
    assert refused == Refused(Reason.NOT_ALLOWED, f"This takes a member of staff: {ROLE_OF[type(command)]}.")
    town.assert_sound()


@pytest.mark.parametrize(("account_id", "generation"), [(999, 1), (None, 2), (None, 0)])
def test_a_request_needs_a_live_session(account_id: int | None, generation: int) -> None:
    town = OpenTown()
    request = town.request_of(town.alice, CancelAll())
    request = structs.replace(request, account_id=account_id or town.alice, generation=generation)
    refused = known_request(town.accounts(account_stream_of_id(town.alice)), request, town.time)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NOT_SIGNED_IN


def test_what_was_accepted_is_answered_again_although_the_session_has_ended() -> None:
    town = OpenTown()
    request = town.request_of(town.alice, CancelAll())
    accounts = town.accounts(account_stream_of_id(town.alice))
    town.ask(accounts.name, request)
    ended = structs.replace(request, generation=request.generation - 1)
    assert known_request(accounts, ended, town.time) is known_request(accounts, request, town.time)
    for other in ({"fingerprint": "other"}, {"key": "other"}):
        refused = known_request(accounts, structs.replace(ended, **other), town.time)
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.NOT_SIGNED_IN, "whether the key was used is the member's affair"


def test_a_key_belongs_to_one_member_scope_and_body() -> None:
    town = OpenTown()
    request = town.request_of(town.alice, CancelAll())
    accounts = town.accounts(account_stream_of_id(town.alice))
    assert known_request(accounts, request, town.time) is None
    town.ask(accounts.name, request)
    assert isinstance(known_request(accounts, request, town.time), MemberRequest)
    other_scope = structs.replace(request, scope="DELETE /")
    assert known_request(accounts, other_scope, town.time) is None
    other_body = known_request(accounts, structs.replace(request, fingerprint="other"), town.time)
    assert isinstance(other_body, Refused)
    assert other_body.reason is Reason.KEY_REUSED
    later = town.time + limits.KEY_KEPT_US + 1
    assert known_request(accounts, request, later) is None


MOVES = [
    (Deposit("nobody", 1), Reason.NOT_FOUND, "username"),
    (Withdraw("alice", 1000 * UNIT + 1), Reason.INSUFFICIENT_FUNDS, "amount"),
    (Withdraw("nobody", 1), Reason.NOT_FOUND, "username"),
]


@pytest.mark.parametrize(("command", "reason", "field"), MOVES)
def test_money_that_cannot_move_does_not(command: Command, reason: Reason, field: str) -> None:
    town = OpenTown()
    (refused,) = town.send(town.staff, command)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (reason, field)
    assert town.money(town.alice) == (1000 * UNIT, 0)
    town.assert_sound()


def test_a_stream_holds_no_more_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    town = OpenTown()
    monkeypatch.setattr(limits, "MONEY_PER_STREAM_MAX", 5000 * UNIT)
    results = [town.send(town.staff, Deposit("alice", 1500 * UNIT))[0] for _ in range(4)]
    assert [isinstance(result, Refused) for result in results].count(True) >= 1
    assert isinstance(results[0], AccountResult)
    last = results[-1]
    assert isinstance(last, Refused)
    assert (last.reason, last.field) == (Reason.LIMIT_EXCEEDED, "amount")
    town.assert_sound()


def test_what_is_reserved_cannot_be_withdrawn() -> None:
    town = OpenTown()
    town.place(town.alice, Side.BUY, 5000, 1000 * LOT)
    (refused,) = town.send(town.staff, Withdraw("alice", 500 * UNIT + 1))
    assert isinstance(refused, Refused)
    (moved,) = town.send(town.staff, Withdraw("alice", 500 * UNIT))
    assert isinstance(moved, AccountResult)
    assert (moved.balance, moved.exposure) == (500 * UNIT, 500 * UNIT)
    town.assert_sound()


def test_an_open_request_shows_its_orders_as_they_stand() -> None:
    town = OpenTown()
    resting = town.place(town.alice, Side.BUY, 4000, LOT)
    assert isinstance(resting, OrderResult)
    accounts = town.accounts(account_stream_of_id(town.alice))
    order = PlaceOrder(1, 1, Side.BUY, 4000, LOT)
    asked = town.request_of(town.alice, order, CancelOrder(resting.order_id), CancelOrder(99))
    town.turn(accounts.name, [("alice", asked)])
    (request,) = accounts.requests.values()
    results = provisional(accounts, request)
    assert results is not None
    pending, cancelling, refused = results
    assert isinstance(pending, OrderResult)
    assert isinstance(cancelling, OrderResult)
    assert isinstance(refused, Refused)
    assert (pending.state, cancelling.state) == (OrderState.PENDING, OrderState.CREATED)
    town.deliver()
    town.turn(accounts.name, [("alice", town.request_of(town.alice, CancelAll()))])
    (request,) = accounts.requests.values()
    assert provisional(accounts, request) is None


def test_a_message_that_is_not_for_account_streams_is_an_error() -> None:
    with pytest.raises(TypeError, match="does not take TermsRecorded"):
        receive(OpenTown().accounts("accounts-0"), "markets-0", TermsRecorded(1, "accounts-0"), 0)


def test_what_is_no_command_is_an_error() -> None:
    town = OpenTown()
    with pytest.raises(AssertionError):
        decide(town.accounts("accounts-0"), town.staff, TermsRecorded(1, "x"), Spot(1, 0, 0))  # type: ignore[arg-type]
