"""Owns documents as the projection would have written them, with what a case doesn't care about filled in.

Never folds an event.
Called by the tests of the queries and of the design documents.
"""

from collections.abc import Iterable, Mapping, Sequence

from actors.machines.limits import QUANTITY_MAX
from couch_views.activity_shapes import EntryDocument, entry_document_id, place_of
from couch_views.candles import block_of
from couch_views.challenge_shapes import ChallengeDocument
from couch_views.client import Documents, Written
from couch_views.design_documents import load_designs
from couch_views.formats import format_time
from couch_views.json_values import Json
from couch_views.shapes import (
    EventDocument,
    ExecutionDocument,
    FillDocument,
    HistoryDocument,
    MarketDocument,
    OrderDocument,
    PositionDocument,
    QuotesDocument,
    StatementDocument,
    TradingDocument,
    TransactionDocument,
    document_id,
    transaction_document_id,
)
from tests.couch_views.servers import place

SECOND = 1_000_000


class Shelf(Documents):
    """A store of its own with the real designs."""

    def __init__(self) -> None:
        super().__init__(*place())
        self.ensure_database()
        self.ensure_designs(load_designs())

    def put(self, *documents: Mapping[str, object]) -> None:
        """Writes documents, over those that are there."""
        stored = self.get_many([str(document["_id"]) for document in documents])
        outcomes = self.bulk(
            [
                {**document, "_rev": old["_rev"]} if old else document
                for document, old in zip(documents, stored, strict=True)
            ]
        )
        assert all(isinstance(outcome, Written) for outcome in outcomes)

    def remove(self, *identities: str) -> None:
        stored = [document for document in self.get_many(identities) if document]
        self.bulk([{"_id": old["_id"], "_rev": old["_rev"], "_deleted": True} for old in stored])


def ids(items: Iterable[Mapping[str, object]]) -> list[int]:
    """The ids of what the API calls ``id``."""
    return [int(str(item["id"])) for item in items]


def event(event_id: int, state: str = "upcoming", name: str = "football", start: int = 0) -> EventDocument:
    """Of type ``name``, starting at second ``start``."""
    return {
        "_id": document_id("event", event_id),
        "kind": "event",
        "stream": "markets-0",
        "sequence": 1,
        "id": str(event_id),
        "name": f"Event {event_id}",
        "slug": f"event-{event_id}",
        "type": name,
        "state": state,
        "start_datetime": format_time(start * SECOND),
        "description": "",
        "created_datetime": format_time(0),
    }


def market(
    market_id: int,
    event_id: int = 1,
    state: str = "open",
    order: int = 0,
    contracts: Sequence[int] = (),
    *,
    cross_matching: bool = False,
) -> MarketDocument:
    return {
        "_id": document_id("market", market_id),
        "kind": "market",
        "stream": "markets-0",
        "sequence": 1,
        "id": str(market_id),
        "event_id": str(event_id),
        "name": "",
        "slug": "",
        "state": state,
        "winner_count": 1,
        "commission": "0.00",
        "price_ladder": [],
        "rules": "",
        "display_order": order,
        "created_datetime": format_time(0),
        "version": 1,
        "in_play": False,
        "in_play_delay_ms": 0,
        "quantity_max": QUANTITY_MAX,
        "opening_auction_s": None,
        "closing_auction_s": None,
        "cross_matching": cross_matching,
        "contracts": [
            {
                "id": str(contract),
                "market_id": str(market_id),
                "name": "",
                "slug": "",
                "display_order": place,
                "state_or_outcome": state,
            }
            for place, contract in enumerate(contracts)
        ],
    }


def quotes(
    market_id: int, contract_id: int, bids: list[list[int]], offers: list[list[int]]
) -> QuotesDocument:
    return {
        "_id": document_id("quotes", market_id, contract_id),
        "kind": "quotes",
        "stream": "markets-0",
        "sequence": 1,
        "market_id": str(market_id),
        "contract_id": str(contract_id),
        "bids": bids,
        "offers": offers,
    }


def trading(market_id: int, volume: int) -> TradingDocument:
    return {
        "_id": document_id("trading", market_id),
        "kind": "trading",
        "stream": "markets-0",
        "sequence": 1,
        "market_id": str(market_id),
        "volume": volume,
        "contracts": {},
    }


def execution(market_id: int, execution_id: int, second: int = 0) -> ExecutionDocument:
    return {
        "_id": document_id("execution", market_id, execution_id),
        "kind": "execution",
        "stream": "markets-0",
        "sequence": 1,
        "execution_id": str(execution_id),
        "market_id": str(market_id),
        "contract_id": "1",
        "price": 5_000,
        "quantity": 10_000,
        "taker_side": "buy",
        "created_datetime": format_time(second * SECOND),
    }


def order(
    order_id: int,
    state: str = "created",
    account_id: int = 16,
    market_id: int = 1,
    contract_id: int = 1,
    reference_id: str | None = None,
) -> OrderDocument:
    return {
        "_id": document_id("order", order_id),
        "kind": "order",
        "stream": "accounts-0",
        "sequence": 1,
        "account_id": str(account_id),
        "id": str(order_id),
        "state": state,
        "market_id": str(market_id),
        "contract_id": str(contract_id),
        "side": "buy",
        "type": "good_til_cancelled",
        "price": 5_000,
        "quantity": 10_000,
        "total_executed_quantity": 0,
        "executed_value": 0,
        "average_price": None,
        "available_quantity": 10_000,
        "reference_id": reference_id,
        "post_only": False,
        "self_trade": "cancel_taker",
        "good_til": None,
        "challenge_id": None,
        "cancel_reason": None,
        "created_datetime": format_time(0),
        "last_modified_datetime": format_time(0),
    }


