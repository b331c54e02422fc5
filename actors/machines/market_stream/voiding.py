"""Owns what the voiding of one contract means to its market.

Never settles anything: no money moves before the market's verdict, so there is none to be given back.
Called by the markets machine.

A withdrawn runner: it can neither win nor lose, its orders are cancelled, and what was traded in it counts
for nothing. The market goes on among the others, for as many winners as before. It is acknowledged by every
account stream, like a market's terms; then whoever asked for it is answered.
"""

from typing import Final

from actors.machines.market_stream.market import TRANSITIONS, Market
from actors.machines.messages.answers import Refused
from actors.machines.messages.events import InstructionAnswered, MarketEvent
from actors.machines.messages.posted import Instruct
from actors.machines.messages.voiding import (
    ContractVoidAcknowledged,
    ContractVoidApplied,
    ContractVoided,
    VoidContract,
)
from actors.machines.messages.words import Reason

_FIELD: Final = "contract_id"


def decide_void(market: Market, instruct: Instruct, command: VoidContract) -> list[MarketEvent] | Refused:
    """Takes a contract out of its market, or refuses that with the first rung of the ladder that it fails.

    Of one that is out already nothing is decided anew.
    """
    contract_id = command.contract_id
    if contract_id in market.voided and not market.awaited:
        return [InstructionAnswered(instruct.account_id, instruct.request_id, instruct.item, market.result())]
    refused = _refuse_void(market, contract_id)
    if refused is not None:
        return refused
    voided = ContractVoided(
        market.market_id,
        contract_id,
        command.reason,
        instruct.account_id,
        instruct.request_id,
        instruct.item,
    )
    return [*market.emptying(contract_id, Reason.CONTRACT_VOIDED), voided]


def _refuse_void(market: Market, contract_id: int) -> Refused | None:
    details = market.details
    if ContractVoided not in TRANSITIONS[market.state]:
        return Refused(
            Reason.MARKET_STATE, f"The market is {market.state}: no contract can be voided.", "state"
        )
    if market.awaited:
        return Refused(Reason.MARKET_STATE, "What was decided before is still being applied.", "state")
    if contract_id not in market.books:
        return Refused(Reason.CONTRACT_NOT_FOUND, "The market has no such contract.", _FIELD)
    if details.cross_matching:
        # A set that was minted is a trade in every contract: without one, what is left would not add up.
        return Refused(
            Reason.MARKET_STATE, "Contracts of a market that matches across them stay together.", _FIELD
        )
    left = len(details.contracts) - len(market.voided) - 1
    if left <= details.winner_count:
        detail = f"{left} contract(s) would be left for {details.winner_count} winner(s): void the market."
        return Refused(Reason.MARKET_STATE, detail, _FIELD)
    return None


def decide_acknowledged(market: Market, message: ContractVoidApplied) -> list[MarketEvent]:
    """An account stream has done what it had to; the last one answers who asked."""
    acknowledged = ContractVoidAcknowledged(message.market_id, message.stream, message.contract_id)
    if len(market.awaited) > 1 or market.asker is None:
        return [acknowledged]
    return [acknowledged, market.answer(market.result())]
