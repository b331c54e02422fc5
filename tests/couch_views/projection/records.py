"""Owns events to fold, with what a case doesn't care about filled in, and folding without a store.

Never checks anything.
Called by the tests of this folder.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence

from actors.machines.messages.book_events import OrderCancelled, OrderMatched
from actors.machines.messages.events import (
    Event,
    MarketCreated,
    MemberRegistered,
    OrderPlaced,
    OrderUpdated,
    PositionSettled,
)
from actors.machines.messages.parts import FULL_LADDER, Contract, Fill, MakerFill, MarketDetails, SetFill
from actors.machines.messages.words import OrderState, Reason, Role, Side, TimeInForce
from couch_views.classes import DocumentClass
from couch_views.projection.fold import Fold
from couch_views.projection.held import hold
from couch_views.projection.table import rules_about
from couch_views.shapes import Document

UNIT = 10**8
"""One currency unit of money."""
SECOND = 1_000_000


def at(seconds: int) -> str:
    """How documents show the time of so many seconds."""
    return f"1970-01-01T00:00:{seconds:02d}.000000Z"


def project(
    *records: Sequence[Event],
    stream: str = "accounts-0",
    documents: Mapping[str, Document] | None = None,
    first: int = 1,
) -> dict[str, Document]:
    """All documents after these records, numbered from ``first``; record n is of second n."""
    fold = fold_of(documents or {})
    for sequence, events in enumerate(records, first):
        fold.add(stream, sequence, sequence * SECOND, events)
    fold.run({})
    return everything(fold)


def fold_of(documents: Mapping[str, Document], *which: DocumentClass) -> Fold:
    """A fold of documents of these classes (or all) into copies of these documents."""
    held = {identity: hold(copy.deepcopy(document)) for identity, document in documents.items()}
    return Fold(rules_about(*which or DocumentClass), held)


def everything(fold: Fold) -> dict[str, Document]:
    """All documents of a fold."""
    return {identity: held.dump() for identity, held in fold.documents.items()} | {
        document["_id"]: document for document in fold.added
    }


def fields(document: Document, names: Iterable[str]) -> dict[str, object]:
    """Some fields of a document."""
    whole: Mapping[str, object] = document
    return {name: whole[name] for name in names}


def registered(account_id: int = 16, username: str = "alice") -> MemberRegistered:
    return MemberRegistered(account_id, username, "hash", username.title(), Role.MEMBER, "key", 1 * SECOND)


def placed(
    order_id: int = 32,
    side: Side = Side.BUY,
    price: int = 5_000,
    quantity: int = 10_000,
    *,
    reference_id: str | None = None,
    exposure: int = 0,
    market_exposure: int = 0,
) -> OrderPlaced:
    """Account 16 places an order in contract 9 of market 7."""
    return OrderPlaced(
        16,
        order_id,
        1,
        0,
        7,
        9,
        side,
        price,
        quantity,
        TimeInForce.GOOD_TIL_CANCELLED,
        reference_id,
        2 * SECOND,
        exposure,
        market_exposure,
    )


def updated(
    state: OrderState,
    left: int,
    *fills: tuple[int, int, int],
    order_id: int = 32,
    side: Side = Side.BUY,
    reason: Reason | None = None,
    taker: bool = False,
    exposure: int = 0,
    market_exposure: int = 0,
) -> OrderUpdated:
    """The market's word on that order; ``fills`` are execution, price, quantity."""
    return OrderUpdated(
        16,
        order_id,
        7,
        9,
        side,
        tuple(Fill(*fill) for fill in fills),
        left,
        state,
        reason,
        taker,
        3 * SECOND,
        exposure,
        market_exposure,
    )


def settled(
    gross: int = 0,
    commission: int = 0,
    balance: int = 0,
    *order_ids: int,
    void: bool = False,
    result: int = 0,
    commission_total: int = 0,
    exposure: int = 0,
    market_exposure: int = 0,
    version: int = 1,
) -> PositionSettled:
    """Account 16 in market 7."""
    return PositionSettled(
        16,
        7,
        version,
        void,
        gross,
        commission,
        result,
        commission_total,
        balance,
        exposure,
        order_ids,
        market_exposure,
    )


def market_created(market_id: int = 7, contract_ids: Sequence[int] = (9, 10)) -> MarketCreated:
    contracts = tuple(Contract(number, f"Contract {number}", f"contract-{number}") for number in contract_ids)
    details = MarketDetails(
        market_id, 5, "Winner", "winner", "The winner.", 3, contracts, 1, 200, FULL_LADDER
    )
    return MarketCreated(details, 16, 1, 0, 1 * SECOND)


def matched(
    side: Side,
    price: int,
    quantity: int,
    *fills: tuple[int, int, int],
    left: int = 0,
    reason: Reason | None = None,
    contract_id: int = 9,
) -> OrderMatched:
    """An order of market 7 arrived; ``fills`` are execution, price, quantity."""
    made = tuple(MakerFill(number, 48, 17, at_price, traded) for number, at_price, traded in fills)
    return OrderMatched(7, contract_id, 32, 16, side, price, quantity, made, left, reason)


def in_sets(*sets: SetFill, left: int = 0, price: int = 9_999) -> OrderMatched:
    """An order that buys contract 9 of market 7 in sets."""
    quantity = left + sum(one.quantity for one in sets)
    return OrderMatched(7, 9, 32, 16, Side.BUY, price, quantity, (), left, None, 2 * SECOND, sets=sets)


def cancelled(side: Side, price: int, quantity: int, contract_id: int = 9) -> OrderCancelled:
    return OrderCancelled(7, contract_id, 32, 16, side, price, quantity, Reason.MEMBER_REQUESTED)
