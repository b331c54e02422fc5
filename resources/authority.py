"""Owns who is signed in: reads the Authorization header, and learns of ended sessions within half a second.

Never signs anybody in or out.
Called by the toolkit's decisions.
"""

from collections.abc import Callable
from typing import Final

from actors.machines import limits
from actors.machines.messages.answers import AccountResult
from actors.machines.messages.commands import GetAccount
from resources.exchange import Exchange
from resources.tokens import Tokens
from resources.toolkit.problems import UNAVAILABLE, ProblemError, not_signed_in
from resources.toolkit.visitor import Member

_SCHEME: Final = "session-token"
_FRESH_US: Final = limits.SESSION_CHECKED_MS * 1_000


class SessionAuthority:
    """Believes signed tokens, and asks each member's account now and then whether to go on doing so."""

    def __init__(self, tokens: Tokens, exchange: Exchange, clock: Callable[[], int]) -> None:
        self._tokens = tokens
        self._exchange = exchange
        self._clock = clock
        self._confirmed: dict[int, tuple[int, int]] = {}
        """Account -> the generation of its sessions, and when it was asked."""

    async def identify(self, authorization: str, address: str) -> Member:  # noqa: ARG002 (guessing is not limited yet)
        """Who the header says it is; 401 if it isn't to be believed."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != _SCHEME:
            raise not_signed_in("This needs the header Authorization: Session-Token TOKEN.")
        return self._tokens.read(token.strip())

    async def confirm(self, member: Member) -> Member:
        """That the session has not been ended since; 401 if it has."""
        generation, asked_at = self._confirmed.get(member.account_id, (0, 0))
        if generation == member.generation and self._clock() - asked_at < _FRESH_US:
            return member
        asked_at = self._clock()
        try:
            result = (await self._exchange.ask(GetAccount(member.account_id))).result
        except ProblemError as problem:
            if problem.kind is UNAVAILABLE and generation == member.generation:
                # While its account does nothing, no session ends; commands are judged there again.
                return member
            raise
        generation = result.generation if isinstance(result, AccountResult) else 0
        if len(self._confirmed) >= limits.MEMBERS_REMEMBERED_MAX:
            self._confirmed.clear()
        self._confirmed[member.account_id] = (generation, asked_at)
        if generation != member.generation:
            raise not_signed_in("The session has ended.")
        return member

    def forget(self, account_id: int) -> None:
        """The member's sessions were ended through here: no waiting."""
        self._confirmed.pop(account_id, None)
