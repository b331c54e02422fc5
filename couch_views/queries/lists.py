"""Owns how a page of a list is read from several ranges of keys at once, right while things change.

Never skips by offset: a page goes on after the place of the last item seen, whatever came or went.
Called by the other modules of this package.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple, Protocol, TypeVar, cast

from couch_views.json_values import Json, JsonObject
from couch_views.queries.pages import Page, Place, QueryError, Sort, check_limit, decode_cursor, encode_cursor
from couch_views.queries.reading import Reads

DESIGN: Final = "lists"

SCANNED_MAX: Final = 5_000
"""Documents that one page may look at for filters that no view serves."""
CHUNK_MAX: Final = 1_000

AFTER: Final = "after"
BEFORE: Final = "before"
"""Which way a page lies from the place of its cursor."""
_HIGHEST: Final = "z"
"""Above every text in a key: they are made of digits and of the letters a to f, or are words of ours."""

Item = TypeVar("Item")
Shown = TypeVar("Shown")


class Found(NamedTuple):
    """One entry of a range: its place in the list, and the document's id."""

    place: Place
    id: str


class Range(Protocol):
    """Entries that are sorted alike."""

    def read(self, documents: Reads, after: Place | None, limit: int, *, descending: bool) -> list[Found]:
        """Up to ``limit`` entries beyond a place (None: from the end where reading starts)."""


class ViewRange(NamedTuple):
    """The rows of a view whose keys start with ``prefix``; the rest of the key is the place.

    ``lowest`` and ``highest`` bound the first text of the place, both inclusive.
    """

    view: str
    prefix: tuple[str, ...]
    lowest: str = ""
    highest: str = _HIGHEST

    def read(self, documents: Reads, after: Place | None, limit: int, *, descending: bool) -> list[Found]:
        start: list[Json] = [*self.prefix, self.lowest]
        end: list[Json] = [*self.prefix, self.highest, {}]
        place = after or (self.highest if descending else self.lowest,)
        ahead, passed = place[0] < self.lowest, place[0] > self.highest
        if descending:
            start, end, ahead, passed = end, start, passed, ahead
        if passed or self.lowest > self.highest:
            return []
        if after is not None and not ahead:
            start = [*self.prefix, *after]
        rows = documents.view(
            DESIGN, self.view, start=start, end=end, descending=descending, limit=limit + (after is not None)
        )
        found = [Found(tuple(cast("list[str]", row.key)[len(self.prefix) :]), row.id) for row in rows]
        return [entry for entry in found if entry.place != after][:limit]


class IdRange(NamedTuple):
    """The documents whose ids are ``prefix`` and digits; the digits are the place."""

    prefix: str
    digits: int

    def read(self, documents: Reads, after: Place | None, limit: int, *, descending: bool) -> list[Found]:
        start, end = self.prefix + "0" * self.digits, self.prefix + "9" * self.digits
        if descending:
            start, end = end, start
        if after is not None:
            after = (after[0].zfill(self.digits),)
            start = self.prefix + after[0]
        identities = documents.identities(
            start=start, end=end, descending=descending, limit=limit + (after is not None)
        )
        found = [Found((identity[len(self.prefix) :],), identity) for identity in identities]
        return [entry for entry in found if entry.place != after][:limit]


