"""Owns what a trading program asks of the exchange, as operations with typed answers.

Never sends one; a path or a field of the API that has no function here is asked for by ``core.operation``.
Called by whoever has a client: ``client.do(place_order(...))``.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar
from urllib.parse import urlencode

import msgspec

from scripts.client.core import Operation, new_key_for
from scripts.client.shapes import (
    LIVE_STATES,
    Account,
    Amend,
    Cancel,
    Contract,
    Execution,
    Instruction,
    LastPrice,
    Market,
    MarketState,
    NewOrder,
    Order,
    OrderState,
    Position,
    Preview,
    Quotes,
    Refusal,
    Session,
)

T = TypeVar("T")

PAGE_MAX: Final = 1_000
"""Items on one page: as much as the API gives at a time; ``client.every(...)`` goes on to the others."""
BATCH_MAX: Final = 100
_PENDING: Final = "pending"
_DONE: Final = 200
_ACCEPTED: Final = 202


def sign_in(username: str, password: str) -> Operation[Session]:
    return _post("/sessions/", {"username": username, "password": password}, _whole(Session))


def register(username: str, password: str, display_name: str | None = None) -> Operation[Session]:
    """A new member. It has no key: repeated, the name is taken (perhaps by oneself)."""
    body = {"username": username, "password": password}
    named = body if display_name is None else {**body, "display_name": display_name}
    return _post("/members/", named, _whole(Session))


def account() -> Operation[Account]:
    return Operation("GET", "/accounts/", _part("account", Account))


def markets(*, states: Iterable[MarketState] = ("open",)) -> Operation[tuple[Market, ...]]:
    """Markets in these states, oldest first; the first thousand of ``client.every(markets())``."""
    query = urlencode({"states": ",".join(states), "sort": "id", "limit": PAGE_MAX})
    return Operation("GET", f"/markets/?{query}", _part("markets", tuple[Market, ...]))


def contracts(*market_ids: str) -> Operation[tuple[Contract, ...]]:
    """The contracts of 1 to 100 markets, market by market, each in its order."""
    path = _of_markets(market_ids, "contracts/")
    return Operation("GET", path, _part("contracts", tuple[Contract, ...]))


def quotes(*market_ids: str, depth: int = 10) -> Operation[dict[str, Quotes]]:
    """The book of each contract of 1 to 100 markets, by the contract's id."""
    path = _of_markets(market_ids, f"quotes/?depth={depth}")
    return Operation("GET", path, _whole(dict[str, Quotes]))


def last_prices(*market_ids: str) -> Operation[dict[str, int]]:
    """At what price each contract of 1 to 100 markets traded last, by the contract's id; none: never."""
    read = _part("last_executed_prices", dict[str, tuple[LastPrice, ...]])

    def by_contract(content: bytes) -> dict[str, int]:
        found = (last for of_market in read(content).values() for last in of_market)
        return {
            last.contract_id: last.last_executed_price
            for last in found
            if last.last_executed_price is not None
        }

    return Operation("GET", _of_markets(market_ids, "last_executed_prices/"), by_contract)


def place_order(order: NewOrder) -> Operation[Order]:
    """Pending only if the market is silent as long as patience lasts: the order is accepted all the same."""
    return _post("/orders/", order, _whole(Order), lambda answer: answer.state == _PENDING)


def place_orders(instructions: Sequence[Instruction]) -> Operation[tuple[Order | Refusal, ...]]:
    """Up to 100 orders, amendments and cancels, carried out in this order; an answer for each."""

    def is_pending(answers: tuple[Order | Refusal, ...]) -> bool:
        return any(answer.status == _ACCEPTED for answer in answers)

    return _post("/orders/", list(instructions), _read_batch, is_pending)


def preview_order(order: NewOrder) -> Operation[Preview]:
    """What would become of the order; nothing happens."""
    content = msgspec.json.encode(order)
    return Operation("POST", "/orders/?preview=true", _whole(Preview), content, only_looks=True)


