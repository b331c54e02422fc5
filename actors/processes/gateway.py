"""Owns the one door between the web and the actors: what may be asked, and how it can fail.

Never interprets an answer, never touches documents or the log.
Called by resources; implemented over Thespian (processes) and in one thread (tests, sandbox).
"""

from typing import Protocol

from actors.machines.messages.answers import Answer, Reply
from actors.machines.messages.commands import Question, RegisterMember, Request
from actors.machines.streams import Streams


class UnavailableError(Exception):
    """Nothing happened: the actor that decides can't be reached now. The web answers 503."""


class OutcomeUnknownError(Exception):
    """It may have happened: no answer within the deadline. The web answers 504."""


class Gateway(Protocol):
    """Asks the actors, from an event loop. Repeats what got lost; a request's key makes that safe."""

    @property
    def streams(self) -> Streams: ...

    async def request(self, request: Request) -> Answer:
        """A member's request, at its account stream.

        The answer is final, or not final (orders ``pending``) when the market has not spoken within
        ``limits.ANSWER_PENDING_AFTER_MS``. Raises ``UnavailableError`` or ``OutcomeUnknownError``.
        """

    async def ask(self, asked: RegisterMember | Question) -> Reply:
        """A registration or a question, at the stream that the username or id chooses."""
