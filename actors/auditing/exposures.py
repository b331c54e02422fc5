"""Owns the rule on exposures that an event states: its market's is the worst case, and the account's follows.

Never computes the worst case: the position does.
Called by the audits of orders, of money and of voided contracts.
"""

from actors.auditing.breaches import Findings, Rule
from actors.auditing.members import Member
from actors.auditing.positions import Position
from actors.machines.messages.amendments import AmendRefused, AmendRequested
from actors.machines.messages.events import OrderPlaced, OrderUpdated, PositionSettled
from actors.machines.messages.parts import Terms
from actors.machines.messages.voiding import StakesReturned

Stating = OrderPlaced | OrderUpdated | AmendRequested | AmendRefused | PositionSettled | StakesReturned


def judge_exposure(
    findings: Findings, what: str, event: Stating, member: Member, position: Position, terms: Terms
) -> None:
    """Compares the exposures that the event states; then goes on from those, to say it once.

    ``what`` happened, in a word or two: it leaves the account with them.
    """
    due = position.exposure(len(terms.contract_ids), terms.winner_count)
    elsewhere = member.exposure - position.claimed
    if event.market_exposure != due or event.exposure != elsewhere + event.market_exposure:
        findings.add(
            Rule.EXPOSURE,
            f"{what} leaves account {event.account_id} with an exposure of {event.market_exposure} in its"
            f" market and {event.exposure} in all, but the worst case is {due} there, which makes"
            f" {elsewhere + due} in all",
            event.market_id,
        )
    position.claimed = event.market_exposure
    member.exposure = event.exposure