def amend_order(
    order_id: str, quantity: int, price: int | None = None
) -> Operation[tuple[Order | Refusal, ...]]:
    """Another total quantity, what was executed included, or price; a batch of one, as cancels are."""
    return place_orders([Amend(order_id, quantity, price)])


def cancel_orders(order_ids: Sequence[str]) -> Operation[tuple[Order | Refusal, ...]]:
    """Cancels up to 100 orders; as a batch, so that a repeat is told what the first attempt was."""
    return place_orders([Cancel(order_id) for order_id in order_ids])


def cancel_all(market_id: str | None = None) -> Operation[tuple[str, ...]]:
    """Cancels all of one's orders (in the market). After a lost answer those that it named aren't named."""
    query = "" if market_id is None else f"?market_id={market_id}"
    return Operation("DELETE", f"/orders/{query}", _part("cancelled", tuple[str, ...]))


def order(order_id: str) -> Operation[Order]:
    read = _part("order", dict[str, object])
    return Operation("GET", f"/orders/{order_id}/", lambda content: _listed(read(content)))


def orders(
    *, states: Iterable[OrderState] = LIVE_STATES, market_ids: Iterable[str] = ()
) -> Operation[tuple[Order, ...]]:
    """One's own orders in these states, newest first; the newest thousand of ``client.every(orders())``."""
    read = _part("orders", list[dict[str, object]])
    query = {"states": ",".join(states), "market_ids": ",".join(market_ids), "limit": PAGE_MAX}
    return Operation(
        "GET", f"/orders/?{urlencode(query)}", lambda content: tuple(map(_listed, read(content)))
    )


def executions() -> Operation[tuple[Execution, ...]]:
    """One's own trades, newest first; the newest thousand of ``client.every(executions())``."""
    path = f"/executions/?sort=-created&limit={PAGE_MAX}"
    return Operation("GET", path, _part("executions", tuple[Execution, ...]))


def positions() -> Operation[tuple[Position, ...]]:
    """What one holds, newest market first; the first thousand contracts of ``client.every(positions())``."""
    return Operation("GET", f"/positions/?limit={PAGE_MAX}", _part("positions", tuple[Position, ...]))


def _of_markets(market_ids: Sequence[str], what: str) -> str:
    """The path of something of these markets. Raises ``ValueError`` for none: that is another path."""
    if not market_ids:
        raise ValueError("at least one market is needed")
    return f"/markets/{','.join(market_ids)}/{what}"


def _listed(fields: dict[str, object]) -> Order:
    """Lists call an order's id as everything's id is called."""
    return msgspec.convert({**fields, "order_id": fields["id"]}, Order)


class _Item(msgspec.Struct, frozen=True):
    status: int


class _Batch(msgspec.Struct, frozen=True):
    results: tuple[msgspec.Raw, ...]


def _read_batch(content: bytes) -> tuple[Order | Refusal, ...]:
    return tuple(_read_item(item) for item in msgspec.json.decode(content, type=_Batch).results)


def _read_item(item: msgspec.Raw) -> Order | Refusal:
    status = msgspec.json.decode(item, type=_Item).status
    if status in (_DONE, _ACCEPTED):
        return msgspec.json.decode(item, type=Order)
    return msgspec.json.decode(item, type=Refusal)


def _whole(shape: type[T]) -> Callable[[bytes], T]:
    """Reads an answer that is the thing itself."""
    decoder = msgspec.json.Decoder(shape)
    return decoder.decode


def _part(name: str, shape: type[T]) -> Callable[[bytes], T]:
    """Reads an answer that has the thing under its name."""
    wrapped = msgspec.defstruct("Wrapped", [(name, shape)])
    decoder = msgspec.json.Decoder(wrapped)

    def read(content: bytes) -> T:
        part: T = getattr(decoder.decode(content), name)
        return part

    return read


def _post(
    path: str,
    body: object,
    read: Callable[[bytes], T],
    is_pending: Callable[[T], bool] = lambda _: False,
) -> Operation[T]:
    return Operation("POST", path, read, msgspec.json.encode(body), new_key_for("POST", path), is_pending)
