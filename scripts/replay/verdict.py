"""Owns the judgement of a replay: what the exchange booked against the plan, and the money.

Never believes the answers to orders: it reads what members and the public can read afterwards.
Called by the replay's command, once the market is settled.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import httpx

from actors.machines.money import parse_money
from scripts.client import Client, Json
from scripts.replay.flow import UNITS_PER_SHARE, Trade, digest_of_trades
from scripts.replay.venue import Venue

WAIT_S: Final = 30
"""How long documents may take to catch up with the actors."""
PAGE: Final = 1_000
CONTRADICTION: Final = Trade(0, 0, 0, 0)
"""An execution that maker, taker and public don't tell alike; no plan has it."""


class Verdict(NamedTuple):
    """What came of a replay; ``volume`` in shares."""

    executions_expected: int
    executions_matched: int
    volume: int
    sha256_expected: str
    sha256: str
    money_conserved: bool

    @property
    def is_right(self) -> bool:
        return self.sha256 == self.sha256_expected and self.money_conserved


class CurrentClient(Client):
    """A client that can ask to be shown no less than what its last answer was made of."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._http.event_hooks = {"response": [self._note]}
        self._position = ""

    def catch_up(self) -> None:
        """Every later answer shows at least what the last one knew."""
        self._http.headers.update({"X-Credence-Min-Position": self._position, "Prefer": f"wait={WAIT_S}"})

    def _note(self, response: httpx.Response) -> None:
        self._position = response.headers.get("X-Credence-Position", self._position)


class View(NamedTuple):
    """An execution as one of those who see it has it; the public sees no order."""

    order_id: int
    price: int
    quantity: int


Executions = dict[int, dict[str, View]]
"""Execution id -> who sees it (``maker``, ``taker``, ``public``) -> what he sees."""


def judge(client: CurrentClient, venue: Venue, expected: Sequence[Trade]) -> Verdict:
    """Compares with the plan, in the order in which the exchange numbered its executions."""
    executions: Executions = defaultdict(dict)
    money = sum(_read_member(client, venue, number, executions) for number in range(len(venue.members)))
    for execution in _listed(client, f"/markets/{venue.market_id}/executions/", "executions"):
        executions[int(execution["execution_id"])]["public"] = _view(execution)
    trades = [_trade(views) for _, views in sorted(executions.items())]
    return Verdict(
        executions_expected=len(expected),
        executions_matched=sum(trade == other for trade, other in zip(trades, expected, strict=False)),
        volume=sum(trade.quantity for trade in trades),
        sha256_expected=digest_of_trades(expected),
        sha256=digest_of_trades(trades),
        money_conserved=money == sum(member.deposited for member in venue.members),
    )


def _read_member(client: CurrentClient, venue: Venue, number: int, executions: Executions) -> int:
    """Adds the member's executions; returns his balance and the commission he paid, in 1/10^8."""
    client.use_token(venue.members[number].token)
    balance = parse_money(client.get("/accounts/")["account"]["balance"])
    client.catch_up()
    for execution in _listed(client, "/executions/", "executions"):
        executions[int(execution["execution_id"])][execution["role"]] = _view(execution)
    # A member of a replay trades in one contract: each of his positions is of a market of its own.
    positions = _listed(client, "/positions/", "positions")
    return balance + sum(parse_money(position["market_commission"] or "0") for position in positions)


def _listed(client: Client, path: str, name: str) -> Iterator[Json]:
    """Every item of a paged list."""
    query: str | None = f"?limit={PAGE}"
    while query is not None:
        page = client.get(path + query)
        yield from page[name]
        query = page["pagination"]["next_page"]


def _view(execution: Json) -> View:
    return View(int(execution.get("reference_id") or 0), execution["price"], execution["quantity"])


def _trade(views: dict[str, View]) -> Trade:
    """The one trade that all views are of, in shares."""
    if len(views) != len(("maker", "taker", "public")):
        return CONTRADICTION
    maker, taker = views["maker"], views["taker"]
    shares, rest = divmod(maker.quantity, UNITS_PER_SHARE)
    alike = len({(view.price, view.quantity) for view in views.values()}) == 1
    return Trade(maker.order_id, taker.order_id, maker.price, shares) if alike and not rest else CONTRADICTION
