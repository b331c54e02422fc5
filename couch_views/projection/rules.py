"""Owns the form of a rule: which documents an event starts, changes and adds.

Never holds a rule: those stand beside their folds.
Called by the folds, the table and fold.

The functions are given the event that their rule stands for in the table, and documents of the kind
whose ids they name; ``Never`` is how the type checker lets them say so.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, Never

from couch_views.shapes import Document


class Moment(NamedTuple):
    """Where an event stands: its record's stream, sequence and time, and its place in the record."""

    stream: str
    sequence: int
    time: int
    place: int


class Birth(NamedTuple):
    """Documents that can't have been there before: ids without reading, and the documents."""

    identify: Callable[[Never], Iterable[str]]
    make: Callable[[Never, Moment], Iterable[Document]]


class Change(NamedTuple):
    """Documents that an event changes.

    ``fold`` gives the new document from the old one. ``begin`` makes what is folded where there is none
    yet; without it there must be one.
    """

    identify: Callable[[Never], Iterable[str]]
    fold: Callable[[Never, Never, Moment], Document]
    begin: Callable[[Never, Moment], Document] | None = None


class Rule(NamedTuple):
    """What an event does to documents.

    ``adds`` make documents that no later event needs; they may look at the documents of ``changes``.
    """

    births: Birth | None = None
    changes: tuple[Change, ...] = ()
    adds: tuple[Callable[[Never, Moment, Mapping[str, Document]], Iterable[Document]], ...] = ()


NOTHING: Final = Rule()
