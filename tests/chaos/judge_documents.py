"""Owns the judgement of the documents: they say what the log says, no more and no less.

Never waits for them: the rig has seen that they caught up.
Called by the verdict.

The log is folded anew into documents in memory, by the same rules but without any kill in between; and what
a member would miss most, orders and balances, is compared with the log directly.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from actors.machines.messages.words import OrderState
from actors.processes.projector_core import Projector
from couch_views.classes import DocumentClass
from couch_views.client import Documents
from couch_views.json_values import Json, JsonObject
from couch_views.opening import open_documents
from couch_views.shapes import checkpoint_document_id, document_id
from rabbit.log import Log
from tests.chaos.findings import Findings
from tests.chaos.history import History, LoggedOrder
from tests.processes.ledger import money

PAGE: Final = 1_000
FIRST_ID: Final = "a"
READ_WITHIN_S: Final = 30.0
LAST_ID: Final = "{"
"""Every id of a document begins with a small letter; those of design documents don't."""


def positions(documents: Documents, streams: tuple[str, ...]) -> dict[str, int]:
    """How far all documents have come in each stream: those of the last class, and so of the others."""
    identities = [checkpoint_document_id(stream, DocumentClass.HISTORY) for stream in streams]
    checkpoints = documents.get_many(identities)
    return {
        stream: int(str(checkpoint["sequence"])) if checkpoint else 0
        for stream, checkpoint in zip(streams, checkpoints, strict=True)
    }


def judge_documents(log: Log, documents: Documents, history: History, findings: Findings) -> None:
    """Adds every document that is missing, too many or different."""
    fresh = open_documents("memory", Path(), writer=True)
    projector = Projector(log, fresh)
    streams = log.streams()
    ends = positions(documents, streams)
    # A broker may take its time; and lies that were planted have another end.
    while projector.step(READ_WITHIN_S) and positions(fresh, streams) != ends:
        pass
    compare(fresh, documents, findings)
    projector.close()
    fresh.close()
    _judge_orders(documents, history, findings)
    _judge_balances(documents, history, findings)


def compare(expected: Documents, found: Documents, findings: Findings) -> None:
    """Adds every difference between two stores."""
    for identities in _pages(expected):
        for identity, one, other in zip(
            identities, expected.get_many(identities), found.get_many(identities), strict=True
        ):
            if other is None:
                findings.documents.append(f"{identity} is missing")
            elif (fields := _differing(one or {}, other)) != "":
                findings.documents.append(f"{identity} differs from the log in {fields}")
    for identities in _pages(found):
        for identity, document in zip(identities, expected.get_many(identities), strict=True):
            if document is None:
                findings.documents.append(f"{identity} tells of what is not in the log")


def _pages(documents: Documents) -> Iterator[list[str]]:
    start = FIRST_ID
    while identities := documents.identities(start=start, end=LAST_ID, limit=PAGE):
        yield identities
        start = identities[-1] + " "


def _differing(one: JsonObject, other: JsonObject) -> str:
    names = sorted((one.keys() | other.keys()) - {"_rev"})
    return ", ".join(
        f"{name} ({one.get(name)!r} became {other.get(name)!r})"
        for name in names
        if one.get(name) != other.get(name)
    )


def _judge_orders(documents: Documents, history: History, findings: Findings) -> None:
    order_ids = sorted(history.orders)
    for first in range(0, len(order_ids), PAGE):
        page = order_ids[first : first + PAGE]
        stored = documents.get_many([document_id("order", order_id) for order_id in page])
        for order_id, document in zip(page, stored, strict=True):
            order = history.orders[order_id][0]
            wanted: dict[str, Json] = {
                "state": _final_state(order, history),
                "price": order.terms.price,
                "quantity": order.terms.quantity,
                "total_executed_quantity": order.executed,
                "reference_id": order.placed.reference_id,
            }
            shown = {name: (document or {}).get(name) for name in wanted}
            if shown != wanted:
                findings.documents.append(f"order {order_id} is {wanted} in the log, {shown} in its document")


def _final_state(order: LoggedOrder, history: History) -> str:
    market_id, contract_id = order.placed.market_id, order.placed.contract_id
    verdicts = history.all_verdicts.get(market_id)
    if order.state is not OrderState.FILLED or not verdicts:
        return order.state
    is_void = verdicts[-1].void or history.is_voided(market_id, contract_id)
    return OrderState.VOIDED if is_void else OrderState.SETTLED


def _judge_balances(documents: Documents, history: History, findings: Findings) -> None:
    accounts = sorted(account_id for several in history.accounts.values() for account_id in several)
    stored = documents.get_many([document_id("account", account_id) for account_id in accounts])
    for account_id, document in zip(accounts, stored, strict=True):
        balance = history.balance(account_id)
        shown = None if document is None else money(str(document["balance"]))
        if shown != balance:
            findings.documents.append(
                f"account {account_id} has {balance} in the log, {shown} in its document"
            )
