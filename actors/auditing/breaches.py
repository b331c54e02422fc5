"""Owns what an audit finds: the rules by name, a breach of one as a value, and where findings gather.

Never decides what is to be done about a breach: the auditor's process does.
Called by every part of the audit.
"""

from enum import StrEnum, unique

import msgspec


@unique
class Rule(StrEnum):
    """What must hold, by name; ARCHITECTURE.md says each in a sentence."""

    # The log and the post.
    CHAIN = "chain"
    SEQUENCE = "sequence"
    NUMBERING = "numbering"
    CURSOR = "cursor"
    CAUSE = "cause"
    TOLD = "told"
    # Members and their requests.
    IDENTITY = "identity"
    ONCE = "once"
    STAFF = "staff"
    API_KEY = "api-key"
    # Money.
    CONSERVED = "money-conserved"
    FUNDS = "funds"
    EXPOSURE = "exposure"
    SETTLEMENT = "settlement"
    CLEARING = "clearing"
    # Orders, as their account follows them.
    TERMS = "terms"
    ORDER = "order"
    # The book, and what trades beside it.
    LIFE = "market-life"
    PRIORITY = "priority"
    TRADE_THROUGH = "trade-through"
    CROSSED = "book-crossed"
    QUANTITY = "quantity"
    SELF_TRADE = "self-trade"
    EXECUTIONS = "executions"
    AUCTION = "auction"
    CHALLENGE = "challenge"
    CONDITIONS = "conditions"
    # Members' activity.
    ACTIVITY = "activity"


class Breach(msgspec.Struct, frozen=True):
    """A rule that does not hold: where, which, and a sentence of what was seen.

    ``market_id`` is the market that it concerns; None: it concerns all.
    """

    stream: str
    sequence: int
    rule: Rule
    what: str
    market_id: int | None = None

    @property
    def name(self) -> str:
        """The breach in public words: nothing of a member in it."""
        return f"{self.rule} at {self.stream}:{self.sequence}"


class Findings:
    """Where the parts of one stream's audit put what they find in the record that is judged."""

    __slots__ = ("found", "sequence", "stream")

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.sequence = 0
        self.found: list[Breach] = []

    def add(self, rule: Rule, what: str, market_id: int | None = None) -> None:
        self.found.append(Breach(self.stream, self.sequence, rule, what, market_id))

    def take(self) -> list[Breach]:
        """What was found since the last time."""
        found, self.found = self.found, []
        return found
