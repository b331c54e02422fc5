"""Owns the sending of a plan: one request after the other, each answered in full before the next.

Never repairs what goes wrong: an operation that does not do what the plan says ends the replay.
Called by the replay's command, while the clock runs.
"""

import time
from collections.abc import Callable, Iterable
from typing import Final

from scripts.client import Client, Json
from scripts.replay.flow import UNITS_PER_SHARE, Operation
from scripts.replay.plan import Request
from scripts.replay.venue import Venue

PATIENCE_S: Final = 60.0
LOOK_AGAIN_S: Final = 0.1
DONE: Final = 200
PENDING: Final = 202


class ReplayError(Exception):
    """The exchange did not do what the file says; the message names the order."""


def drive(client: Client, venue: Venue, requests: Iterable[Request], advance: Callable[[int], None]) -> int:
    """Sends the requests in their order, and returns how many there were.

    ``advance`` is told how many operations each of them carried out. Raises ``ReplayError``.
    """
    count = 0
    for count, request in enumerate(requests, start=1):
        client.use_token(venue.members[request.member].token)
        items = [_item(venue, operation) for operation in request.operations]
        results = _send(client, items, key=f"{venue.name}/{count}")
        for operation, result in zip(request.operations, results, strict=True):
            _check(operation, result)
        advance(len(items))
    return count


def _item(venue: Venue, operation: Operation) -> Json:
    reference = str(operation.order_id)
    if operation.is_cancel:
        return {"cancel_reference_id": reference}
    return {
        "market_id": venue.market_id,
        "contract_id": venue.contract_id,
        "side": operation.side,
        "price": operation.price,
        "quantity": operation.quantity * UNITS_PER_SHARE,
        "reference_id": reference,
    }


def _send(client: Client, items: list[Json], key: str) -> list[Json]:
    """The results, none of them pending: until the market has spoken, the same request is asked again."""
    give_up = time.monotonic() + PATIENCE_S
    while True:
        results: list[Json] = client.call("POST", "/orders/", items, key=key)["results"]
        if time.monotonic() > give_up or all(result["status"] != PENDING for result in results):
            return results
        time.sleep(LOOK_AGAIN_S)


def _check(operation: Operation, result: Json) -> None:
    cancelled = result.get("state") == "cancelled"
    if result["status"] != DONE or cancelled != operation.is_cancel:
        doing = "cancelling" if operation.is_cancel else "placing"
        raise ReplayError(f"{doing} order {operation.order_id}: {result}")
