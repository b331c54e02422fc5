"""Owns what an audit knows of an account stream: members, their live orders, markets, contra accounts.

Never judges: the audits of requests, orders and money do, and keep this up to date.
Called by those audits.

What is kept does not grow with the orders that are done: a live order each, a position for each member and
market, and of a settled market what a corrected verdict would have to be computed from.
"""

from actors.auditing.positions import Position, risk_of
from actors.machines.messages.parts import Amended, Terms
from actors.machines.messages.words import Role


class Member:
    """An account as the log last said it; money in 1/10^8 of a currency unit."""

    __slots__ = ("balance", "exposure", "roles", "staff", "username")

    def __init__(self, username: str, *, staff: bool) -> None:
        self.username = username
        self.staff = staff
        self.roles: tuple[Role, ...] = ()
        self.balance = 0
        self.exposure = 0


class LiveOrder:
    """An order from its acceptance until nothing of it can trade any more."""

    __slots__ = (
        "account_id",
        "amendment",
        "answered",
        "buys",
        "contract_id",
        "executed",
        "left",
        "market_id",
        "price",
        "quantity",
    )

    def __init__(
        self, account_id: int, market_id: int, contract_id: int, *, buys: bool, price: int, left: int
    ) -> None:
        self.account_id = account_id
        self.market_id = market_id
        self.contract_id = contract_id
        self.buys = buys
        self.price = price
        self.quantity = left
        self.left = left
        self.executed = 0
        self.answered = False
        self.amendment: Amended | None = None
        """What the market is asked to make of it."""

    @property
    def at_risk(self) -> int:
        """The most that it may lose.

        With an amendment on its way it is either all of the new order; or the old one fills, and what the
        amendment adds comes on top. Whatever else may happen lies between the two.
        """
        old = risk_of(self.price, self.left, buys=self.buys)
        if self.amendment is None:
            return old
        price, left = self.amendment.price, max(0, self.amendment.quantity - self.executed)
        added = risk_of(price, max(0, left - self.left), buys=self.buys)
        return max(risk_of(price, left, buys=self.buys), old + added)


class KnownMarket:
    """A market as an account stream knows it."""

    __slots__ = ("positions", "terms", "version", "voided")

    def __init__(self) -> None:
        self.terms: Terms | None = None
        self.version = 0
        """Of the last verdict noted; 0: none yet."""
        self.voided: dict[int, None] = {}
        self.positions: dict[int, Position] = {}
        """Accounts that ever had an order there -> their position."""


class Members:
    """All of one account stream."""

    __slots__ = ("cancels", "clearing", "commission", "external", "markets", "members", "orders", "usernames")

    def __init__(self) -> None:
        self.members: dict[int, Member] = {}
        self.usernames: dict[str, int] = {}
        self.orders: dict[int, LiveOrder] = {}
        self.cancels: dict[int, int] = {}
        """Orders -> how many cancels of theirs wait for the market's word."""
        self.markets: dict[int, KnownMarket] = {}
        self.external = 0
        self.commission = 0
        self.clearing: dict[int, int] = {}
