"""Owns actors that the test plays: what the web asks is kept, what it is told is written down before.

Never decides anything.
Called by the tests of resources that are about the conversation with the actors, or about its failure.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from falcon import testing

from actors.machines import limits
from actors.machines.messages.answers import AccountResult, Answer, OrderResult, Reply
from actors.machines.messages.commands import Asked, Question, RegisterMember, Request
from actors.machines.messages.words import OrderState, Role, Side, TimeInForce
from actors.machines.streams import Streams
from actors.processes.gateway import OutcomeUnknownError, UnavailableError
from actors.processes.settings import Settings
from couch_views.json_values import Json, JsonObject
from couch_views.queries.reading import Row
from resources.admission import Room, make_room
from resources.app import create_app
from resources.tokens import Tokens
from resources.toolkit.visitor import Member
from tests.resources.world import Visitor

ADA: Final = Member(16, "ada", 1, staff=False)
STAFF: Final = Member(32, "staff", 1, staff=True)
NOW: Final = 1_767_225_600_000_000
Line = Answer | Reply | UnavailableError | OutcomeUnknownError


class ScriptedGateway:
    """Says its lines in order; ``asked`` is all it was asked."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.streams = Streams()
        self.asked: list[Asked] = []
        self._lines = iter(lines)

    async def request(self, request: Request) -> Answer:
        line = self._next(request)
        assert isinstance(line, Answer)
        return line

    async def ask(self, asked: RegisterMember | Question) -> Reply:
        line = self._next(asked)
        assert isinstance(line, Reply)
        return line

    @property
    def requests(self) -> list[Request]:
        return [asked for asked in self.asked if isinstance(asked, Request)]

    def _next(self, asked: Asked) -> Answer | Reply:
        self.asked.append(asked)
        line = next(self._lines)
        if isinstance(line, Exception):
            raise line
        return line


class NoDocuments:
    """A document store that has nothing, and has come nowhere."""

    def get(self, identity: str) -> JsonObject | None:
        return None

    def get_many(self, identities: Sequence[str]) -> list[JsonObject | None]:
        return [None for _ in identities]

    def view(
        self, design: str, view: str, *, start: Json, end: Json, descending: bool = False, limit: int
    ) -> list[Row]:
        return []

    def views(
        self,
        design: str,
        view: str,
        ranges: Sequence[tuple[Json, Json]],
        *,
        descending: bool = False,
        limit: int,
    ) -> list[list[Row]]:
        return [[] for _ in ranges]

    def reduce(
        self, design: str, view: str, *, start: Json, end: Json, group_level: int = 0
    ) -> list[tuple[Json, Json]]:
        return []

    def identities(self, *, start: str, end: str, descending: bool = False, limit: int) -> list[str]:
        return []


class Stage:
    """The web with scripted actors, and a signed-in visitor."""

    def __init__(self, *lines: Line, visitor: Member = ADA) -> None:
        settings = Settings(var=Path("/nowhere"), hashing_cost="cheap", secret="a secret of the tests only")
        self.gateway = ScriptedGateway(lines)
        app = create_app(self.gateway, NoDocuments(), settings, lambda: NOW)
        token = Tokens(settings.signing_secret(), lambda: NOW).issue(visitor).text
        self.visitor = Visitor(testing.TestClient(app), token)


def room() -> Room:
    """What is open to everybody: clocks stand still."""
    return make_room(limits.MEMBER_RATE_PER_S, limits.ADDRESS_RATE_PER_S, lambda: 0, lambda: 0.0)


def account_result(**fields: object) -> AccountResult:
    """Ada's account, with a thousand and an exposure of a half; the fields say what is different."""
    given = {
        "account_id": 16,
        "username": "ada",
        "role": Role.MEMBER,
        "generation": 1,
        "balance": 100_000_000_000,
        "exposure": 50_000_000,
        "display_name": "Ada",
        "bio": "",
        "created_time": NOW,
    }
    return AccountResult(**{**given, **fields})  # type: ignore[arg-type] # as the test means it


def order_result(**fields: object) -> OrderResult:
    """An order that rests in market 5, contract 6; the fields say what is different."""
    given = {
        "order_id": 48,
        "state": OrderState.CREATED,
        "market_id": 5,
        "contract_id": 6,
        "side": Side.BUY,
        "time_in_force": TimeInForce.GOOD_TIL_CANCELLED,
        "price": 5000,
        "quantity": 10_000,
        "executed_quantity": 0,
        "executed_value": 0,
        "available_quantity": 10_000,
        "created_time": NOW,
        "modified_time": NOW,
        "balance": 100_000_000_000,
        "exposure": 50_000_000,
        "reference_id": None,
        "cancel_reason": None,
        "fills": (),
    }
    return OrderResult(**{**given, **fields})  # type: ignore[arg-type] # as the test means it
