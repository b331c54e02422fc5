"""Owns the tests of amendments at the account: the rungs of the ladder, what is reserved, who is answered.

Never tests what becomes of one in the book: that is the market's.
Called by pytest.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines import limits
from actors.machines.account_stream.account import Account
from actors.machines.account_stream.amendments_decide import decide_refusal
from actors.machines.messages.amendments import AmendmentRefused, AmendOrder
from actors.machines.messages.answers import Answer, OrderResult, Refused
from actors.machines.messages.challenges import Offer, OfferChallenge
from actors.machines.messages.commands import (
    CancelOrder,
    ChangeExchangeState,
    ChangeMarketState,
    Command,
    CreateMarket,
    PlaceOrder,
    SettleMarket,
    Withdraw,
)
from actors.machines.messages.letters import Letter
from actors.machines.messages.parts import LadderStep
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import ExchangeState, MarketState, OrderState, Reason, Side
from actors.machines.streams import account_stream_of_id
from tests.auditing.recorded import RecordedTown, audited
from tests.machines.town import LOT, UNIT


class Venue(RecordedTown):
    """An open market, whose letters may be carried by hand."""

    def alices(self) -> Account:
        return self.accounts(account_stream_of_id(self.alice)).accounts[self.alice]

    def bid(self, price: int = 5000, lots: int = 10) -> int:
        placed = self.place(self.alice, Side.BUY, price, lots * LOT)
        assert isinstance(placed, OrderResult)
        return placed.order_id

    def say(self, account_id: int, *commands: Command, patient: bool = True) -> int:
        """A request whose letters stay where they are; its number is its ticket."""
        asked = self.request_of(account_id, *commands, patient=patient)
        self.turn(account_stream_of_id(account_id), [(self.keys, asked)])
        return self.keys

    def carry(self, letter: Letter) -> None:
        """One letter arrives, and so does what says so."""
        self.turn(letter.destination, letters=[letter])
        receiver = self.all[letter.destination]
        heard = receiver.post.letter(letter.source, 0, 0, len(self.bodies[receiver.name]))
        self.turn(letter.source, letters=[heard])

    def carry_to_market_from(self, account_id: int) -> None:
        """What this member has sent overtakes all others' letters."""
        for letter in self.letters_of(account_stream_of_id(account_id)):
            self.carry(letter)

    def letters_but_of(self, account_id: int) -> Iterator[Letter]:
        """What anybody has to say, but this member's stream to the market's."""
        for name in self.all:
            for letter in self.letters_of(name):
                way = (letter.source, letter.destination)
                if way != (account_stream_of_id(account_id), self.streams.of_market(1)):
                    yield letter

    def refused(self, command: Command, account_id: int | None = None) -> tuple[Reason, str | None]:
        (result,) = self.send(account_id or self.alice, command)
        assert isinstance(result, Refused)
        return result.reason, result.field


def test_an_amendment_names_a_live_order_of_ones_own() -> None:
    town = Venue()
    order_id = town.bid()
    assert town.refused(AmendOrder(order_id + 160, LOT)) == (Reason.NOT_FOUND, "order_id")
    assert town.refused(AmendOrder(order_id, LOT), town.bob) == (Reason.NOT_FOUND, "order_id")
    town.send(town.alice, CancelOrder(order_id))
    assert town.refused(AmendOrder(order_id, LOT)) == (Reason.NOT_LIVE, "order_id")


def test_a_challenge_is_not_amended() -> None:
    town = Venue()
    offer = OfferChallenge(1, 1, Side.BUY, 5000, LOT, Offer(0, None, town.time + 10**9))
    (offered,) = town.send(town.alice, offer)
    assert isinstance(offered, OrderResult)
    assert town.refused(AmendOrder(offered.order_id, 2)) == (Reason.NOT_ALLOWED, None)


