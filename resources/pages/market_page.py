"""Owns what the page of one market shows beside it: its book, what traded, and what the visitor has in it.

Never shows one member another's; reads everything in one go.
Called by resources/markets.py; resources/orders.py takes its forms.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, cast
from urllib.parse import parse_qs

from actors.machines import limits
from actors.machines.market_stream.market_steps import Auctions, askable
from actors.machines.messages.words import MarketState, OrderState, TimeInForce
from actors.machines.stream import names
from couch_views.queries import discussion, orders, prices
from couch_views.queries.reading import Reads
from couch_views.shapes import MarketDocument, PositionDocument, document_id
from resources.discussion import shown_to_all
from resources.following import MARKETS, follow_forms, followed
from resources.holdings import held_in
from resources.pages.asides import Looking, boards, only, purse
from resources.pages.formats import PAYOUT, PERCENT
from resources.representations import EXECUTION_FIELDS, Json, order_shown, shown
from resources.toolkit.units import write_unit
from resources.toolkit.view import Button, Choice, FormUse, View
from resources.toolkit.visitor import Member

_DEPTH: Final = 8
_EXECUTIONS: Final = 12
_OWN_ORDERS: Final = 20
_COMMENTS: Final = 3
_LIVE: Final = (OrderState.PENDING, OrderState.CREATED, OrderState.PARTIAL)
_PRESET: Final = ("contract_id", "side", "price", "quantity")
_STEPS: Final = {
    MarketState.AUCTION: "Collect orders",
    MarketState.OPEN: "Open",
    MarketState.HALTED: "Halt",
    MarketState.CLOSED: "Close",
}
_ORDERED_IN: Final = (MarketState.OPEN, MarketState.AUCTION)
_PLAYED_FROM: Final = (MarketState.AUCTION, MarketState.OPEN, MarketState.HALTED)
_TO_PLAY: Final = {"state": "", "in_play": "true", "reason": ""}
_SETTLED_FROM: Final = frozenset({MarketState.CLOSED, MarketState.SETTLED, MarketState.VOIDED})
_UNITS: Final = {"price": PERCENT, "quantity": PAYOUT}
_VOIDED_FROM: Final = frozenset({MarketState.OPEN, MarketState.HALTED, MarketState.CLOSED})
_VOIDABLE_MAX: Final = 20
"""Contracts that each have a form of their own on the page; where there are more, the API is asked."""
VOID: Final = "/v3/markets/{ids:identity}/contracts/{contract_id:identity}/void"
MARKET: Final = "/v3/markets/{ids:identities}"
COMMENTS: Final = "/v3/markets/{ids:identity}/comments"
ORDERS: Final = "/v3/orders"
STANDARD: Final = {"side": "buy", "quantity": "10.00", "type": TimeInForce.GOOD_TIL_CANCELLED.value}


def of_market(documents: Reads, call: Looking, market: MarketDocument) -> Json:
    """``board``, ``executions``, ``comments``; of the visitor ``account``, live ``orders``, ``positions``."""
    if not call.for_page:
        return {}
    market_id = int(market["id"])
    (board,) = boards(documents, (market,), limits.CONTRACTS_PER_MARKET_MAX, _DEPTH)
    traded = prices.executions(documents, [market_id], limit=_EXECUTIONS).items if board["volume"] else []
    aside: Json = {
        "board": board,
        "names": {contract["id"]: contract["name"] for contract in market["contracts"]},
        "left": [contract["id"] for contract in market["contracts"] if not contract.get("voided")],
        "executions": [shown(execution, EXECUTION_FIELDS) for execution in traded],
        "comments": _comments(documents, call.visitor, market_id),
        "settlement_reason": market.get("settlement_reason", ""),
    }
    return aside if call.visitor is None else {**aside, **_own(documents, call, call.visitor, market_id)}


def preset(query_string: str) -> dict[str, str]:
    """What the order form is filled in with: whoever follows a price finds it there."""
    given = parse_qs(query_string)
    values: dict[str, str] = {name: given[name][-1] for name in _PRESET if name in given}
    for name, unit in _UNITS.items():
        if values.get(name, "").isdecimal():
            values[name] = write_unit(int(values[name]), unit)
    return STANDARD | values


def market_forms(view: View) -> Iterator[FormUse]:
    """The forms of a market's page, as far as its state allows what they are for."""
    market = only(view, "markets")
    if market is None or "board" not in view.aside:
        return
    state = MarketState(str(market["state"]))
    named = cast("Mapping[str, str]", view.aside["names"])
    left = cast("Collection[str]", view.aside["left"])
    contracts = [Choice(contract_id, name) for contract_id, name in named.items() if contract_id in left]
    market_id = str(market["id"])
    fixed, choices = {"market_id": market_id}, {"contract_id": contracts}
    if state in _ORDERED_IN:
        values = preset(view.request.query_string)
        yield order_form(values, fixed, choices)
    if state is MarketState.OPEN:
        yield FormUse("POST", "/v3/challenges", "/v3/challenges/", fixed, STANDARD, choices)
    for order in cast("Sequence[Mapping[str, object]]", view.aside.get("orders", ())):
        yield cancel_form(order)
    path = f"{view.path}comments/"
    yield FormUse("POST", COMMENTS, path, fixed={"in_reply_to": ""}, title="Write a comment")
    if steps := askable(state, _auctions(market)):
        states = {"state": [Choice(each.value, _STEPS[each]) for each in steps]}
        yield FormUse("PATCH", MARKET, view.path, {"in_play": ""}, choices=states, title="Change the state")
    if state in _PLAYED_FROM and not market["in_play"]:
        yield FormUse("PATCH", MARKET, view.path, _TO_PLAY, title="Turn in play")
    if state in _SETTLED_FROM:
        settlement = f"{view.path}settlement/"
        choices = {"winners": contracts, "dead_heat": contracts}
        yield FormUse("PUT", "/v3/markets/{ids:identity}/settlement", settlement, choices=choices)
    enough = 1 + cast("int", market["winner_count"]) < len(contracts) <= _VOIDABLE_MAX
    if state in _VOIDED_FROM and enough and not market["cross_matching"]:
        for contract in contracts:
            path = f"{view.path}contracts/{contract.value}/void/"
            yield FormUse("PUT", VOID, path, title=f"Take {contract.label} out of the market")
    yield from follow_forms(view, MARKETS, market_id)


