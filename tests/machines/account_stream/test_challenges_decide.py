"""Owns the tests of challenges through the whole of a small exchange: funds, answers, time.

Never tests the market's single guards: those are the challenge machine's.
Called by pytest.
"""

from typing import Final, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from actors.machines import limits
from actors.machines.market_stream.challenge import Challenges
from actors.machines.messages.answers import EventResult, MarketResult, OrderResult, Refused, Result
from actors.machines.messages.challenges import (
    AcceptChallenge,
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeResult,
    DeclineChallenge,
    Offer,
    OfferChallenge,
    SubmitAcceptance,
    SubmitOffer,
)
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    ChangeExchangeState,
    ChangeMarketState,
    Command,
    CreateEvent,
    CreateMarket,
    Deposit,
    Withdraw,
)
from actors.machines.messages.events import Event
from actors.machines.messages.record import decode
from actors.machines.messages.words import (
    ChallengeState,
    ExchangeState,
    MarketState,
    OrderState,
    Reason,
    Side,
)
from actors.machines.streams import account_stream_of_id
from tests.machines.town import LOT, UNIT, OpenTown

SOON: Final = 60_000_000
"""A time that no town reaches by itself."""
NOBODY: Final = 999_999

E = TypeVar("E", bound=Event)


class Ring(OpenTown):
    """A town where alice challenges bob, and carol looks on."""

    def __init__(self, commission: int = 0) -> None:
        super().__init__(commission=commission)
        self.carol = self.register("carol")
        self.send(self.staff, Deposit("carol", 1000 * UNIT))

    def offer(
        self, opponent: int = 0, price: int = 4_000, quantity: int = 10 * LOT, side: Side = Side.BUY
    ) -> OfferChallenge:
        name = {0: None, self.alice: "alice", self.bob: "bob"}[opponent]
        return OfferChallenge(1, 1, side, price, quantity, Offer(opponent, name, SOON, "I dare you"))

    def challenge(self, opponent: int = 0, side: Side = Side.BUY) -> int:
        """An open challenge of alice's."""
        (result,) = self.send(self.alice, self.offer(opponent, side=side))
        assert isinstance(result, OrderResult)
        assert result.state is OrderState.CREATED
        return result.order_id

    def acceptance(self, challenge_id: int, side: Side = Side.BUY) -> AcceptChallenge:
        return AcceptChallenge(1, challenge_id, 1, side, 4_000, 10 * LOT)

    def state_of(self, account_id: int, order_id: int) -> OrderState:
        account = self.accounts(account_stream_of_id(account_id)).accounts[account_id]
        return account.orders[order_id].state

    @property
    def held(self) -> Challenges:
        return self.markets(self.home).markets[1].challenges

    @property
    def home(self) -> str:
        return self.streams.of_market(1)

    def wait_until(self, time: int) -> None:
        """Time passes; then the market's host looks what is due."""
        self.time = time - 1
        self.turn(self.home)
        self.deliver()

    def events(self, kind: type[E]) -> list[E]:
        bodies = (decode(body) for bodies in self.bodies.values() for body in bodies)
        return [event for body in bodies for event in body.events if isinstance(event, kind)]


def reason_of(result: Result) -> Reason:
    assert isinstance(result, Refused), result
    return result.reason


