"""Owns the rules on challenges at their market: traded once, in time, as offered, by who may.

Never judges funds: each side's order is judged at its account, and what the two are told with the post.
Called by the audit of market streams, with the time of the record that is judged.
"""

from typing import Final

from actors.auditing.breaches import Findings, Rule
from actors.machines import limits
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
    OfferedTerms,
)
from actors.machines.messages.words import ChallengeState, Reason

REASONS: Final = {
    ChallengeState.DECLINED: (Reason.DECLINED,),
    ChallengeState.WITHDRAWN: (Reason.MEMBER_REQUESTED,),
    ChallengeState.EXPIRED: (Reason.EXPIRED,),
    ChallengeState.CANCELLED: (
        Reason.MARKET_HALTED,
        Reason.MARKET_IN_PLAY,
        Reason.ADMIN_REQUESTED,
        Reason.CONTRACT_VOIDED,
    ),
}
"""Why a challenge may have ended so."""


class ChallengesAudit:
    """The open challenges of one market stream."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._open: dict[int, dict[int, ChallengeOffered]] = {}
        """Markets -> their open challenges."""
        self.time = 0
        """That of the record that is judged."""

    def judge(
        self, event: ChallengeOffered | ChallengeAccepted | ChallengeEnded, contract_ids: tuple[int, ...]
    ) -> None:
        opened = self._open.setdefault(event.market_id, {})
        if isinstance(event, ChallengeOffered):
            self._offered(event, contract_ids)
            opened[event.challenge_id] = event
            return
        offered = opened.pop(event.challenge_id, None)
        if offered is None:
            self._add(event, "but is not open")
            return
        problems = (
            _trade_problems(event, offered)
            if isinstance(event, ChallengeAccepted)
            else _end_problems(event, offered, self.time)
        )
        for problem in problems:
            self._add(event, problem)

    def closed(self, market_id: int) -> None:
        """Nothing of a market that closes may be left open."""
        if left := self._open.pop(market_id, None):
            what = f"the market closes while {len(left)} challenges are open"
            self._findings.add(Rule.LIFE, what, market_id)

    def voided(self, market_id: int, contract_id: int) -> None:
        """Nothing of a contract that is voided may be left open."""
        opened = self._open.get(market_id, {})
        left = [each.challenge_id for each in opened.values() if each.contract_id == contract_id]
        if left:
            what = f"contract {contract_id} is voided while challenges {left} are open"
            self._findings.add(Rule.LIFE, what, market_id)

    def _offered(self, event: ChallengeOffered, contract_ids: tuple[int, ...]) -> None:
        if event.challenge_id in self._open[event.market_id]:
            self._add(event, "but is open already")
        if event.contract_id not in contract_ids:
            self._add(event, "on no contract of its market")
        if event.offer.expires_time <= self.time:
            self._add(event, f"after its time, {event.offer.expires_time}")
        if event.offer.opponent_id == event.account_id:
            self._add(event, "to its own challenger")

    def _add(self, event: ChallengeOffered | ChallengeAccepted | ChallengeEnded, what: str) -> None:
        became = event.state if isinstance(event, ChallengeEnded) else type(event).__name__
        said = f"challenge {event.challenge_id}: {became}, {what}"
        self._findings.add(Rule.CHALLENGE, said, event.market_id)


def _trade_problems(event: ChallengeAccepted, offered: ChallengeOffered) -> list[str]:
    said = (offered.contract_id, offered.account_id, offered.side, offered.price, offered.quantity)
    done = (event.contract_id, event.account_id, event.side, event.price, event.quantity)
    problems = [] if said == done else [f"as {done}, but {said} was offered"]
    if event.execution_id != limits.CHALLENGE_EXECUTIONS_FROM + offered.challenge_id:
        problems.append(f"as execution {event.execution_id}")
    if event.time >= offered.offer.expires_time:
        problems.append(f"at {event.time}, after its time, {offered.offer.expires_time}")
    if event.acceptor_id == offered.account_id or offered.offer.opponent_id not in {0, event.acceptor_id}:
        problems.append(f"by account {event.acceptor_id}, who may not")
    return problems


def _end_problems(event: ChallengeEnded, offered: ChallengeOffered, time: int) -> list[str]:
    problems = []
    if event.account_id != offered.account_id:
        problems.append(f"for account {event.account_id}, but account {offered.account_id} offered it")
    if event.reason not in REASONS.get(event.state, ()):
        problems.append(f"for the reason {event.reason}")
    if event.state is ChallengeState.EXPIRED and time < offered.offer.expires_time:
        problems.append(f"at {time}, before its time, {offered.offer.expires_time}")
    if event.state is ChallengeState.DECLINED and offered.offer.opponent_id == 0:
        problems.append("but names no opponent")
    terms = (offered.contract_id, offered.side, offered.price, offered.quantity, offered.offer.opponent_id)
    if event.offered not in {None, OfferedTerms(*terms)}:
        problems.append(f"and {event.offered} was not what was offered")
    return problems