def test_what_would_change_nothing_is_answered_at_once() -> None:
    town = Venue()
    order_id = town.bid()
    ticket = town.say(town.alice, AmendOrder(order_id, 10 * LOT), AmendOrder(order_id, 10 * LOT, 5000))
    results = town.results_for(ticket)
    assert [result.state for result in results if isinstance(result, OrderResult)] == [OrderState.CREATED] * 2
    assert audited(town.entries) == []


def test_an_order_is_amended_by_one_at_a_time() -> None:
    town = Venue()
    order_id = town.bid()
    ticket = town.say(town.alice, AmendOrder(order_id, 4 * LOT), AmendOrder(order_id, 3 * LOT))
    town.deliver()
    first, second = town.results_for(ticket)
    assert isinstance(first, OrderResult)
    assert (first.quantity, first.available_quantity) == (4 * LOT, 4 * LOT)
    assert isinstance(second, Refused)
    assert second.reason is Reason.AMENDMENT_PENDING
    again = town.send(town.alice, AmendOrder(order_id, 3 * LOT))
    assert isinstance(again[0], OrderResult)


@pytest.mark.parametrize(
    ("command", "reason", "field"),
    [
        (AmendOrder(0, 10 * LOT, 5050), Reason.INVALID_PRICE, "price"),
        (AmendOrder(0, 11 * LOT, 9000), Reason.LIMIT_EXCEEDED, "quantity"),
        (AmendOrder(0, 10 * LOT, 8000), Reason.LIMIT_EXCEEDED, "price"),
        (AmendOrder(0, 10 * LOT, 6000), Reason.INSUFFICIENT_FUNDS, None),
    ],
)
def test_a_replacement_climbs_the_ladder_of_an_order(
    monkeypatch: pytest.MonkeyPatch, command: AmendOrder, reason: Reason, field: str | None
) -> None:
    town = Venue()
    ladder = (LadderStep(1000, 9000, 100),)
    town.send(town.staff, CreateMarket(1, "Laddered", ("Yes", "No"), ladder=ladder, quantity_max=10 * LOT))
    town.send(town.staff, ChangeMarketState(2, MarketState.OPEN))
    placed = town.place(town.alice, Side.BUY, 5000, 10 * LOT, market_id=2, contract_id=3)
    town.place(town.alice, Side.BUY, 6000, LOT, market_id=2, contract_id=3)
    assert isinstance(placed, OrderResult)
    order_id = placed.order_id
    monkeypatch.setattr(limits, "PRICE_LEVELS_PER_MEMBER_AND_CONTRACT_MAX", 2)
    town.send(town.staff, Withdraw("alice", 1000 * UNIT - 6 * UNIT))
    asked = AmendOrder(order_id, command.quantity, command.price)
    assert town.refused(asked) == (reason, field)


def test_a_halted_exchange_lets_orders_shrink_only() -> None:
    town = Venue()
    order_id = town.bid()
    town.send(town.staff, ChangeExchangeState(ExchangeState.HALTED))
    assert town.refused(AmendOrder(order_id, 11 * LOT)) == (Reason.TRADING_SUSPENDED, None)
    (reduced,) = town.send(town.alice, AmendOrder(order_id, 4 * LOT))
    assert isinstance(reduced, OrderResult)
    assert town.money(town.alice)[1] == 4 * LOT * 5000
    assert audited(town.entries) == []


def test_an_order_on_its_way_through_a_settlement_is_not_replaced() -> None:
    town = Venue()
    town.bid()
    town.move(MarketState.CLOSED)
    late = town.say(town.alice, PlaceOrder(1, 1, Side.BUY, 5000, LOT))
    town.say(town.staff, SettleMarket(1, (1,), False, "so"))
    known = town.accounts(account_stream_of_id(town.alice)).markets[1]
    for letter in iter(lambda: next(town.letters_but_of(town.alice), None), None):
        town.carry(letter)
    assert known.verdict is not None
    ticket = town.say(town.alice, AmendOrder(max(town.alices().orders), 2 * LOT))
    (refused,) = town.results_for(ticket)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.MARKET_SETTLED
    town.deliver()
    assert isinstance(town.results_for(late)[0], Refused)
    assert audited(town.entries) == []