@pytest.mark.parametrize(("side", "risk", "other_risk"), [(Side.BUY, 4, 6), (Side.SELL, 6, 4)])
def test_an_accepted_challenge_is_a_trade_between_the_two(side: Side, risk: int, other_risk: int) -> None:
    ring = Ring()
    challenge_id = ring.challenge(ring.bob, side)
    assert ring.money(ring.alice) == (1000 * UNIT, risk * UNIT), "the offer holds what it may lose"
    assert ring.money(ring.bob) == (1000 * UNIT, 0)
    (result,) = ring.send(ring.bob, ring.acceptance(challenge_id, side))
    assert isinstance(result, OrderResult)
    assert (result.state, result.executed_quantity, result.executed_value) == (
        OrderState.FILLED,
        10 * LOT,
        10 * LOT * 4_000,
    )
    assert [(fill.execution_id, fill.price) for fill in result.fills] == [
        (limits.CHALLENGE_EXECUTIONS_FROM + challenge_id, 4_000)
    ]
    assert ring.state_of(ring.alice, challenge_id) is OrderState.FILLED
    assert ring.money(ring.alice) == (1000 * UNIT, risk * UNIT)
    assert ring.money(ring.bob) == (1000 * UNIT, other_risk * UNIT)
    assert ring.markets(ring.home).markets[1].resting == {}, "no book has seen it"
    assert ring.held.open == {}
    ring.settle(1)
    won = 6 if side is Side.BUY else -6
    assert ring.money(ring.alice) == ((1000 + won) * UNIT, 0)
    assert ring.money(ring.bob) == ((1000 - won) * UNIT, 0)
    ring.assert_sound()


def test_executions_of_the_book_are_numbered_without_gaps_whatever_is_traded_beside_it() -> None:
    ring = Ring()
    ring.place(ring.alice, Side.BUY, 5_000, LOT)
    ring.place(ring.bob, Side.SELL, 5_000, LOT)
    challenge_id = ring.challenge()
    (result,) = ring.send(ring.carol, ring.acceptance(challenge_id))
    assert isinstance(result, OrderResult)
    assert result.fills[0].execution_id == limits.CHALLENGE_EXECUTIONS_FROM + challenge_id
    ring.place(ring.alice, Side.BUY, 5_000, LOT)
    last = ring.place(ring.bob, Side.SELL, 5_000, LOT)
    assert isinstance(last, OrderResult)
    assert last.fills[0].execution_id == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"market_id": 9}, Reason.MARKET_NOT_FOUND),
        ({"contract_id": 9}, Reason.CONTRACT_NOT_FOUND),
        ({"quantity": limits.QUANTITY_MAX}, Reason.INSUFFICIENT_FUNDS),
        ({"offer": Offer(0, None, 1)}, Reason.INVALID_EXPIRY),
        ({"offer": Offer(0, None, SOON + limits.CHALLENGE_LIFE_MAX_US)}, Reason.INVALID_EXPIRY),
    ],
)
def test_an_offer_climbs_the_ladder_of_an_order_and_its_own(
    change: dict[str, object], reason: Reason
) -> None:
    ring = Ring()
    (result,) = ring.send(ring.alice, structs.replace(ring.offer(), **change))
    assert reason_of(result) is reason
    assert ring.money(ring.alice) == (1000 * UNIT, 0)
    ring.assert_sound()


def test_nobody_challenges_or_accepts_themselves() -> None:
    ring = Ring()
    (result,) = ring.send(ring.alice, ring.offer(ring.alice))
    assert reason_of(result) is Reason.CROSSED_SELF
    challenge_id = ring.challenge()
    (result,) = ring.send(ring.alice, ring.acceptance(challenge_id))
    assert reason_of(result) is Reason.CROSSED_SELF


def test_a_member_has_so_many_open_challenges_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPEN_CHALLENGES_PER_ACCOUNT_MAX", 1)
    ring = Ring()
    challenge_id = ring.challenge()
    (result,) = ring.send(ring.alice, ring.offer())
    assert reason_of(result) is Reason.LIMIT_EXCEEDED
    ring.send(ring.alice, CancelOrder(challenge_id))
    assert ring.challenge(), "a challenge that is over doesn't count"


def test_who_accepts_must_have_the_funds() -> None:
    ring = Ring()
    challenge_id = ring.challenge()
    ring.send(ring.staff, Withdraw("carol", 995 * UNIT))
    (result,) = ring.send(ring.carol, ring.acceptance(challenge_id))
    assert reason_of(result) is Reason.INSUFFICIENT_FUNDS
    assert list(ring.held.open) == [challenge_id]