def fill(
    order_id: int, execution_id: int, sequence: int, account_id: int = 16, market_id: int = 1
) -> FillDocument:
    return {
        "_id": document_id("fill", order_id, execution_id),
        "kind": "fill",
        "stream": "accounts-0",
        "sequence": sequence,
        "account_id": str(account_id),
        "execution_id": str(execution_id),
        "order_id": str(order_id),
        "reference_id": None,
        "role": "taker",
        "market_id": str(market_id),
        "contract_id": "1",
        "side": "buy",
        "price": 5_000,
        "quantity": 10_000,
        "created_datetime": format_time(0),
    }


def movement(sequence: int, index: int = 0, account_id: int = 16) -> StatementDocument:
    return {
        "_id": document_id("statement", account_id, sequence, index),
        "kind": "statement",
        "stream": "accounts-0",
        "sequence": sequence,
        "account_id": str(account_id),
        "id": f"{sequence}{index:07d}",
        "type": "deposit",
        "amount": "1.00",
        "balance": "1.00",
        "market_id": None,
        "created_datetime": format_time(0),
    }


def transaction(
    sequence: int, place: int, amounts: Mapping[str, str], stream: str = "accounts-0"
) -> TransactionDocument:
    """``amounts`` are those of its accounts, in order."""
    return {
        "_id": transaction_document_id(stream, sequence, place),
        "kind": "transaction",
        "stream": stream,
        "sequence": sequence,
        "type": "deposit",
        "market_id": None,
        "entries": [{"account": account, "amount": amount} for account, amount in amounts.items()],
        "created_datetime": format_time(0),
    }


def position(market_id: int, account_id: int = 16) -> PositionDocument:
    return {
        "_id": document_id("position", account_id, market_id),
        "kind": "position",
        "stream": "accounts-0",
        "sequence": 1,
        "account_id": str(account_id),
        "market_id": str(market_id),
        "contracts": {},
        "exposure": "0.00",
        "settled": False,
        "result": None,
        "commission": None,
    }


def history(market_id: int, contract_id: int, interval_s: int, *candles: list[int]) -> list[HistoryDocument]:
    """The blocks of a contract's kept candles, oldest first."""
    blocks: dict[int, HistoryDocument] = {}
    for candle in candles:
        number = block_of(candle[0], interval_s)
        begun: HistoryDocument = {
            "_id": document_id("history", market_id, interval_s, number, contract_id),
            "kind": "history",
            "stream": "markets-0",
            "sequence": 1,
            "market_id": str(market_id),
            "contract_id": str(contract_id),
            "interval_s": interval_s,
            "candles": [],
        }
        blocks.setdefault(number, begun)["candles"].append(candle)
    return list(blocks.values())


def entry(
    number: int,
    *streams: str,
    at: int = 0,
    account_id: int | None = 16,
    stream: str = "social-0",
    kind: str = "fill",
    market_id: int | None = 1,
    content: Mapping[str, Json] | None = None,
) -> EntryDocument:
    """In these activity streams, at so many seconds; with one of a member, theirs is ``member16``."""
    return {
        "_id": entry_document_id(stream, number),
        "kind": "entry",
        "stream": stream,
        "sequence": number,
        "id": str(number),
        "type": kind,
        "account_id": None if account_id is None else str(account_id),
        "username": None if account_id is None else f"member{account_id}",
        "market_id": None if market_id is None else str(market_id),
        "event_id": None if market_id is None else "1",
        "places": [place_of(name) for name in streams],
        "content": dict(content or {}),
        "created_datetime": format_time(at * SECOND),
    }


def challenge_document(
    challenge_id: int,
    state: str = "offered",
    challenger_id: int = 16,
    opponent_id: int | None = 17,
    acceptor_id: int | None = None,
) -> ChallengeDocument:
    """Between members whose names are ``member<id>``."""
    opponent = None if opponent_id is None else str(opponent_id)
    acceptor = None if acceptor_id is None else str(acceptor_id)
    return {
        "_id": document_id("challenge", challenge_id),
        "kind": "challenge",
        "stream": "markets-0",
        "sequence": 1,
        "challenger_id": str(challenger_id),
        "opponent_id": opponent,
        "acceptor_id": acceptor,
        "id": str(challenge_id),
        "state": state,
        "market_id": "1",
        "contract_id": "1",
        "side": "buy",
        "price": 4_000,
        "quantity": 10_000,
        "stake": "0.40",
        "opponent_stake": "0.60",
        "challenger": f"member{challenger_id}",
        "opponent": opponent and f"member{opponent}",
        "acceptor": acceptor and f"member{acceptor}",
        "message": "",
        "expires_datetime": format_time(SECOND),
        "created_datetime": format_time(0),
        "last_modified_datetime": format_time(0),
        "execution": None,
    }
