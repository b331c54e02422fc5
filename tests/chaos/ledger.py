"""Owns the workload's ledger: every request, what is unknown of it, and every answer it got.

Never judges an answer and never reads the exchange: it is what clients could swear to.
Called by the workload (which writes it) and by the verdict (which reads it).
"""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

Json = Any  # What the API answers is judged field by field by the verdict.

ORDERS: Final = "/orders/"
PREVIEW: Final = "/orders/?preview=true"
CHALLENGES: Final = "/challenges/"
MARKETS: Final = "/markets/"
ACCEPTED_MAX: Final = 299
PENDING: Final = 202


class Member(NamedTuple):
    """Who asks. ``account_id`` is what the registration was answered with."""

    username: str
    account_id: int
    stream: str
    token: str


class Answered(NamedTuple):
    """One answer: its HTTP status, its JSON and when it came (``time.monotonic``)."""

    status: int
    content: Json
    at: float


@dataclass(slots=True)
class Entry:
    """One request, however often it was sent.

    ``key`` is its Idempotency-Key, None where HTTP has none (DELETE). ``doubts`` counts the times that it was
    sent and nobody said what became of it. An entry without answers is unresolved.
    """

    member: Member
    method: str
    path: str
    body: Json
    key: str | None
    first_sent: float = 0.0
    last_sent: float = 0.0
    doubts: int = 0
    answers: list[Answered] = field(default_factory=list)

    @property
    def items(self) -> list[Json]:
        """The operations of a POST to orders, in order."""
        return self.body if isinstance(self.body, list) else [self.body]

    @property
    def is_settled(self) -> bool:
        """Whether the last answer says the end: the market has spoken of every item."""
        return bool(self.answers) and all(result_status != PENDING for result_status, _ in self.results(-1))

    def results(self, number: int) -> list[tuple[int, Json]]:
        """What that answer says of each item: status and content."""
        status, content, _ = self.answers[number]
        if status <= ACCEPTED_MAX and isinstance(self.body, list):
            return [(result["status"], result) for result in content["results"]]
        return [(status, content)] * len(self.items)


@dataclass(slots=True)
class Ledger:
    """All entries, of members and of staff, in the order in which they were first sent."""

    entries: list[Entry] = field(default_factory=list)

    @property
    def in_doubt(self) -> int:
        """How many requests nobody knew the outcome of at some time."""
        return sum(entry.doubts > 0 for entry in self.entries)


def is_order(item: Json) -> bool:
    """Whether an item of a POST to orders is a new order (and neither a cancel nor an amendment)."""
    return "side" in item


def is_amendment(item: Json) -> bool:
    """Whether an item of a POST to orders amends an order."""
    return "amend" in item