def test_an_acceptance_that_the_market_refuses_frees_its_funds() -> None:
    ring = Ring()
    challenge_id = ring.challenge(ring.bob)
    (stranger,) = ring.send(ring.carol, ring.acceptance(challenge_id))
    (other_terms,) = ring.send(ring.bob, structs.replace(ring.acceptance(challenge_id), price=3_999))
    (unknown,) = ring.send(ring.bob, ring.acceptance(NOBODY))
    assert [reason_of(result) for result in (stranger, other_terms, unknown)] == [
        Reason.NOT_ALLOWED,
        Reason.TERMS_DIFFER,
        Reason.TOO_LATE,
    ]
    assert ring.money(ring.bob) == ring.money(ring.carol) == (1000 * UNIT, 0)
    ring.assert_sound()


def test_it_is_accepted_once() -> None:
    ring = Ring()
    challenge_id = ring.challenge()
    ring.send(ring.bob, ring.acceptance(challenge_id))
    (again,) = ring.send(ring.bob, ring.acceptance(challenge_id))
    (late,) = ring.send(ring.carol, ring.acceptance(challenge_id))
    assert reason_of(again) is reason_of(late) is Reason.TOO_LATE
    assert len(ring.events(ChallengeAccepted)) == 1
    ring.assert_sound()


def test_the_opponent_declines() -> None:
    ring = Ring()
    challenge_id = ring.challenge(ring.bob)
    (stranger,) = ring.send(ring.carol, DeclineChallenge(1, challenge_id))
    (nowhere,) = ring.send(ring.bob, DeclineChallenge(9, challenge_id))
    assert reason_of(stranger) is Reason.NOT_ALLOWED
    assert reason_of(nowhere) is Reason.MARKET_NOT_FOUND
    (declined,) = ring.send(ring.bob, DeclineChallenge(1, challenge_id))
    assert declined == ChallengeResult(1, challenge_id, ChallengeState.DECLINED)
    assert ring.state_of(ring.alice, challenge_id) is OrderState.CANCELLED
    assert ring.money(ring.alice) == (1000 * UNIT, 0)
    (late,) = ring.send(ring.bob, ring.acceptance(challenge_id))
    assert reason_of(late) is Reason.TOO_LATE
    ring.assert_sound()


@pytest.mark.parametrize("all_of_them", [False, True])
def test_the_challenger_withdraws_it_by_cancelling_its_order(all_of_them: bool) -> None:
    ring = Ring()
    challenge_id = ring.challenge()
    command: Command = CancelAll() if all_of_them else CancelOrder(challenge_id)
    ring.send(ring.alice, command)
    assert ring.state_of(ring.alice, challenge_id) is OrderState.CANCELLED
    assert ring.money(ring.alice) == (1000 * UNIT, 0)
    (ended,) = ring.events(ChallengeEnded)
    assert ended.state is ChallengeState.WITHDRAWN
    ring.assert_sound()


def test_a_withdrawal_that_meets_an_acceptance_is_too_late() -> None:
    ring = Ring()
    challenge_id = ring.challenge(ring.bob)
    stream = account_stream_of_id(ring.bob)
    ring.turn(stream, [("b", ring.request_of(ring.bob, ring.acceptance(challenge_id)))])
    (accepting,) = ring.letters_of(stream)
    ring.turn(ring.home, letters=[accepting])
    (result,) = ring.send(ring.alice, CancelOrder(challenge_id))
    assert reason_of(result) in {Reason.TOO_LATE, Reason.NOT_LIVE}
    assert ring.state_of(ring.alice, challenge_id) is OrderState.FILLED
    ring.assert_sound()


