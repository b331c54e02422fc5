"""Owns the fold of one record: its events in order, each into the documents that the table names.

Never reads or writes a store; never changes a document that reflects the record already.
Called by the projector, which brings the documents that ``Needs`` names.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Never, cast

import msgspec

from actors.machines.messages.events import Event
from couch_views.projection.rules import Change, Moment
from couch_views.projection.table import TABLE
from couch_views.shapes import Document


class MissingDocumentError(Exception):
    """An event changes a document that isn't there: the store lost some, or belongs to another log."""


class _Events(msgspec.Struct, array_like=True, frozen=True):
    """What matters here of a record's body (``messages.record.Body``); the rest is skipped unread."""

    cursors: msgspec.Raw
    events: tuple[Event, ...]


_decoder = msgspec.json.Decoder(_Events)


def read_events(body: bytes) -> tuple[Event, ...]:
    """The events of a record's body; raises ``msgspec.ValidationError``."""
    return _decoder.decode(body).events


class Needs:
    """Which documents must be at hand before some records are folded.

    Those that start within the records needn't be looked for.
    """

    def __init__(self) -> None:
        self._born: set[str] = set()
        self._identities: dict[str, None] = {}

    def add(self, events: Iterable[Event]) -> None:
        for event in events:
            rule = TABLE[type(event)]
            if rule.births is not None:
                self._born.update(rule.births.identify(cast("Never", event)))
            for change in rule.changes:
                for identity in change.identify(cast("Never", event)):
                    if identity not in self._born:
                        self._identities[identity] = None

    @property
    def identities(self) -> Iterable[str]:
        """In the order of first use."""
        return self._identities.keys()


class Folded(NamedTuple):
    """What a record did: documents that later events may change again, and those that none ever will."""

    changed: dict[str, Document]
    added: list[Document]


def apply(
    stream: str, sequence: int, time: int, events: Sequence[Event], documents: Mapping[str, Document]
) -> Folded:
    """The documents that a record changes or makes.

    ``documents`` holds what ``Needs`` named, as far as it exists. A changed document may share parts with
    the one it came from, which must not be used any more. Raises ``MissingDocumentError``.
    """
    changed: dict[str, Document] = {}
    added: list[Document] = []
    both = ChainMap(changed, cast("dict[str, Document]", documents))
    for place, event in enumerate(events):
        at = Moment(stream, sequence, time, place)
        rule = TABLE[type(event)]
        if rule.births is not None:
            for document in rule.births.make(cast("Never", event), at):
                known = documents.get(document["_id"])
                if known is None or known["sequence"] < sequence:
                    changed[document["_id"]] = document
        for change in rule.changes:
            for identity in change.identify(cast("Never", event)):
                _change(changed, documents, identity, change, event, at)
        for add in rule.adds:
            added.extend(add(cast("Never", event), at, both))
    return Folded(changed, added)


def _change(
    changed: dict[str, Document],
    documents: Mapping[str, Document],
    identity: str,
    change: Change,
    event: Event,
    at: Moment,
) -> None:
    old = changed.get(identity) or documents.get(identity)
    if old is None:
        if change.begin is None:
            message = (
                f"{at.stream} {at.sequence}: {type(event).__name__} changes {identity}, which is missing"
            )
            raise MissingDocumentError(message)
        old = change.begin(cast("Never", event), at)
    elif old["sequence"] >= at.sequence and identity not in changed:
        return
    new = change.fold(cast("Never", old), cast("Never", event), at)
    new["sequence"] = at.sequence
    changed[identity] = new
