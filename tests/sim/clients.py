"""Owns the askers' side: calls under way, retries with the same key, and the ledger of what was acknowledged.

Never believes an answer: each is compared with what the log says, and with the answers before it.
Called by the simulated web process, with an answer or a failure for every call.
"""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from actors.machines.messages.answers import Answer, Refused, Reply, Result
from actors.machines.messages.commands import Asked, GetCredentials, RegisterMember, Request
from actors.machines.messages.words import Reason
from actors.processes.gateway import OutcomeUnknownError
from tests.sim.accounts_known import AccountsKnown
from tests.sim.answers_true import check_reply, check_results
from tests.sim.faults import Faults
from tests.sim.schedule import Schedule
from tests.sim.violations import require
from tests.sim.web import Web
from tests.sim.work import Member, Work

RETRY_US: Final = (20_000, 1_500_000)
ALL_REFUSED: Final = (Reason.NOT_SIGNED_IN, Reason.KEY_REUSED)
"""A request is refused as a whole for these, before it is looked at, and leaves no trace."""


@dataclass(slots=True)
class Call:
    """Something asked, until it has its final answer."""

    member: Member
    asked: Asked
    in_doubt: bool = False
    """It may have happened: somebody was told so, or that it is pending."""


class Clients:
    """Asks what the work draws. ``open`` are the calls without a final answer."""

    def __init__(self, work: Work, schedule: Schedule, faults: Faults, known: AccountsKnown) -> None:
        self.open: dict[int, Call] = {}
        self.acknowledged = 0
        """Requests that have their final answer."""
        self.doubts = 0
        """How often a caller was left in doubt."""
        self._work = work
        self._schedule = schedule
        self._faults = faults
        self._known = known
        self._web: Web | None = None
        self._calls = 0
        self._callers: Counter[tuple[int, str, str]] = Counter()
        """How many calls have used a key: of one that others use too, a failure says nothing of theirs."""
        self._final: dict[tuple[int, str, str], tuple[Result, ...]] = {}
        """What was acknowledged, by account, scope and key."""

    def connect(self, web: Web) -> None:
        self._web = web

    def ask(self, member: Member, asked: Asked) -> None:
        """A new call."""
        self._calls += 1
        self.open[self._calls] = Call(member, asked)
        if isinstance(asked, Request):
            self._callers[_key_of(asked)] += 1
        self._submit(self._calls)

    def answered(self, number: int, answer: Answer | Reply) -> None:
        call = self.open[number]
        if isinstance(answer, Reply):
            self._hear_reply(number, call, answer)
        elif answer.final:
            self._hear_final(number, call, answer)
        else:
            assert isinstance(call.asked, Request)
            check_results(self._known, call.asked, answer.results, final=False)
            call.in_doubt = True
            self._again(number, call)

    def failed(self, number: int, error: Exception) -> None:
        call = self.open[number]
        if isinstance(error, OutcomeUnknownError):
            call.in_doubt = True
            self.doubts += 1
        elif isinstance(call.asked, Request) and not call.in_doubt:
            key = _key_of(call.asked)
            known = key in self._known.requests and key not in self._final
            require(not known or self._callers[key] > 1, "{}: {}, but it is in the log", call.asked, error)
        self._again(number, call)

    def _submit(self, number: int) -> None:
        assert self._web is not None
        self._web.submit(number, self.open[number].asked)

    def _again(self, number: int, call: Call) -> None:
        """Asks again later, if this caller can: without a key of its own a request ends in doubt."""
        asked = call.asked
        if isinstance(asked, RegisterMember | GetCredentials) or (
            isinstance(asked, Request) and asked.key_kept
        ):
            self._schedule.after(self._faults.delay_us(*RETRY_US), partial(self._retry, number))
        else:
            del self.open[number]

    def _retry(self, number: int) -> None:
        call = self.open[number]
        if isinstance(call.asked, Request):
            call.asked = msgspec.structs.replace(call.asked, generation=call.member.generation, api_key_id=0)
        self._submit(number)

    def _hear_final(self, number: int, call: Call, answer: Answer) -> None:
        asked, results = call.asked, answer.results
        assert isinstance(asked, Request)
        first = results[0]
        if isinstance(first, Refused) and first.reason is Reason.NOT_SIGNED_IN:
            if asked.generation == call.member.generation:
                self.ask(call.member, GetCredentials(call.member.username))
            self._again(number, call)
            return
        del self.open[number]
        key = _key_of(asked)
        if isinstance(first, Refused) and first.reason is Reason.KEY_REUSED:
            require(key in self._known.requests, "{}: its key was never used", asked)
            require(asked.fingerprint != asked.key, "{} has the same body", asked)
            return
        require(asked.fingerprint == asked.key, "{}: answered {}, with another body", asked, results)
        check_results(self._known, asked, results, final=True)
        before = self._final.setdefault(key, results)
        require(before == results, "{}: answered {}, then {}", asked, before, results)
        self.acknowledged += 1
        self._work.learn(call.member, asked, results)

    def _hear_reply(self, number: int, call: Call, reply: Reply) -> None:
        del self.open[number]
        check_reply(self._known, call.asked, reply.result)
        self._work.learn(call.member, call.asked, (reply.result,))


def _key_of(request: Request) -> tuple[int, str, str]:
    return request.account_id, request.scope, request.key
