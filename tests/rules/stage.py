"""Owns how a scenario is performed: on pure streams of accounts, markets and activity, audited at the end.

Never judges by anything but the machines: what they answered, what they hold, what their books show.
Called by the tests of the rules.
"""

from typing import assert_never

from actors.auditing.auditor import Auditor
from actors.auditing.entries import Entry
from actors.machines.account_stream.account import Account
from actors.machines.account_stream.order import Order
from actors.machines.market_stream.auction import Auction
from actors.machines.market_stream.market import Market
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import (
    Answer,
    EventResult,
    MarketResult,
    MatchPreview,
    OrderPreview,
    Refused,
    Reply,
    Result,
)
from actors.machines.messages.challenges import (
    AcceptChallenge,
    DeclineChallenge,
    Offer,
    OfferChallenge,
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
    PlaceOrder,
    PreviewMatch,
    PreviewOrder,
    Question,
    SettleMarket,
    TurnInPlay,
    Withdraw,
)
from actors.machines.messages.parts import Conditions, LadderStep
from actors.machines.messages.record import decode
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import ExchangeState, MarketState, Side
from actors.machines.streams import account_stream_of_id
from tests.machines.town import UNIT, Town
from tests.rules import drawing, steps
from tests.rules.results import outcome_of, outcome_of_preview
from tests.rules.steps import Outcome

FUNDS = 1000 * UNIT
"""What a member has of whom nothing is said."""
LADDER_ENDS = 10_000
REFEREE = "the referee says so"