def test_an_order_on_its_way_to_a_contract_that_was_voided_is_not_replaced() -> None:
    town = Venue(("Gulls", "Herons", "Terns"))
    late = town.say(town.alice, PlaceOrder(1, 1, Side.BUY, 5000, LOT))
    town.say(town.staff, VoidContract(1, 1, "withdrawn"))
    for letter in iter(lambda: next(town.letters_but_of(town.alice), None), None):
        town.carry(letter)
    ticket = town.say(town.alice, AmendOrder(max(town.alices().orders), 2 * LOT))
    (refused,) = town.results_for(ticket)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.CONTRACT_VOIDED
    town.deliver()
    assert isinstance(town.results_for(late)[0], Refused)
    assert audited(town.entries) == []


# What is reserved until the market's word: never less than what may come of it.

RESERVED = [
    # price, lots -> exposure while it is on its way, and after it
    (4000, 10, 50, 40),
    (6000, 10, 60, 60),
    (5000, 4, 50, 20),
    (5000, 12, 60, 60),
    (4000, 12, 58, 48),
    (4000, 20, 90, 80),
    (6000, 4, 50, 24),
    (9000, 4, 50, 36),
    (9000, 6, 54, 54),
]


@pytest.mark.parametrize(("price", "lots", "meanwhile", "after"), RESERVED)
def test_until_the_market_s_word_the_worse_of_old_and_new_is_reserved(
    price: int, lots: int, meanwhile: int, after: int
) -> None:
    town = Venue()
    order_id = town.bid()
    town.say(town.alice, AmendOrder(order_id, lots * LOT, price))
    assert town.money(town.alice)[1] == meanwhile * UNIT // 10
    town.deliver()
    assert town.money(town.alice)[1] == after * UNIT // 10
    assert audited(town.entries) == []


def test_a_fill_that_crosses_an_amendment_is_of_the_old_order_and_the_rest_becomes_the_new_one() -> None:
    town = Venue()
    order_id = town.bid()
    # What fills at 50 and what the amendment adds at 40 is more than either order in full: 58 of 50 and 48.
    ticket = town.say(town.alice, AmendOrder(order_id, 12 * LOT, 4000))
    town.say(town.bob, PlaceOrder(1, 1, Side.SELL, 5000, 9 * LOT))
    town.carry_to_market_from(town.bob)
    exposures = [town.money(town.alice)[1]]
    town.deliver()
    exposures.append(town.money(town.alice)[1])
    assert [each * 10 // UNIT for each in exposures] == [58, 57]
    (result,) = town.results_for(ticket)
    assert isinstance(result, OrderResult)
    assert (result.executed_quantity, result.available_quantity, result.price) == (9 * LOT, 3 * LOT, 4000)
    assert audited(town.entries) == []


def test_an_order_that_fills_before_its_amendment_arrives_frees_all_of_it() -> None:
    town = Venue()
    order_id = town.bid()
    ticket = town.say(town.alice, AmendOrder(order_id, 12 * LOT, 4000))
    town.say(town.bob, PlaceOrder(1, 1, Side.SELL, 5000, 10 * LOT))
    town.carry_to_market_from(town.bob)
    town.deliver()
    (refused,) = town.results_for(ticket)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.field) == (Reason.TOO_LATE, "order_id")
    assert town.money(town.alice)[1] == 5 * UNIT
    assert town.alices().positions[1].levels == {0: {}}
    assert audited(town.entries) == []


def test_a_refusal_of_an_order_that_has_left_the_actor_s_memory_is_still_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "FINISHED_ORDERS_KEPT_PER_ACCOUNT", 0)
    town = Venue()
    order_id = town.bid()
    ticket = town.say(town.alice, AmendOrder(order_id, 4 * LOT))
    town.say(town.bob, PlaceOrder(1, 1, Side.SELL, 5000, 10 * LOT))
    town.carry_to_market_from(town.bob)
    town.deliver()
    (refused,) = town.results_for(ticket)
    assert isinstance(refused, Refused)
    assert order_id not in town.alices().orders