def test_its_time_ends_it_before_anything_else_of_that_turn() -> None:
    ring = Ring()
    challenge_id = ring.challenge()
    assert [ring.all[name].due_time for name in (ring.home, "accounts-0")] == [SOON, None]
    ring.wait_until(SOON - 1)
    assert list(ring.held.open) == [challenge_id]
    stream = account_stream_of_id(ring.carol)
    ring.turn(stream, [("late", ring.request_of(ring.carol, ring.acceptance(challenge_id)))])
    ring.time = SOON - 1
    ring.deliver()
    assert reason_of(ring.results_for("late")[0]) is Reason.TOO_LATE
    assert ring.state_of(ring.alice, challenge_id) is OrderState.CANCELLED
    assert ring.money(ring.alice) == ring.money(ring.carol) == (1000 * UNIT, 0)
    assert ring.all[ring.home].due_time is None
    ring.assert_sound()


def test_what_is_due_survives_a_restart() -> None:
    ring = Ring()
    ring.challenge()
    ring.all[ring.home] = ring.replayed(ring.home)
    ring.wait_until(SOON)
    (ended,) = ring.events(ChallengeEnded)
    assert ended.state is ChallengeState.EXPIRED
    ring.assert_sound()


def test_an_offer_that_arrives_after_its_time_is_rejected() -> None:
    ring = Ring()
    stream = account_stream_of_id(ring.alice)
    ring.turn(stream, [("late", ring.request_of(ring.alice, ring.offer()))])
    ring.time = SOON
    ring.deliver()
    assert reason_of(ring.results_for("late")[0]) is Reason.EXPIRED
    assert ring.money(ring.alice) == (1000 * UNIT, 0)
    ring.assert_sound()


def test_a_halted_market_keeps_it_but_trades_nothing() -> None:
    ring = Ring()
    challenge_id = ring.challenge(ring.bob)
    ring.move(MarketState.HALTED)
    (offered,) = ring.send(ring.alice, ring.offer())
    (accepted,) = ring.send(ring.bob, ring.acceptance(challenge_id))
    assert reason_of(offered) is reason_of(accepted) is Reason.MARKET_NOT_OPEN
    (declined,) = ring.send(ring.bob, DeclineChallenge(1, challenge_id))
    assert isinstance(declined, ChallengeResult)
    ring.assert_sound()


def test_a_market_that_closes_cancels_it() -> None:
    ring = Ring()
    challenge_id = ring.challenge()
    ring.move(MarketState.CLOSED)
    assert ring.state_of(ring.alice, challenge_id) is OrderState.CANCELLED
    assert ring.money(ring.alice) == (1000 * UNIT, 0)
    ring.settle(void=True)
    (settled,) = ring.send(ring.alice, ring.offer())
    assert reason_of(settled) is Reason.MARKET_SETTLED
    ring.assert_sound()


def test_the_kill_switch_stops_it_and_may_cancel_it() -> None:
    ring = Ring()
    challenge_id = ring.challenge()
    ring.send(ring.staff, ChangeExchangeState(ExchangeState.HALTED))
    (offered,) = ring.send(ring.alice, ring.offer())
    (accepted,) = ring.send(ring.bob, ring.acceptance(challenge_id))
    assert reason_of(offered) is reason_of(accepted) is Reason.TRADING_SUSPENDED
    assert list(ring.held.open) == [challenge_id]
    ring.send(ring.staff, ChangeExchangeState(ExchangeState.HALTED, cancel_orders=True))
    assert ring.state_of(ring.alice, challenge_id) is OrderState.CANCELLED
    (ended,) = ring.events(ChallengeEnded)
    assert (ended.state, ended.reason) == (ChallengeState.CANCELLED, Reason.ADMIN_REQUESTED)
    ring.assert_sound()


