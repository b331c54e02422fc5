"""Owns the rule on stakes that are given back: of every member, all of the contract, and nothing else.

Never judges whether the contract ought to be voided: the audit of markets and its causes do.
Called by the audit of account streams.
"""

from actors.auditing.breaches import Findings, Rule
from actors.auditing.exposures import judge_exposure
from actors.auditing.members import KnownMarket, Members
from actors.machines.messages.parts import Terms
from actors.machines.messages.voiding import ContractVoidNoted, StakesReturned


class StakesAudit:
    """Voided contracts, as one account stream tells of them."""

    def __init__(self, members: Members, findings: Findings) -> None:
        self._members = members
        self._findings = findings
        self._returned: dict[int, list[StakesReturned]] = {}
        """By contract, what this record gave back and still waits for its note."""

    def returned(self, event: StakesReturned) -> None:
        """Judged with the note, which follows in the same record."""
        self._returned.setdefault(event.contract_id, []).append(event)

    def end(self) -> None:
        """The record is over: nothing may wait for its note any more."""
        for events in self._returned.values():
            self._add(f"{len(events)} stakes were given back, of no voided contract", events[0].market_id)
        self._returned.clear()

    def noted(self, event: ContractVoidNoted) -> None:
        market = self._members.markets.get(event.market_id)
        returned = self._returned.pop(event.contract_id, [])
        if market is None or market.terms is None or event.contract_id not in market.terms.contract_ids:
            self._add(f"contract {event.contract_id}, which isn't there, was voided", event.market_id)
            return
        if event.contract_id in market.voided or market.version:
            what = f"contract {event.contract_id} was voided after its end"
            self._add(what, event.market_id)
        market.voided[event.contract_id] = None
        named = [each.account_id for each in returned]
        if sorted(named) != sorted(market.positions):
            what = f"{len(named)} members have their stakes back, of {len(market.positions)} who had orders"
            self._add(what, event.market_id)
        for each in returned:
            self._judge(each, market, market.terms)

    def _judge(self, event: StakesReturned, market: KnownMarket, terms: Terms) -> None:
        position = market.positions.get(event.account_id)
        if position is None or event.market_id not in self._members.markets:
            return
        member = self._members.members[event.account_id]
        filled = position.void(event.contract_id)
        if (len(event.order_ids), sum(event.order_ids)) != filled:
            self._add(f"account {event.account_id}: not its filled orders", event.market_id)
        what = f"contract {event.contract_id}, voided,"
        judge_exposure(self._findings, what, event, member, position, terms)

    def _add(self, what: str, market_id: int) -> None:
        self._findings.add(Rule.SETTLEMENT, what, market_id)
