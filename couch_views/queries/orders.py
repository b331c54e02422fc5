"""Owns the reads of a member's orders and fills.

Never shows one member another's: every read is given the account and checks it.
Called by resources.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, cast

from actors.machines import limits
from actors.machines.messages.words import OrderState
from couch_views.queries.keys import ANY, key_digits, key_text
from couch_views.queries.lists import IdRange, Listing, ViewRange, distinct, in_life_order
from couch_views.queries.pages import Page, Sort, parse_sort
from couch_views.queries.reading import Reads
from couch_views.shapes import ID_DIGITS, FillDocument, OrderDocument, document_id

RANGES_MAX: Final = limits.IDS_PER_REQUEST_MAX
"""Past this many ranges of the best view, a broader view is filtered instead."""

# Ids are given in order of creation, so both sort alike.
_ORDER_NAMES: Final = {"id": "id", "order_id": "id", "created": "id", "created_datetime": "id"}
_ORDER_ORDERS: Final = (("id",),)
_FILL_NAMES: Final = {"id": "sequence", "created": "sequence", "created_datetime": "sequence"}
_FILL_ORDERS: Final = (("sequence", "market_id", "execution_id", "order_id"),)


class OrderFilters(NamedTuple):
    """What an order must be to be listed; an empty filter lets everything through."""

    states: Sequence[str] = ()
    market_ids: Sequence[int] = ()
    contract_ids: Sequence[int] = ()
    reference_ids: Sequence[str] = ()

    def match(self, order: OrderDocument) -> bool:
        return (
            (not self.states or order["state"] in self.states)
            and (not self.market_ids or int(order["market_id"]) in self.market_ids)
            and (not self.contract_ids or int(order["contract_id"]) in self.contract_ids)
            and (not self.reference_ids or order["reference_id"] in self.reference_ids)
        )


EVERY_ORDER: Final = OrderFilters()


def order(documents: Reads, account_id: int, order_id: int) -> OrderDocument | None:
    """The member's order; None if it is unknown here (yet), or somebody else's."""
    found = cast("OrderDocument | None", documents.get(document_id("order", order_id)))
    return found if found is not None and found["account_id"] == str(account_id) else None


def orders(
    documents: Reads,
    account_id: int,
    filters: OrderFilters = EVERY_ORDER,
    sort: str | None = None,
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[OrderDocument]:
    """The member's orders, newest first unless ``sort`` says otherwise: ``id`` or ``created``."""
    states = in_life_order(filters.states, OrderState)
    order = parse_sort(sort or "-id", _ORDER_NAMES, _ORDER_ORDERS)
    ranges = _ranges(account_id, filters, states)
    return Listing("orders", ranges, order).page(documents, limit, cursor, filters.match)


def fills(
    documents: Reads,
    account_id: int,
    sort: str | None = None,
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[FillDocument]:
    """The member's own executions, in the order they were booked unless ``sort`` says otherwise."""
    order = parse_sort(sort, _FILL_NAMES, _FILL_ORDERS)
    return Listing("fills", [ViewRange("fills", (key_digits(account_id),))], order).page(
        documents, limit, cursor
    )


def fills_of_order(
    documents: Reads, order_id: int, limit: int = limits.PAGE_LIMIT_DEFAULT
) -> list[FillDocument]:
    """The first fills of an order, which must be known to be the reader's own."""
    of_order = IdRange(document_id("fill", order_id), ID_DIGITS)
    return (
        Listing("order-fills", [of_order], Sort(("execution_id",), descending=False))
        .page(documents, limit, None)
        .items
    )


def _ranges(account_id: int, filters: OrderFilters, states: Sequence[str]) -> list[ViewRange]:
    """The narrowest part of the view that holds every order the filters let through."""
    account = key_digits(account_id)
    if filters.reference_ids:
        return [
            ViewRange("orders", (account, "reference", key_text(reference)))
            for reference in distinct(filters.reference_ids)
        ]
    every_state = states or list(OrderState)
    for name, ids in (("contract", filters.contract_ids), ("market", filters.market_ids)):
        wanted = distinct(ids)
        if 0 < len(wanted) * len(every_state) <= RANGES_MAX:
            return [
                ViewRange("orders", (account, name, key_digits(number) + state))
                for state in every_state
                for number in wanted
            ]
    if states:
        return [ViewRange("orders", (account, "state", state)) for state in states]
    return [ViewRange("orders", (account, "all", ANY))]
