"""Owns the documents of markets with their contracts, and the empty ones that trading starts from.

Never trades: quotes, volumes and executions are trading's.
Called through the table.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from actors.machines.messages.events import (
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
    MarketSettled,
    MarketTurnedInPlay,
)
from actors.machines.messages.voiding import ContractVoided
from actors.machines.messages.words import MarketState
from actors.machines.money import format_commission
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import (
    ContractField,
    Document,
    MarketDocument,
    QuotesDocument,
    TradingDocument,
    document_id,
)

StateEvent: TypeAlias = MarketOpened | MarketHalted | MarketClosed


def market_of(
    event: StateEvent | MarketTurnedInPlay | ContractVoided | MarketSettled,
) -> tuple[str, ...]:
    return (document_id("market", event.market_id),)


def created(event: MarketCreated) -> Iterator[str]:
    market_id = event.market.market_id
    yield document_id("market", market_id)
    yield document_id("trading", market_id)
    for contract in event.market.contracts:
        yield document_id("quotes", market_id, contract.contract_id)


def create_market(event: MarketCreated, at: Moment) -> Iterator[Document]:
    yield _market(event, at)
    yield _trading(event, at)
    for contract in event.market.contracts:
        yield _quotes(event.market.market_id, contract.contract_id, at)


def move_to(state: MarketState) -> Callable[[MarketDocument, StateEvent, Moment], MarketDocument]:
    """The fold of an event that moves the market and its contracts to this state."""

    def move(market: MarketDocument, event: StateEvent, _at: Moment) -> MarketDocument:
        moved: MarketDocument = {**with_state(market, state, {}), "version": market["version"] + 1}
        moved.pop("halt_reason", None)
        if not isinstance(event, MarketHalted):
            moved.pop("auction", None)
        elif event.reason:
            moved["halt_reason"] = event.reason
        return moved

    return move


def turn_in_play(market: MarketDocument, _event: MarketTurnedInPlay, _at: Moment) -> MarketDocument:
    return {**market, "in_play": True, "version": market["version"] + 1}


def settle_market(market: MarketDocument, event: MarketSettled, _: Moment) -> MarketDocument:
    verdict = event.verdict
    if verdict.void:
        settled = with_state(market, MarketState.VOIDED, {})
        return {**settled, "settlement_reason": event.reason}
    outcomes = {contract["id"]: "loser" for contract in market["contracts"]}
    outcomes |= {str(contract_id): "winner" for contract_id in verdict.winners}
    outcomes |= {str(each.contract_id): "dead_heat" for each in verdict.dead_heat}
    settled = with_state(market, MarketState.SETTLED, outcomes)
    for contract in settled["contracts"]:
        if not contract.get("voided"):
            contract["payout"] = verdict.payouts.get(int(contract["id"]), 0)
    return {**settled, "settlement_reason": event.reason}


def with_state(market: MarketDocument, state: MarketState, outcomes: Mapping[str, str]) -> MarketDocument:
    """The market in this state, and its contracts in theirs."""
    return {
        **market,
        "state": state.value,
        "contracts": [
            {**contract, "state_or_outcome": _outcome(contract, state, outcomes), "payout": None}
            for contract in market["contracts"]
        ],
    }


def void_contract(market: MarketDocument, event: ContractVoided, _: Moment) -> MarketDocument:
    """One contract is taken out; the others stay as they are."""
    out = str(event.contract_id)
    contracts: list[ContractField] = [
        {**each, "state_or_outcome": "voided", "voided": True} if each["id"] == out else each
        for each in market["contracts"]
    ]
    return {**market, "contracts": contracts, "version": market["version"] + 1}


def _outcome(contract: ContractField, state: MarketState, outcomes: Mapping[str, str]) -> str:
    return "voided" if contract.get("voided") else outcomes.get(contract["id"], state.value)


def _market(event: MarketCreated, at: Moment) -> MarketDocument:
    details = event.market
    market_id = str(details.market_id)
    return {
        "_id": document_id("market", market_id),
        "kind": "market",
        "stream": at.stream,
        "sequence": at.sequence,
        "id": market_id,
        "event_id": str(details.event_id),
        "name": details.name,
        "slug": details.slug,
        "state": MarketState.DRAFT.value,
        "winner_count": details.winner_count,
        "commission": format_commission(details.commission),
        "price_ladder": [
            {"from": step.lowest, "to": step.highest, "step": step.step} for step in details.ladder
        ],
        "rules": details.rules,
        "display_order": details.display_order,
        "created_datetime": format_time(event.time),
        "version": 1,
        "in_play": False,
        "in_play_delay_ms": details.in_play_delay_ms,
        "cross_matching": details.cross_matching,
        "quantity_max": details.quantity_max,
        "opening_auction_s": details.opening_auction_s,
        "closing_auction_s": details.closing_auction_s,
        "contracts": [
            {
                "id": str(contract.contract_id),
                "market_id": market_id,
                "name": contract.name,
                "slug": contract.slug,
                "display_order": order,
                "state_or_outcome": MarketState.DRAFT.value,
                "payout": None,
            }
            for order, contract in enumerate(details.contracts)
        ],
    }


def _trading(event: MarketCreated, at: Moment) -> TradingDocument:
    return {
        "_id": document_id("trading", event.market.market_id),
        "kind": "trading",
        "stream": at.stream,
        "sequence": at.sequence,
        "market_id": str(event.market.market_id),
        "volume": 0,
        "contracts": {
            str(contract.contract_id): {"volume": 0, "last_executed_price": None, "timestamp": None}
            for contract in event.market.contracts
        },
    }


def _quotes(market_id: int, contract_id: int, at: Moment) -> QuotesDocument:
    return {
        "_id": document_id("quotes", market_id, contract_id),
        "kind": "quotes",
        "stream": at.stream,
        "sequence": at.sequence,
        "market_id": str(market_id),
        "contract_id": str(contract_id),
        "bids": [],
        "offers": [],
    }