def test_a_debt_lets_nobody_offer_or_accept_more() -> None:
    ring = Ring()
    challenge_id = ring.challenge()
    ring.place(ring.carol, Side.BUY, 5_000, 1000 * LOT)
    ring.place(ring.bob, Side.SELL, 5_000, 1000 * LOT)
    ring.settle(1)
    ring.send(ring.staff, Withdraw("carol", 1500 * UNIT))
    ring.settle(2)
    assert ring.money(ring.carol)[0] < 0
    (event,) = ring.send(ring.staff, CreateEvent("Cup final, again", "sport", SOON))
    assert isinstance(event, EventResult)
    (made,) = ring.send(ring.staff, CreateMarket(event.event.event_id, "And then?", ("Yes",)))
    assert isinstance(made, MarketResult)
    there = {"market_id": made.market.market_id, "contract_id": made.market.contracts[0].contract_id}
    ring.send(ring.staff, ChangeMarketState(made.market.market_id, MarketState.OPEN))
    for command in (ring.offer(), ring.acceptance(challenge_id)):
        (result,) = ring.send(ring.carol, structs.replace(command, **there))
        assert reason_of(result) is Reason.INSUFFICIENT_FUNDS
    ring.assert_sound()


def test_to_a_market_that_is_not_there_comes_a_rejection() -> None:
    ring = Ring()
    markets = ring.markets(ring.home)
    offer = SubmitOffer(9, 1, 16, 16, "alice", Side.BUY, 1, 1, Offer(0, None, SOON), 1)
    acceptance = SubmitAcceptance(9, 1, 16, 17, 17, "bob", Side.SELL, 1, 1)
    for message, order_id in ((offer, 16), (acceptance, 17)):
        (rejected,) = markets.receive(message, 1)
        (poisoned,) = markets.poisoned(message)
        assert [getattr(event, "order_id", None) for event in (rejected, poisoned)] == [order_id] * 2
        assert getattr(rejected, "reason", None) is Reason.MARKET_NOT_FOUND
        assert getattr(poisoned, "reason", None) is Reason.INTERNAL


COMMANDS: Final = ("offer", "offer-bob", "accept", "accept-wrongly", "decline", "withdraw")
DEEDS: Final = (*COMMANDS, "wait", "halt", "open")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(DEEDS), st.integers(0, 2), st.integers(0, 3), st.booleans()), max_size=25
    ),
    st.integers(1, 2),
)
def test_under_chance_money_is_conserved_and_nothing_stays_reserved(
    deeds: list[tuple[str, int, int, bool]], winner: int
) -> None:
    ring = Ring(commission=200)
    members = (ring.alice, ring.bob, ring.carol)
    for deed, who, which, later in deeds:
        if deed in COMMANDS:
            request = ring.request_of(members[who], _command(ring, deed, which))
            ring.turn(account_stream_of_id(members[who]), [("ticket", request)])
        elif deed == "wait":
            ring.time += 1_500 * which
        else:
            ring.move(MarketState.HALTED if deed == "halt" else MarketState.OPEN)
        if not later:
            ring.deliver()
    ring.deliver()
    ring.assert_sound()
    ring.settle(winner)
    assert ring.held.open == {}
    assert all(ring.money(member)[1] == 0 for member in members), "nothing stays reserved"
    traded = [event.challenge_id for event in ring.events(ChallengeAccepted)]
    assert len(traded) == len({*traded}), "none is accepted twice"
    ring.assert_sound()


def _command(ring: Ring, deed: str, which: int) -> Command:
    known = [*ring.held.open] or [16, 17]
    challenge_id = known[which % len(known)]
    match deed:
        case "offer":
            price, offer = 1_000 * (which + 1), Offer(0, None, ring.time + 1_000 * (which + 1))
            return structs.replace(ring.offer(price=price), offer=offer)
        case "offer-bob":
            return ring.offer(ring.bob)
        case "accept":
            return _as_offered(ring, challenge_id)
        case "accept-wrongly":
            return ring.acceptance(challenge_id, Side.SELL)
        case "decline":
            return DeclineChallenge(1, challenge_id)
        case _:
            return CancelOrder(challenge_id)


def _as_offered(ring: Ring, challenge_id: int) -> AcceptChallenge:
    challenge = ring.held.open.get(challenge_id)
    if challenge is None:
        return ring.acceptance(challenge_id)
    return AcceptChallenge(1, challenge_id, 1, challenge.side, challenge.price, challenge.quantity)
