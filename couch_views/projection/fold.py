"""Owns the fold of records: their events in order, each into the documents that the table names.

Never reads or writes a store; never changes a document that reflects the record already.
Called by the projector, which brings the documents that are needed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Never, TypeAlias, cast

from actors.machines.messages.events import Event
from couch_views.projection.held import Held, begin
from couch_views.projection.rules import Addition, Change, Moment, Rule
from couch_views.shapes import Document

Rules: TypeAlias = Mapping[type[Event], Rule]
"""What some classes of documents know of the table (``table.rules_about``)."""


class MissingDocumentError(Exception):
    """An event changes a document that isn't there: the store lost some, or belongs to another log."""


class Fold:
    """Records that are folded into documents: first ``add`` them, then bring what they need, and ``run``.

    ``documents`` are those at hand (what starts is put into them), ``needs`` the ids of those that are to be
    looked for. ``changed`` are what later events may change again, ``added`` what none ever will.
    """

    def __init__(self, rules: Rules, documents: dict[str, Held]) -> None:
        self.documents = documents
        self.needs: dict[str, None] = {}
        self.changed: dict[str, Held] = {}
        self.added: list[Document] = []
        self._rules = rules
        self._changes: list[tuple[str, Change, Never, Moment]] = []
        self._additions: list[tuple[Addition, Never, Moment]] = []

    def add(self, stream: str, sequence: int, time: int, events: Sequence[Event]) -> None:
        """The next record. What starts with it is made at once; what it changes is folded by ``run``."""
        documents, needs = self.documents, self.needs
        event: Never
        for place, event in enumerate(cast("Sequence[Never]", events)):
            rule = self._rules.get(type(event))
            if rule is None:
                continue
            at = Moment(stream, sequence, time, place)
            if rule.births is not None:
                for document in rule.births.make(event, at):
                    self._begin(document, sequence)
            for change in rule.changes:
                for identity in change.identify(event):
                    self._changes.append((identity, change, event, at))
                    if identity not in documents:
                        needs[identity] = None
            for addition in rule.adds:
                self._additions.append((addition, event, at))
                for identity in addition.looks_at(event):
                    if identity not in documents:
                        needs[identity] = None

    def run(self, documents: Mapping[str, Held]) -> None:
        """Folds all records into what is at hand and these, which are those that exist of ``needs``.

        Raises ``MissingDocumentError``, after which the documents can't be used.
        """
        self.documents |= documents
        event: Never
        for identity, change, event, at in self._changes:
            held = self.documents.get(identity)
            if held is None:
                held = self._begin(_first(change, identity, event, at), at.sequence)
            if held.since < at.sequence:
                held.value = change.fold(cast("Never", held.value), event, at)
                held.sequence = at.sequence
                self.changed[identity] = held
        known = _Known(self.documents)
        for addition, event, at in self._additions:
            self.added += addition.make(event, at, known)

    def _begin(self, document: Document, sequence: int) -> Held:
        """A document that starts with this record, unless it is at hand and reflects the record already."""
        identity = document["_id"]
        held = self.documents.get(identity)
        if held is None or held.since < sequence:
            held = begin(document, since=sequence - 1)
            self.documents[identity] = self.changed[identity] = held
        return held


def _first(change: Change, identity: str, event: Never, at: Moment) -> Document:
    if change.begin_each is not None:
        return change.begin_each(identity, event, at)
    if change.begin is None:
        raise MissingDocumentError(
            f"{at.stream} {at.sequence}: {type(event).__name__} changes {identity}, which is missing"
        )
    return change.begin(event, at)


class _Known(Mapping[str, Document]):
    """What additions may look at of the documents at hand."""

    def __init__(self, documents: Mapping[str, Held]) -> None:
        self._documents = documents

    def __getitem__(self, identity: str) -> Document:
        return self._documents[identity].document

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)
