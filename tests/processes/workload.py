"""Owns what the tests of hosts ask of an exchange: staff, members with money, a market, orders.

Never asserts more than that its own preparations succeed.
Called by the tests in this folder.
"""

from collections.abc import Callable
from itertools import count

from actors.machines.messages.answers import AccountResult, Answer, EventResult, MarketResult, Reply
from actors.machines.messages.commands import (
    Asked,
    CancelOrder,
    ChangeMarketState,
    Command,
    CreateEvent,
    CreateMarket,
    Deposit,
    PlaceOrder,
    RegisterMember,
    Request,
)
from actors.machines.messages.parts import MarketDetails
from actors.machines.messages.words import MarketState, Side

Ask = Callable[[Asked], Answer | Reply]
FUNDS = 10**12

_keys = count(1)


def register(username: str, *, staff: bool = False) -> RegisterMember:
    return RegisterMember(username, "not a hash", username.title(), f"registration of {username}", staff)


def request(account_id: int, *commands: Command, key: str = "") -> Request:
    """A member's request; without a key it gets one that was never used before."""
    key = key or f"key-{next(_keys)}"
    return Request(account_id, 1, "POST /v3/orders/", key, True, repr(commands), commands)


class Floor:
    """Members at work in one open market: ``alice`` (accounts-1) and ``bobby`` (accounts-0) have money."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.staff = self._register("staff", staff=True)
        self.alice = self._register("alice")
        self.bobby = self._register("bobby")
        self._do(Deposit("alice", FUNDS), Deposit("bobby", FUNDS))
        self.market = self.open_market()

    def open_market(self) -> MarketDetails:
        """One more, of an event of its own."""
        (event,) = self._do(CreateEvent("Cup final", "football", 1)).results
        assert isinstance(event, EventResult)
        (made,) = self._do(CreateMarket(event.event.event_id, "Winner", ("Home", "Away"))).results
        assert isinstance(made, MarketResult)
        (opened,) = self._do(ChangeMarketState(made.market.market_id, MarketState.OPEN)).results
        assert isinstance(opened, MarketResult)
        assert opened.state is MarketState.OPEN
        return made.market

    def order(self, side: Side, price: int, quantity: int) -> PlaceOrder:
        return PlaceOrder(self.market.market_id, self.market.contracts[0].contract_id, side, price, quantity)

    def buy(self, price: int, quantity: int, *, key: str = "") -> Request:
        """Alice buys."""
        return request(self.alice, self.order(Side.BUY, price, quantity), key=key)

    def sell(self, price: int, quantity: int, *, key: str = "") -> Request:
        """Bobby sells."""
        return request(self.bobby, self.order(Side.SELL, price, quantity), key=key)

    def deposit(self, username: str, amount: int) -> Request:
        """Staff deposits; their account is in bobby's stream."""
        return request(self.staff, Deposit(username, amount))

    def cancel(self, account_id: int, order_id: int, *, key: str = "") -> Request:
        return request(account_id, CancelOrder(order_id), key=key)

    def _register(self, username: str, *, staff: bool = False) -> int:
        reply = self._ask(register(username, staff=staff))
        assert isinstance(reply, Reply)
        assert isinstance(reply.result, AccountResult)
        return reply.result.account_id

    def _do(self, *commands: Command) -> Answer:
        answer = self._ask(request(self.staff, *commands))
        assert isinstance(answer, Answer)
        return answer