class Stage:
    """One market and who trades in it."""

    def __init__(self, market: steps.Market) -> None:
        self._town = Town()
        self._members: dict[str, int] = {}
        self._orders: dict[str, tuple[int, int]] = {}
        """Names of orders -> account and order."""
        self._staff = self._town.register("staff", staff=True)
        event = self._ask(self._staff, CreateEvent("Cup final", "sport", 1_800_000_000_000_000))
        assert isinstance(event, EventResult), event
        made = self._ask(self._staff, _creation(market))
        assert isinstance(made, MarketResult), made
        self._contracts = {each.name: each.contract_id for each in made.market.contracts}
        if market.opens:
            by_auction = market.opening_auction_s is not None
            first = MarketState.AUCTION if by_auction else MarketState.OPEN
            opened = self._ask(self._staff, ChangeMarketState(1, first))
            assert isinstance(opened, MarketResult), opened

    # What is done.

    def give(self, funds: steps.Funds) -> None:
        """A member begins with this much."""
        assert funds.who not in self._members, f"{funds.who} has something already"
        self._member(funds.who, funds.amount)

    def draw(self, book: steps.Book) -> None:
        """What a drawn book shows is ordered, price by price, in the order of the line."""
        for row in book.rows:
            for side, orders in ((Side.BUY, row.bids), (Side.SELL, row.offers)):
                for who, quantity in orders:
                    order = steps.Order(who, side, quantity, row.price, book.contract)
                    heard = self.perform(order)
                    assert heard == Outcome("created", rests=quantity), f"{who}: {heard}"

    def perform(self, action: steps.Action) -> Outcome:
        """What came of it."""
        match action:
            case steps.Order():
                return self._order(action)
            case steps.Challenge():
                return self._placed(action.order, self._offer(action))
            case steps.Answer():
                return outcome_of(self._ask(self._member(action.who), self._reply(action)))
            case steps.Preview():
                return self._preview(action.order)
            case steps.Cancel() | steps.CancelAll() | steps.Amend():
                return outcome_of(self._ask(self._member(action.who), self._asked_by_member(action)))
            case steps.Wait():
                self._wait(action.time)
                return Outcome("done")
        return outcome_of(self._ask(self._staff, self._asked_by_staff(action)))

    def _asked_by_member(self, action: steps.Cancel | steps.CancelAll | steps.Amend) -> Command:
        match action:
            case steps.Cancel():
                return CancelOrder(self._find(action.who, action.order))
            case steps.Amend():
                return AmendOrder(self._find(action.who, action.order), action.quantity, action.price)
            case steps.CancelAll():
                return CancelAll()

    def _asked_by_staff(self, action: steps.StaffAction) -> Command:
        match action:
            case steps.MoveMoney():
                self._member(action.who)
                move = Deposit if action.amount > 0 else Withdraw
                return move(action.who, abs(action.amount))
            case steps.Move():
                return ChangeMarketState(1, action.state)
            case steps.InPlay():
                return TurnInPlay(1)
            case steps.Switch():
                state = ExchangeState.HALTED if action.halted else ExchangeState.OPEN
                return ChangeExchangeState(state, action.cancel_orders)
            case steps.Void():
                return VoidContract(1, self._contract(action.contract), REFEREE)
            case steps.Settle():
                return self._verdict(action)

    def _offer(self, challenge: steps.Challenge) -> OfferChallenge:
        order, opponent = challenge.order, challenge.opponent or None
        opponent_id = self._member(opponent) if opponent else 0
        offer = Offer(opponent_id, opponent, self._town.time + challenge.open_for)
        contract_id = self._contract(order.contract)
        return OfferChallenge(1, contract_id, order.side, order.price, order.quantity, offer)

    def _reply(self, answer: steps.Answer) -> Command:
        offered = self._named(answer.name)
        if not answer.accepts:
            return DeclineChallenge(1, offered.order_id)
        terms = (offered.contract_id, offered.side, offered.price, offered.quantity)
        return AcceptChallenge(1, offered.order_id, *terms)

    def _command(self, order: steps.Order) -> PlaceOrder:
        return PlaceOrder(
            1,
            self._contract(order.contract),
            order.side,
            order.price,
            order.quantity,
            order.time_in_force,
            conditions=self._conditions(order),
        )

    def _preview(self, order: steps.Order) -> Outcome:
        """What the market and then the account say; no stream writes anything for it."""
        account_id, command = self._member(order.who), self._command(order)
        before = {name: len(bodies) for name, bodies in self._town.bodies.items()}
        matched = self._question(self._town.streams.of_market(1), PreviewMatch(account_id, command))
        if isinstance(matched, Refused):
            return outcome_of(matched)
        assert isinstance(matched, MatchPreview), matched
        asked = PreviewOrder(account_id, command, matched)
        account = self._question(account_stream_of_id(account_id), asked)
        assert before == {name: len(bodies) for name, bodies in self._town.bodies.items()}
        if isinstance(account, Refused):
            return outcome_of(account)
        assert isinstance(account, OrderPreview), account
        return outcome_of_preview(command.quantity, matched, account)

    def _question(self, stream: str, question: Question) -> object:
        reply = self._town.ask(stream, question)
        assert isinstance(reply, Reply), reply
        return reply.result

    def _order(self, order: steps.Order) -> Outcome:
        return self._placed(order, self._command(order))

    def _placed(self, order: steps.Order, command: PlaceOrder | OfferChallenge) -> Outcome:
        """What came of an order, which is known by its name from now on."""
        account_id = self._member(order.who)
        known = set(self._account(order.who).orders)
        result = self._ask(account_id, command)
        if order.name:
            assert order.name not in self._orders, f"there is an order {order.name} already"
            (order_id,) = set(self._account(order.who).orders) - known
            self._orders[order.name] = (account_id, order_id)
        return outcome_of(result)

    def _conditions(self, order: steps.Order) -> Conditions:
        good_til = self._town.time + order.good_for if order.good_for else 0
        return Conditions(order.post_only, order.self_trade, good_til, order.version)

    def _verdict(self, settle: steps.Settle) -> SettleMarket:
        assert (self._market.verdict is not None) == settle.corrects, "is it corrected or not?"
        winners, sharing = (
            tuple(self._contract(name) for name in named) for named in (settle.winners, settle.sharing)
        )
        return SettleMarket(1, winners, settle.void, REFEREE, sharing)

    def _wait(self, time: int) -> None:
        self._town.time += time
        for name in self._town.streams.trading_names:
            self._town.turn(name)
        self._town.deliver()

    # What is seen.

    def check(self, check: steps.Check) -> tuple[object, object]:
        """What the rule says, and what is: equal where the rule holds."""
        match check:
            case steps.Book():
                return drawing.drawn(check.rows), drawing.drawn(self._book(check.contract))
            case steps.AuctionIs():
                return check, self._auction(check.contract)
            case steps.MoneyIs():
                account = self._account(check.who)
                return dict(check.amounts), {name: getattr(account, name) for name, _ in check.amounts}
            case steps.HoldingIs():
                return check.quantity, self._held(check.who, self._contract(check.contract))
            case steps.OrderIs():
                order = self._named(check.name)
                return (check.state, check.reason), (str(order.state), str(order.reason or ""))
            case steps.MarketIs():
                return check.state, str(self._market.state)
            case steps.VersionIs():
                return check.version, self._market.version
            case steps.CommissionIs():
                streams = self._town.streams.account_names
                return check.amount, sum(self._town.accounts(name).commission for name in streams)
        assert_never(check)

    def sound(self) -> list[str]:
        """What is wrong with all that was done, whatever the rule says: money, replay, the audit."""
        self._town.assert_sound()
        auditor = Auditor(self._town.streams.names)
        entries = [
            Entry(name, at + 1, time, decode(body))
            for name, bodies in self._town.bodies.items()
            for at, (body, time) in enumerate(zip(bodies, self._town.times[name], strict=True))
        ]
        entries.sort(key=lambda entry: entry.time)
        found = [breach for entry in entries for breach in auditor.feed(entry)]
        return [str(breach) for breach in (*found, *auditor.at_rest())]

    def _book(self, contract: str) -> tuple[steps.Row, ...]:
        book = self._market.books[self._contract(contract)]
        levels: dict[int, tuple[list[tuple[str, int]], list[tuple[str, int]]]] = {}
        for side in Side:
            for order in book.queue(side):
                price = order.price
                if isinstance(book, Auction) and book.is_market(order.order_id):
                    price = steps.ANY_BID if side is Side.BUY else steps.ANY_OFFER
                at = levels.setdefault(price, ([], []))[side is Side.SELL]
                at.append((self._name(order.account_id), order.quantity))
        return tuple(
            steps.Row(tuple(levels[price][0]), price, tuple(levels[price][1]))
            for price in sorted(levels, reverse=True)
        )

    def _auction(self, contract: str) -> steps.AuctionIs:
        """What the auction would trade now."""
        contract_id, market = self._contract(contract), self._market
        book, collecting = market.books[contract_id], market.collecting
        assert isinstance(book, Auction), "the market collects no orders"
        assert collecting is not None, "the market is in no auction"
        now = book.equilibrium(market.details.ladder, collecting.references[contract_id])
        if now is None:
            return steps.AuctionIs(contract)
        return steps.AuctionIs(contract, now.volume, now.price, now.imbalance)

    def _held(self, who: str, contract_id: int) -> int:
        position = self._account(who).positions.get(1)
        return 0 if position is None else position.holdings[position.index[contract_id]].net

    # Who and what.

    def _ask(self, account_id: int, command: Command) -> Result | None:
        """The result; None while it isn't known."""
        asked = self._town.request_of(account_id, command)
        answer = self._town.ask(account_stream_of_id(account_id), asked)
        assert not isinstance(answer, Reply), answer
        return answer.results[0] if isinstance(answer, Answer) and answer.final else None

    def _member(self, who: str, amount: int = FUNDS) -> int:
        """Whoever is named for the first time joins."""
        if who not in self._members:
            self._members[who] = self._town.register(who)
            if amount:
                self._ask(self._staff, Deposit(who, amount))
        return self._members[who]

    def _account(self, who: str) -> Account:
        account_id = self._member(who)
        return self._town.accounts(account_stream_of_id(account_id)).accounts[account_id]

    def _name(self, account_id: int) -> str:
        return next(who for who, known in self._members.items() if known == account_id)

    def _contract(self, name: str) -> int:
        """The first one where none is named."""
        if not name:
            return next(iter(self._contracts.values()))
        assert name in self._contracts, f"the market has no contract {name}"
        return self._contracts[name]

    def _named(self, name: str) -> Order:
        assert name in self._orders, f"no order is called {name}"
        account_id, order_id = self._orders[name]
        return self._town.accounts(account_stream_of_id(account_id)).accounts[account_id].orders[order_id]

    def _find(self, who: str, which: steps.Which) -> int:
        """The order that somebody means."""
        if isinstance(which, steps.Called):
            assert which.name in self._orders, f"no order is called {which.name}"
            return self._orders[which.name][1]
        sought = (which.side, which.price, self._contract(which.contract))
        orders = [
            order.order_id
            for order in self._account(who).orders.values()
            if order.live and (order.side, order.price, order.contract_id) == sought
        ]
        assert len(orders) == 1, f"{who} has {len(orders)} orders there: give the one that is meant a name"
        return orders[0]

    @property
    def _market(self) -> Market:
        return self._town.markets(self._town.streams.of_market(1)).markets[1]


def _creation(market: steps.Market) -> CreateMarket:
    highest = (LADDER_ENDS - 1) // market.ladder * market.ladder
    return CreateMarket(
        1,
        "Who wins?",
        market.contracts,
        market.winner_count,
        commission=market.commission,
        ladder=(LadderStep(market.ladder, highest, market.ladder),),
        in_play_delay_ms=market.in_play_delay_ms,
        cross_matching=market.cross_matching,
        opening_auction_s=market.opening_auction_s,
        closing_auction_s=market.closing_auction_s,
    )
