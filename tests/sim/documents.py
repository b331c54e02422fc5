"""Owns the fake store of documents: bulks and reads in memory, which is down when the seed says so.

Never keeps what it was given as an object: documents go in and out as bytes, as over HTTP.
Called by the simulated projector; read by the checks.
"""

from collections.abc import Mapping, Sequence

import orjson

from couch_views.client import CouchServer, Documents, DocumentsUnavailableError, NotWritten, Written
from couch_views.json_values import JsonObject
from tests.sim.faults import CrashedError, Fault, Faults
from tests.sim.schedule import Schedule
from tests.sim.violations import require

DOWN_US = (10_000, 5_000_000)


class FaultyDocuments(Documents):
    """Documents by id. ``ends`` are the newest records of all streams: no document may be ahead of them."""

    def __init__(self, schedule: Schedule, faults: Faults, ends: Mapping[str, int]) -> None:
        super().__init__(_unreachable, lambda: None)
        self.written: dict[str, None] = {}
        """Ids written since somebody last looked."""
        self._stored: dict[str, tuple[int, bytes]] = {}
        self._schedule = schedule
        self._faults = faults
        self._ends = ends
        self._down_until = 0

    def get_many(self, identities: Sequence[str]) -> list[JsonObject | None]:
        self._require_up()
        return [self.read(identity) for identity in identities]

    def bulk(self, documents: Sequence[Mapping[str, object]]) -> list[Written | NotWritten]:
        self._require_up()
        crash, lost = (
            self._faults.strikes(Fault.FOLLOWER_CRASH),
            self._faults.strikes(Fault.STORE_ANSWER_LOST),
        )
        torn = self._faults.delay_us(0, len(documents)) if crash or lost else len(documents)
        outcomes = [self._write(document) for document in documents[:torn]]
        if crash:
            raise CrashedError
        if lost:
            raise DocumentsUnavailableError("the answer was lost")
        return outcomes

    def ensure_database(self) -> None:
        self._require_up()

    def ensure_designs(self, designs: Sequence[JsonObject]) -> bool:
        """Views are not read here: they are always in place."""
        return True

    def read(self, identity: str) -> JsonObject | None:
        """A document as it is stored, whether the store is up or not."""
        stored = self._stored.get(identity)
        if stored is None:
            return None
        revision, data = stored
        document: JsonObject = orjson.loads(data)
        document["_rev"] = f"{revision}-0"
        return document

    def all(self) -> dict[str, JsonObject]:
        """Every document, without its revision."""
        return {identity: orjson.loads(data) for identity, (_, data) in self._stored.items()}

    def _write(self, document: Mapping[str, object]) -> Written | NotWritten:
        identity = str(document["_id"])
        revision, _ = self._stored.get(identity, (0, b""))
        expected = f"{revision}-0" if revision else None
        if document.get("_rev") != expected:
            return NotWritten(identity, "conflict", "Document update conflict.")
        stream, sequence = document["stream"], document["sequence"]
        assert isinstance(stream, str)
        assert isinstance(sequence, int)
        require(
            sequence <= self._ends[stream],
            "{} shows record {} of {} before its log",
            identity,
            sequence,
            stream,
        )
        without = {name: value for name, value in document.items() if name != "_rev"}
        self._stored[identity] = (revision + 1, orjson.dumps(without))
        self.written[identity] = None
        return Written(identity, f"{revision + 1}-0")

    def _require_up(self) -> None:
        if self._faults.strikes(Fault.STORE_DOWN):
            self._down_until = self._schedule.now + self._faults.delay_us(*DOWN_US)
        if self._schedule.now < self._down_until:
            raise DocumentsUnavailableError("the store is down")


def _unreachable() -> CouchServer:
    raise AssertionError("the fake store has no server")