class Listing(NamedTuple):
    """What a list is read from: its name (for cursors), its ranges, its order."""

    name: str
    ranges: Sequence[Range]
    sort: Sort

    def page(
        self,
        documents: Reads,
        limit: int,
        cursor: str | None,
        matches: Callable[[Item], bool] = lambda _: True,
    ) -> Page[Item]:
        """The page after the cursor, of the documents that match.

        A document that moves from one range to another meanwhile is listed once, provided that the
        ranges are given in the order in which documents move through them.
        """
        check_limit(limit)
        place = self._place(cursor)
        items: list[Item] = []
        chunk, scanned = limit + 1, 0
        while scanned < SCANNED_MAX:
            found = self._merge(documents, place, chunk)
            for entry, document in zip(found, documents.get_many([entry.id for entry in found]), strict=True):
                item = cast("Item", document)
                if document is not None and matches(item):
                    if len(items) == limit:
                        return Page(items, self._cursor(place))
                    items.append(item)
                place = entry.place
            if len(found) < chunk:
                return Page(items, None)
            scanned += len(found)
            chunk = min(2 * chunk, CHUNK_MAX)
        return Page(items, self._cursor(place))

    def page_of_shown(
        self,
        documents: Reads,
        limit: int,
        cursor: str | None,
        show: Callable[[Sequence[Item]], Sequence[Shown | None]],
    ) -> Page[Shown]:
        """The page at the cursor of what ``show`` makes of documents; ``None``: it is left out.

        A page is full while there is more, and its cursors are places of something that is shown: nothing
        tells of what is left out. Past ``SCANNED_MAX`` documents the list ends.

        The page before a cursor holds what comes next to it in that direction: who reads on page by page
        and back again sees each item once in each direction, and what came meanwhile on the way back.
        """
        check_limit(limit)
        at = self._standing(cursor, (AFTER, BEFORE))
        there = self._shown(documents, limit + 1, at, show)
        more, there = len(there) > limit, there[:limit]
        if at.back:
            there.reverse()
        items = [item for _, item in there]
        if not items:
            return Page([], None)
        first, last = there[0][0], there[-1][0]
        goes_on = (at.place != self._below_all()) if at.back else more
        came_from = more if at.back else at.place is not None
        return Page(
            items, self._cursor(last) if goes_on else None, self._cursor(first, BEFORE) if came_from else None
        )

    def last_cursor(self) -> str:
        """The cursor of the last page of what is shown: as much as a page holds, read from the end."""
        assert self.sort.descending, "only what is listed newest first is read from its end"
        return self._cursor(self._below_all(), BEFORE)

    def _below_all(self) -> Place:
        """A place that nothing stands at, beyond the last of what is listed newest first."""
        return ("0",) * len(self.sort.fields)

    def _shown(
        self,
        documents: Reads,
        count: int,
        at: "_Standing",
        show: Callable[[Sequence[Item]], Sequence[Shown | None]],
    ) -> list[tuple[Place, Shown]]:
        """Up to so many of what is shown, with their places, in the direction in which is read."""
        items: list[tuple[Place, Shown]] = []
        place, chunk, scanned = at.place, count, 0
        while scanned < SCANNED_MAX:
            found = self._merge(documents, place, chunk, back=at.back)
            read = documents.get_many([entry.id for entry in found])
            made = iter(show([cast("Item", document) for document in read if document is not None]))
            for entry, document in zip(found, read, strict=True):
                if document is not None and (item := next(made)) is not None:
                    items.append((entry.place, item))
            if len(items) >= count or len(found) < chunk:
                break
            place = found[-1].place
            scanned += len(found)
            chunk = min(2 * chunk, CHUNK_MAX)
        return items[:count]

    def _merge(self, documents: Reads, after: Place | None, limit: int, *, back: bool = False) -> list[Found]:
        # Each range gives all it may contribute, so the first ``limit`` of all are complete.
        descending = self.sort.descending is not back
        found: dict[str, Found] = {}
        for span in self.ranges:
            for entry in span.read(documents, after, limit, descending=descending):
                found[entry.id] = entry
        return sorted(found.values(), reverse=descending)[:limit]

    def _place(self, cursor: str | None) -> Place | None:
        return self._standing(cursor, (AFTER,)).place

    def _standing(self, cursor: str | None, ways: Sequence[str]) -> "_Standing":
        if cursor is None:
            return _Standing(None, back=False)
        places = decode_cursor(self.name, self.sort, cursor)
        (way, *_) = (*places, "")
        if len(places) != 1 or way not in ways or len(places[way]) != len(self.sort.fields):
            raise QueryError("cursor", "not a cursor")
        return _Standing(places[way], way == BEFORE)

    def _cursor(self, place: Place | None, way: str = AFTER) -> str:
        assert place is not None, "a page that goes on has come from somewhere"
        return encode_cursor(self.name, self.sort, {way: place})


class _Standing(NamedTuple):
    """Where a reader stands, and whether they read back from there."""

    place: Place | None
    back: bool


def read_known(documents: Reads, identities: Sequence[str]) -> list[JsonObject]:
    """The documents that exist, in the order asked."""
    return [document for document in read_in_order(documents, identities) if document is not None]


def read_in_order(documents: Reads, identities: Sequence[str]) -> list[JsonObject | None]:
    """The documents in the order asked, None where there is none: so many at a time as a request may have."""
    read: list[JsonObject | None] = []
    for first in range(0, len(identities), CHUNK_MAX):
        read += documents.get_many(identities[first : first + CHUNK_MAX])
    return read


def distinct(values: Iterable[Item]) -> list[Item]:
    """Each value once, in the order given."""
    return list(dict.fromkeys(values))


def in_life_order(states: Sequence[str], life: type[StrEnum]) -> list[str]:
    """The states asked for, in the order in which a thing goes through them; ``QueryError`` for others."""
    for state in states:
        if state not in set(life):
            raise QueryError("states", f"one or more of {', '.join(life)}")
    return [state.value for state in life if state in states]