def _auctions(market: Mapping[str, object]) -> Auctions:
    """What its next steps depend on."""
    under_way = cast("Mapping[str, object]", market.get("auction", {}))
    opening, closing = market["opening_auction_s"], market["closing_auction_s"]
    return Auctions(
        opening is not None, closing is not None, bool(under_way), under_way.get("kind") == "closing"
    )


def order_form(
    values: Mapping[str, str],
    fixed: Mapping[str, str] = {},
    choices: Mapping[str, Sequence[Choice]] = {},
) -> FormUse:
    """The form that places an order, or shows first what would become of it."""
    preview = Button("Preview", f"{ORDERS}/?preview=true")
    return FormUse("POST", ORDERS, f"{ORDERS}/", fixed, values, choices, buttons=(preview,))


def cancel_form(order: Mapping[str, object]) -> FormUse:
    """The button that cancels an order."""
    return FormUse("DELETE", "/v3/orders/{order_id:identity}", f"/v3/orders/{order['id']}/", title="Cancel")


def _comments(documents: Reads, visitor: Member | None, market_id: int) -> list[Json]:
    """The newest ones that are for everybody."""
    listing = discussion.comments("market", market_id)
    return listing.page_of_shown(documents, _COMMENTS, None, shown_to_all(documents, visitor)).items


def _own(documents: Reads, call: Looking, visitor: Member, market_id: int) -> Json:
    account_id = visitor.account_id
    live = orders.OrderFilters(_LIVE, (market_id,))
    found = orders.orders(documents, account_id, live, limit=_OWN_ORDERS)
    position = documents.get(document_id("position", account_id, market_id))
    return {
        "orders": [order_shown(order) for order in found.items],
        "positions": [] if position is None else held_in(_position(position)),
        **followed(documents, visitor, names.of_market(market_id)),
        **purse(documents, call),
    }


def _position(document: object) -> PositionDocument:
    return document  # type: ignore[return-value] # what is kept under such an id is one
