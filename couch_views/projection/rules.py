"""Owns the form of a rule: which documents an event starts, changes and adds.

Never holds a rule: those stand beside their folds.
Called by the folds, the table and fold.

The functions are given the event that their rule stands for in the table, and documents of the kind
whose ids they name; ``Never`` is how the type checker lets them say so. Each part names the kind of
documents that it makes, and with it their class (``couch_views.classes``).
"""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Final, NamedTuple, Never, Protocol

import msgspec

from couch_views.shapes import Document


class Moment(msgspec.Struct, frozen=True, gc=False):
    """Where an event stands: its record's stream, sequence and time, and its place in the record."""

    stream: str
    sequence: int
    time: int
    place: int


class Working(Protocol):
    """A document of a kind that many events change, as its folds work on it: with integers beside it.

    What is dear to write (money, times, averages) is written into the document when it is dumped, once
    for all events of a batch.
    """

    @property
    def document(self) -> Document:
        """With what the events so far have not changed, or changes at once."""

    def dump(self) -> Document:
        """The document as it is to be stored. It goes on being worked on."""


class Birth(NamedTuple):
    """Documents that can't have been there before: ids without reading, and the documents."""

    kinds: tuple[str, ...]
    identify: Callable[[Never], Iterable[str]]
    make: Callable[[Never, Moment], Iterable[Document]]


class Change(NamedTuple):
    """Documents that an event changes.

    ``fold`` gives the new document from the old one, which may be the same one, changed: both are of the
    kind's form in ``table.FORMS`` if it has one, else documents as they are stored. ``begin`` makes the
    document (as it is stored) that is folded where there is none yet; without it there must be one.
    ``begin_each`` does so where one event may begin several: it is told the id.
    """

    kind: str
    identify: Callable[[Never], Iterable[str]]
    fold: Callable[[Never, Never, Moment], Document | Working]
    begin: Callable[[Never, Moment], Document] | None = None
    begin_each: Callable[[str, Never, Moment], Document] | None = None


def _nothing(_event: object) -> tuple[str, ...]:
    return ()


class Addition(NamedTuple):
    """Documents that no later event needs.

    ``make`` may look at what never changes in the documents that ``looks_at`` names, of whatever class.
    """

    kind: str
    make: Callable[[Never, Moment, Mapping[str, Document]], Iterable[Document]]
    looks_at: Callable[[Never], Iterable[str]] = _nothing


class Rule(NamedTuple):
    """What an event does to documents."""

    births: Birth | None = None
    changes: tuple[Change, ...] = ()
    adds: tuple[Addition, ...] = ()

    def about(self, kinds: Container[str]) -> "Rule":
        """What of it is about documents of these kinds. What is born together is of one class."""
        return Rule(
            self.births if self.births is not None and self.births.kinds[0] in kinds else None,
            tuple(change for change in self.changes if change.kind in kinds),
            tuple(addition for addition in self.adds if addition.kind in kinds),
        )


NOTHING: Final = Rule()