def test_who_does_not_wait_is_told_the_order_as_it_still_is() -> None:
    town = Venue()
    order_id = town.bid()
    ticket = town.say(town.alice, AmendOrder(order_id, 4 * LOT), patient=False)
    answer = dict(town.answers)[ticket]
    assert isinstance(answer, Answer)
    (result,) = answer.results
    assert isinstance(result, OrderResult)
    assert (answer.final, result.quantity) == (False, 10 * LOT)
    town.deliver()


def test_the_same_key_is_the_same_amendment() -> None:
    town = Venue()
    order_id = town.bid()
    asked = town.request_of(town.alice, AmendOrder(order_id, 4 * LOT, 4000))
    stream = account_stream_of_id(town.alice)
    town.turn(stream, [("first", asked)])
    town.turn(stream, [("again", asked)])
    town.deliver()
    assert town.results_for("first") == town.results_for("again")
    town.turn(stream, [("later", asked)])
    assert town.results_for("later") == town.results_for("first")


def test_what_could_not_be_decided_leaves_the_order_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Venue()
    order_id = town.bid()

    def raise_it(*_: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr("actors.machines.market_stream.markets.decide_amendment", raise_it)
    assert town.refused(AmendOrder(order_id, 4 * LOT)) == (Reason.INTERNAL, "order_id")
    assert town.alices().orders[order_id].left == 10 * LOT
    assert [type(problem.error) for problem in town.problems] == [ArithmeticError]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("amend", "amend", "amend", "place", "cancel", "carry", "carry", "carry")),
        st.integers(0, 1),
        st.integers(0, 3),
        st.sampled_from((4000, 4500, 5000, 5500, 6000)),
        st.integers(1, 12),
        st.sampled_from(Side),
    ),
    max_size=60,
)


@given(STEPS)
@settings(max_examples=80, deadline=None)
def test_whatever_crosses_whatever_nobody_risks_more_than_they_have(
    steps: list[tuple[str, int, int, int, int, Side]],
) -> None:
    town = Venue()
    for staked in ("alice", "bob"):
        town.send(town.staff, Withdraw(staked, 990 * UNIT))
    members = (town.alice, town.bob)
    for what, who, which, price, lots, side in steps:
        account_id = members[who]
        orders = [*town.accounts(account_stream_of_id(account_id)).accounts[account_id].orders]
        if what == "carry":
            letters = [letter for name in town.all for letter in town.letters_of(name)]
            if letters:
                town.carry(letters[which % len(letters)])
        elif what == "place" or not orders:
            town.say(account_id, PlaceOrder(1, 1, side, price, lots * LOT))
        elif what == "cancel":
            town.say(account_id, CancelOrder(orders[-1 - which % len(orders)]))
        else:
            town.say(account_id, AmendOrder(orders[-1 - which % len(orders)], lots * LOT, price))
        for each in members:
            balance, exposure = town.money(each)
            assert exposure <= balance
    town.deliver()
    town.assert_sound()
    assert audited(town.entries) == []
    for each in members:
        account = town.accounts(account_stream_of_id(each)).accounts[each]
        live = [order for order in account.orders.values() if order.live]
        assert (account.amending, account.live_orders) == ({}, len(live))
        for position in account.positions.values():
            counted: dict[int, int] = {}
            for order in live:
                counted[order.price] = counted.get(order.price, 0) + 1
            assert position.levels.get(0, {}) == counted


def test_a_refusal_names_no_order_that_there_never_was() -> None:
    town = Venue()
    town.bid()
    account = town.alices()
    event = decide_refusal(account, AmendmentRefused(1, 16 * 999, town.alice, Reason.TOO_LATE))
    assert (event.exposure, event.market_exposure) == (account.exposure, account.positions[1].exposure)
