"""Owns the rules on money in an account stream: every posting has its contra, every verdict its due.

Never judges whether a market ought to be settled so: the audit of markets and its causes do.
Called by the audit of account streams.

Members' balances are posted against ``external`` (deposits, withdrawals), ``commission`` and the
``clearing`` of a market. Each event must post zero in sum, hence so does each record and the stream.
"""

from actors.auditing.breaches import Findings, Rule
from actors.auditing.exposures import judge_exposure
from actors.auditing.members import KnownMarket, Members
from actors.auditing.positions import Position
from actors.machines.limits import COMMISSION_SCALE
from actors.machines.messages.events import MoneyDeposited, MoneyWithdrawn, PositionSettled, VerdictNoted
from actors.machines.messages.parts import Verdict


class MoneyAudit:
    """Money of one account stream."""

    def __init__(self, members: Members, findings: Findings) -> None:
        self._members = members
        self._findings = findings
        self._settling: dict[int, list[PositionSettled]] = {}
        """What was settled in this record and still waits for its verdict."""

    def moved(self, event: MoneyDeposited | MoneyWithdrawn) -> None:
        member = self._members.members.get(event.account_id)
        if member is None:
            self._findings.add(
                Rule.IDENTITY, f"money moved for account {event.account_id}, which isn't there"
            )
            return
        amount = event.amount if isinstance(event, MoneyDeposited) else -event.amount
        if amount < 0 and member.balance - member.exposure < event.amount:
            self._findings.add(
                Rule.FUNDS,
                f"{event.amount} was withdrawn from account {event.account_id}, which had"
                f" {member.balance - member.exposure} available",
            )
        self._post(event, amount, None)
        self._members.external -= amount

    def settled(self, event: PositionSettled) -> None:
        """Judged with the verdict, which follows in the same record."""
        self._settling.setdefault(event.market_id, []).append(event)

    def end(self) -> None:
        """The record is over: no settlement may wait for a verdict any more."""
        for market_id, events in self._settling.items():
            self._findings.add(
                Rule.SETTLEMENT, f"{len(events)} positions were settled without a verdict", market_id
            )
        self._settling.clear()

    def verdict(self, event: VerdictNoted) -> None:
        market_id = event.market_id
        market = self._members.markets.get(market_id)
        settled = self._settling.pop(market_id, [])
        if market is None or market.terms is None:
            self._findings.add(Rule.SETTLEMENT, "a market without terms was settled", market_id)
            return
        if event.verdict.version != market.version + 1:
            self._findings.add(
                Rule.SETTLEMENT,
                f"verdict {event.verdict.version} was applied after verdict {market.version}",
                market_id,
            )
        if {*event.verdict.voided} != {*market.voided}:
            what = f"the verdict says {event.verdict.voided} are voided; known are {[*market.voided]}"
            self._findings.add(Rule.SETTLEMENT, what, market_id)
        self._judge_holders(market, settled, market_id)
        for position_settled in settled:
            position = market.positions.get(position_settled.account_id)
            if position is not None:
                self._settle(position_settled, position, event.verdict, market)
        market.version = event.verdict.version
        clearing = self._members.clearing.get(market_id, 0)
        if event.clearing != clearing:
            self._findings.add(
                Rule.CLEARING, f"its clearing is {clearing} here, not {event.clearing}", market_id
            )

    def _judge_holders(self, market: KnownMarket, settled: list[PositionSettled], market_id: int) -> None:
        named = [event.account_id for event in settled]
        if sorted(named) != sorted(market.positions):
            self._findings.add(
                Rule.SETTLEMENT,
                f"{len(named)} positions were settled, of {len(market.positions)} members who had orders",
                market_id,
            )

    def _settle(
        self, event: PositionSettled, position: Position, verdict: Verdict, market: KnownMarket
    ) -> None:
        """What the verdict moves for one member, computed from the fills."""
        assert market.terms is not None, "looked at before"
        kept = position.settle()
        result = 0 if verdict.void else kept.result_under(verdict)
        commission = max(0, result) * market.terms.commission // COMMISSION_SCALE
        due = (result, commission, result - kept.result, commission - kept.commission)
        said = (event.result, event.commission_total, event.gross, event.commission)
        if said != due or (event.version, event.void) != (verdict.version, verdict.void):
            self._findings.add(
                Rule.SETTLEMENT,
                f"account {event.account_id}: result, commission and what they move: {said}, due: {due}",
                event.market_id,
            )
        if (len(event.order_ids), sum(event.order_ids)) != kept.filled:
            self._findings.add(
                Rule.SETTLEMENT, f"account {event.account_id}: not its filled orders", event.market_id
            )
        kept.result, kept.commission = event.result, event.commission_total
        member = self._members.members[event.account_id]
        judge_exposure(self._findings, "the verdict", event, member, position, market.terms)
        self._post(event, event.gross - event.commission, event.market_id)
        clearing = self._members.clearing
        clearing[event.market_id] = clearing.get(event.market_id, 0) - event.gross
        self._members.commission += event.commission

    def _post(
        self, event: MoneyDeposited | MoneyWithdrawn | PositionSettled, amount: int, market_id: int | None
    ) -> None:
        """A member's balance moves by what the contra accounts lose; then goes on from what the log says."""
        member = self._members.members[event.account_id]
        if event.balance != member.balance + amount:
            self._findings.add(
                Rule.CONSERVED,
                f"account {event.account_id} had {member.balance} and was posted {amount}, which makes"
                f" {member.balance + amount}, not {event.balance}",
                market_id,
            )
        member.balance = event.balance
