"""Owns the reads of activity: what stands in streams, newest first, of one or of thousands at once.

Never says who may see it: the filter does (resources/privacy.py).
Called by resources.

A stream is in the order in which things happened: what is at the same place of two streams is the same entry.
So a reader of many streams stands at one place in all of them, and a cursor tells nothing but the place of
the last entry that was shown.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, cast

from actors.machines.messages.social_words import Audience, PrivacyKind
from couch_views.activity_shapes import ORDERS, PrivateFeedDocument, place_of
from couch_views.json_values import Json
from couch_views.queries.lists import DESIGN, Found, Listing, distinct, read_known
from couch_views.queries.pages import Place, Sort
from couch_views.queries.reading import Reads, Row
from couch_views.relation_shapes import PrivacyDocument, privacy_document_id
from couch_views.shapes import document_id

VIEW: Final = "entries"
_NEWEST_FIRST: Final = Sort(("created_datetime", "id"), descending=True)
_MORE_EACH_TIME: Final = 4
_ABOVE_ALL: Final = "z"


LAST_CURSOR: Final = Listing("activity", (), _NEWEST_FIRST).last_cursor()
"""The last page of any activity, read from its end."""


def of_streams(activity_streams: Iterable[str], orders_of: Iterable[int] = ()) -> Listing:
    """The entries of these activity streams, each once, newest first.

    Without orders, but of the members of these accounts: nearly nobody shows theirs to others.
    """
    places = [place_of(name) for name in distinct(activity_streams)]
    places += [place_of(f"{ORDERS}/{account_id}") for account_id in distinct(orders_of)]
    return Listing("activity", [Streams(places)], _NEWEST_FIRST)


def members_showing_orders(documents: Reads, account_ids: Sequence[int]) -> list[int]:
    """Those of these members who let somebody else see their orders."""
    read = read_known(documents, [privacy_document_id(account_id) for account_id in account_ids])
    return [
        int(each["account_id"])
        for each in cast("list[PrivacyDocument]", read)
        if each["settings"].get(PrivacyKind.ORDER, {}).get("audience", Audience.ONLY_ME) != Audience.ONLY_ME
    ]


def private_feed(documents: Reads, account_id: int) -> PrivateFeedDocument | None:
    """Of which address a member's private feed is read; ``None``: of none."""
    found = cast("PrivateFeedDocument | None", documents.get(document_id("feed", account_id)))
    return found if found is not None and found["active"] else None


class Streams(NamedTuple):
    """Activity streams by their places, read as one range."""

    places: Sequence[str]

    def read(self, documents: Reads, after: Place | None, limit: int, *, descending: bool) -> list[Found]:
        """Up to ``limit`` entries beyond a place, each once.

        First a row or two of each stream, then more of those of which not all that belongs here was read.
        """
        found: dict[Place, str] = {}
        last: Place | None = None
        standing = dict.fromkeys(self.places, after)
        chunk = 1 if len(standing) > 1 else limit
        while standing:
            ranges = [_range(name, place, last, descending=descending) for name, place in standing.items()]
            # One more, for a range begins with the place that it goes on after.
            read = documents.views(DESIGN, VIEW, ranges, descending=descending, limit=chunk + 1)
            unread = {}
            for name, rows in zip(standing, read, strict=True):
                places = [_place(row) for row in rows]
                found.update(zip(places, [row.id for row in rows], strict=True))
                if len(rows) > chunk:
                    unread[name] = places[-1]
            if after is not None:
                found.pop(after, None)
            last = _place_number(found, limit, descending=descending)
            standing = {
                name: place
                for name, place in unread.items()
                if last is None or (place > last if descending else place < last)
            }
            chunk *= _MORE_EACH_TIME
        return [Found(place, found[place]) for place in sorted(found, reverse=descending)[:limit]]


def _range(name: str, after: Place | None, last: Place | None, *, descending: bool) -> tuple[Json, Json]:
    """The keys of a stream from a place (or its beginning) to another (or its end) in this direction."""
    newest, oldest = (_ABOVE_ALL,), ()
    if descending:
        return [name, *(after or newest)], [name, *(last or oldest)]
    return [name, *(after or oldest)], [name, *(last or newest)]


def _place(row: Row) -> Place:
    return tuple(cast("list[str]", row.key)[1:])


def _place_number(found: Iterable[Place], number: int, *, descending: bool) -> Place | None:
    """The first place but so many in this direction; ``None`` if there aren't as many."""
    places = sorted(found, reverse=descending)
    return places[number - 1] if len(places) >= number else None
