"""Owns what a market's verdict may say, what it pays by contract, and when a contract may be voided.

Never moves a market through its life and never knows who holds what.
Called by the market machine, once its state allows a verdict.

Exactly ``winner_count`` of the contracts that are not voided win; a market of one contract may also have no
winner. In a dead heat more contracts than there are places left share these places.
"""

from collections.abc import Collection, Sequence

from actors.machines import limits
from actors.machines.messages.answers import Refused
from actors.machines.messages.commands import SettleMarket
from actors.machines.messages.events import MarketSettled
from actors.machines.messages.parts import MarketDetails, Share, Verdict
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import Reason


def decide_verdict(
    details: MarketDetails,
    voided: Collection[int],
    before: Verdict | None,
    instruct: Instruct,
    command: SettleMarket,
) -> MarketSettled | Refused:
    """Settles or voids a market, or corrects the verdict that was ``before``."""
    contract_ids = [
        contract.contract_id for contract in details.contracts if contract.contract_id not in voided
    ]
    refused = None if command.void else _refuse_verdict(contract_ids, details.winner_count, command)
    if refused is not None:
        return refused
    version = 1 if before is None else before.version + 1
    verdict = Verdict(version, (), True, voided=tuple(voided))
    if not command.void:
        places = details.winner_count - len(command.winners)
        sharing = [contract_id for contract_id in contract_ids if contract_id in command.dead_heat]
        verdict = Verdict(version, command.winners, dead_heat=shares(places, sharing), voided=tuple(voided))
    return MarketSettled(
        details.market_id,
        verdict,
        command.reason,
        instruct.account_id,
        instruct.request_id,
        instruct.item,
    )


def shares(places: int, contract_ids: Sequence[int]) -> tuple[Share, ...]:
    """What each pays of the contracts, in display order, that share so many places.

    In whole ticks that sum to exactly the places: what doesn't divide is a tick more for each of the first.
    """
    if not contract_ids:
        return ()
    each, more = divmod(places * limits.PRICE_SCALE, len(contract_ids))
    return tuple(Share(contract_id, each + (at < more)) for at, contract_id in enumerate(contract_ids))


def _refuse_verdict(contract_ids: Sequence[int], winner_count: int, command: SettleMarket) -> Refused | None:
    winners, sharing = command.winners, command.dead_heat
    for field, named in (("winners", winners), ("dead_heat", sharing)):
        unknown = [contract_id for contract_id in named if contract_id not in contract_ids]
        if unknown:
            detail = f"Not contracts of this market, or voided: {unknown}."
            return Refused(Reason.CONTRACT_NOT_FOUND, detail, field)
    if len(dict.fromkeys([*winners, *sharing])) != len(winners) + len(sharing):
        return Refused(Reason.INVALID_WINNERS, "A contract is named twice.", "winners")
    if sharing:
        return _refuse_dead_heat(winner_count - len(winners), len(sharing))
    if len(winners) != winner_count and len(contract_ids) > 1:  # the only contract may also lose
        return Refused(Reason.INVALID_WINNERS, f"The market has {winner_count} winner(s).", "winners")
    return None


def _refuse_dead_heat(places: int, sharing: int) -> Refused | None:
    if places < 1:
        return Refused(Reason.INVALID_WINNERS, "The winners leave no place to share.", "dead_heat")
    if sharing <= places:
        detail = f"{sharing} contract(s) don't share {places} place(s): they win."
        return Refused(Reason.INVALID_WINNERS, detail, "dead_heat")
    return None
