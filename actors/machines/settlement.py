"""Owns what a market's verdict may say: who can have won, and what it is refused for.

Never moves a market through its life and never knows who holds what.
Called by the market machine, once its state allows a verdict.
"""

from collections.abc import Sequence

from actors.machines.messages.answers import Refused
from actors.machines.messages.commands import SettleMarket
from actors.machines.messages.events import MarketSettled
from actors.machines.messages.parts import MarketDetails, Verdict
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import Reason


def decide_verdict(
    details: MarketDetails, before: Verdict | None, instruct: Instruct, command: SettleMarket
) -> MarketSettled | Refused:
    """Settles or voids a market, or corrects the verdict that was ``before``."""
    refused = _refuse_verdict(details, command)
    if refused is not None:
        return refused
    version = 1 if before is None else before.version + 1
    return MarketSettled(
        details.market_id,
        Verdict(version, () if command.void else command.winners, command.void),
        command.reason,
        instruct.account_id,
        instruct.request_id,
        instruct.item,
    )


def _refuse_verdict(details: MarketDetails, command: SettleMarket) -> Refused | None:
    if command.void:
        return None
    contract_ids = [contract.contract_id for contract in details.contracts]
    unknown = _unknown(command.winners, contract_ids)
    if unknown:
        return Refused(Reason.CONTRACT_NOT_FOUND, f"Not contracts of this market: {unknown}.", "winners")
    if len(dict.fromkeys(command.winners)) != len(command.winners):
        return Refused(Reason.INVALID_WINNERS, "A winner is named twice.", "winners")
    nobody = len(contract_ids) == 1 and not command.winners
    if len(command.winners) != details.winner_count and not nobody:
        return Refused(Reason.INVALID_WINNERS, f"The market has {details.winner_count} winner(s).", "winners")
    return None


def _unknown(named: Sequence[int], contract_ids: Sequence[int]) -> list[int]:
    return [contract_id for contract_id in named if contract_id not in contract_ids]
