"""Owns how resources talk to the actors: a member's commands as a request, questions, how those can fail.

Never decides what a command means, never reads a document.
Called by every resource that changes something, or asks what must not lag.
"""

import asyncio
import itertools
import secrets
from collections.abc import Callable
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec

from actors.machines.messages.answers import AccountResult, Answer, ExchangeResult, Refused, Reply
from actors.machines.messages.commands import (
    Command,
    GetAccount,
    GetExchangeState,
    Question,
    RegisterMember,
    Request,
)
from actors.machines.messages.words import ExchangeState, Reason
from actors.machines.streams import make_id
from actors.processes.gateway import Gateway, OutcomeUnknownError, UnavailableError
from resources.admission import Room
from resources.freshness import LastWrites
from resources.refusals import refusal
from resources.toolkit.idempotency import fingerprint, given_key
from resources.toolkit.positions import Position
from resources.toolkit.problems import OUTCOME_UNKNOWN, ProblemError, not_found, unavailable
from resources.toolkit.query import Query
from resources.toolkit.resource import Call

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT", bound=Query)
ResultT = TypeVar("ResultT", bound=msgspec.Struct)

_OF_THE_WHOLE: Final = frozenset(
    {Reason.NOT_SIGNED_IN, Reason.NOT_ALLOWED, Reason.KEY_REUSED, Reason.UNAVAILABLE}
)
"""Reasons for which a request is refused whatever its commands are."""


_UNKNOWN: Final = (Reason.NOT_FOUND,)


class CarriedOut(NamedTuple, Generic[ResultT]):
    """What one command came to; not ``final``: the market has not spoken yet."""

    result: ResultT
    final: bool
    position: Position


class Exchange:
    """The actors, as one web process talks to them."""

    def __init__(self, gateway: Gateway, writes: LastWrites, room: Room) -> None:
        self._gateway = gateway
        self._writes = writes
        self._room = room
        # The web's own keys: a chance number for each request would cost a system call.
        self._incarnation = secrets.token_hex(8)
        self._requests = itertools.count()

    async def carry_out(self, call: Call[BodyT, QueryT], commands: tuple[Command, ...]) -> Answer:
        """The answer to the member's commands, in order; refusals of single ones are among its results.

        Raises ``ProblemError`` if nothing was done (401, 422, 503) or nothing is known (504).
        """
        request, member = call.request, call.member
        self._room.charge_batch(member, commands)
        key = given_key(request)
        asked = Request(
            member.account_id,
            member.generation,
            f"{request.method} {request.path}",
            key or f"{self._incarnation}-{next(self._requests)}",
            key is not None,
            fingerprint(commands) if key is not None else "",
            commands,
            api_key_id=member.api_key_id,
        )
        try:
            with self._room.limiters.of(member.account_id).asked():
                answer = await self._gateway.request(asked)
        except UnavailableError as error:
            raise unavailable(f"Nothing was done: {error}.") from None
        except OutcomeUnknownError as error:
            raise _outcome_unknown(error) from None
        self._writes.note(member.account_id, answer.position)
        first = answer.results[0]
        if isinstance(first, Refused) and first.reason in _OF_THE_WHOLE:
            raise refusal(first)
        return answer

    async def carry_out_one(
        self,
        call: Call[BodyT, QueryT],
        command: Command,
        expected: type[ResultT],
        *unknown: Reason,
    ) -> CarriedOut[ResultT]:
        """What one command came to. ``unknown`` are the refusals that mean: the URL leads nowhere (404)."""
        answer = await self.carry_out(call, (command,))
        result = answer.results[0]
        if isinstance(result, Refused):
            raise not_found(result.detail) if result.reason in (unknown or _UNKNOWN) else refusal(result)
        assert isinstance(result, expected)
        return CarriedOut(result, answer.final, answer.position)

    async def register(self, asked: RegisterMember) -> tuple[AccountResult, Position]:
        """The new member's account, which is their first write. Raises ``ProblemError``."""
        reply = await self._ask(asked)
        if isinstance(reply.result, Refused):
            raise refusal(reply.result)
        assert isinstance(reply.result, AccountResult)
        self._writes.note(reply.result.account_id, reply.position)
        return reply.result, reply.position

    async def ask(self, asked: Question) -> Reply:
        """The answer to a question, a refusal being one. Raises ``ProblemError`` 503."""
        return await self._ask(asked)

    async def _ask(self, asked: RegisterMember | Question) -> Reply:
        try:
            return await self._gateway.ask(asked)
        except UnavailableError as error:
            raise unavailable(f"Nothing was done: {error}.") from None
        except OutcomeUnknownError as error:
            raise _outcome_unknown(error) from None

    async def answers(self, within_s: float) -> bool:
        """Whether every account stream answers now."""
        return await self._ask_everywhere(GetAccount, within_s) is not None

    async def state(self, within_s: float) -> ExchangeResult | None:
        """The kill switch as the account streams know it; None if not all of them answer now.

        While its last move spreads they differ: halted as long as any of them says so.
        """
        replies = await self._ask_everywhere(GetExchangeState, within_s)
        if replies is None:
            return None
        known = [reply.result for reply in replies if isinstance(reply.result, ExchangeResult)]
        halted = [result for result in known if result.state is ExchangeState.HALTED]
        return max(halted or known, key=lambda result: result.version)

    async def _ask_everywhere(
        self, question: Callable[[int], GetAccount | GetExchangeState], within_s: float
    ) -> list[Reply] | None:
        """What every account stream answers; None if any of them doesn't."""
        asked = [question(make_id(1, stream)) for stream in self._gateway.streams.account_names]
        try:
            async with asyncio.timeout(within_s):
                return await asyncio.gather(*(self._gateway.ask(each) for each in asked))
        except (UnavailableError, TimeoutError):
            return None


def _outcome_unknown(error: OutcomeUnknownError) -> ProblemError:
    detail = f"{error}. Ask again with the same Idempotency-Key, or look whether it happened."
    return ProblemError(OUTCOME_UNKNOWN, detail)
