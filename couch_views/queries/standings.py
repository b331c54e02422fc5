"""Owns the reads of leaderboards: a page of one, with ranks, of all who may be shown or of some members.

Never decides who may be shown: who reads says so, and nobody else counts for a rank.
Called by resources.

A cursor holds the place of the last one that was shown, and never of one that was not.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final, NamedTuple, cast

from actors.machines.messages.scores import Cell
from actors.machines.messages.social_words import Audience
from couch_views.json_values import Json
from couch_views.leaderboards import Board
from couch_views.queries.keys import key_text
from couch_views.queries.lists import read_known
from couch_views.queries.pages import (
    Page,
    Place,
    QueryError,
    Sort,
    check_limit,
    decode_cursor,
    encode_cursor,
)
from couch_views.queries.reading import Reads
from couch_views.score_shapes import ScoreDocument, score_document_id
from couch_views.shapes import ID_DIGITS

DESIGN: Final = "leaderboards"
VIEW: Final = "standings"
SCANNED_MAX: Final = 5_000
"""Members whom one page passes over at most because they may not be shown: the view lists few of them."""
CHUNK_MAX: Final = 1_000
_SORT: Final = Sort(("key", "account_id"), descending=False)
_PLACE_FIELDS: Final = 2

Allowed = Callable[[Sequence[int]], Collection[int]]
"""Which of these members may be shown."""


class Standing(NamedTuple):
    """A member's place. ``value`` is what is compared, as an integer of the board's unit."""

    rank: int
    value: int
    score: ScoreDocument


class _Reached(NamedTuple):
    """The last one who was shown: their place (empty: nobody was), their rank, and which of all they were."""

    place: Place = ()
    rank: int = 0
    shown: int = 0

    def next(self, place: Place) -> "_Reached":
        """Who comes next: who is as good as the one before has the same rank."""
        shown = self.shown + 1
        is_tie = bool(self.place) and place[0] == self.place[0]
        return _Reached(place, self.rank if is_tie else shown, shown)


class _Row(NamedTuple):
    """A place on a board, and the score there; None: it is not there any more."""

    place: Place
    score: ScoreDocument | None


_Rows = Callable[[Place, int], Sequence[_Row]]
"""Up to so many rows behind a place, the best first."""


def standings(
    documents: Reads,
    board: Board,
    cell: Cell,
    audiences: Sequence[Audience],
    allowed: Allowed,
    limit: int,
    cursor: str | None = None,
) -> Page[Standing]:
    """A page of those who show themselves to these audiences, and may be shown."""

    def rows(after: Place, count: int) -> Sequence[_Row]:
        return _listed(documents, board, cell, audiences, after, count)

    return _page(f"standings-{board.name}-{cell.scope}-{cell.period}", board, rows, allowed, limit, cursor)


def standings_among(
    documents: Reads,
    board: Board,
    cell: Cell,
    account_ids: Sequence[int],
    allowed: Allowed,
    limit: int,
    cursor: str | None = None,
) -> Page[Standing]:
    """A page of these members alone, as far as they may be shown; the scores of all are read for it."""
    identities = [score_document_id(account_id, cell.scope, cell.period) for account_id in account_ids]
    scores = [cast("ScoreDocument", score) for score in read_known(documents, identities)]
    on_board = [_Row(_place(board, score), score) for score in scores if board.name in score["keys"]]
    on_board.sort(key=_place_of)

    def rows(after: Place, count: int) -> Sequence[_Row]:
        first = bisect_right(on_board, after, key=_place_of)
        return on_board[first : first + count]

    return _page(f"among-{board.name}-{cell.scope}-{cell.period}", board, rows, allowed, limit, cursor)


def _page(
    name: str, board: Board, rows: _Rows, allowed: Allowed, limit: int, cursor: str | None
) -> Page[Standing]:
    check_limit(limit)
    reached = _reached(name, cursor)
    found: list[Standing] = []
    place, scanned, chunk = reached.place, 0, limit + 1
    while scanned < SCANNED_MAX:
        listed = rows(place, chunk)
        for score in _shown(listed, allowed):
            if len(found) == limit:
                return Page(found, _cursor(name, reached))
            reached = reached.next(_place(board, score))
            found.append(_standing(board, reached, score))
        if len(listed) < chunk:
            return Page(found, None)
        place = listed[-1].place
        scanned += len(listed)
        chunk = min(2 * chunk, CHUNK_MAX)
    return Page(found, _cursor(name, reached) if found else None)


def _shown(listed: Sequence[_Row], allowed: Allowed) -> Iterator[ScoreDocument]:
    scores = [row.score for row in listed if row.score is not None]
    may_be_shown = allowed([int(score["account_id"]) for score in scores])
    return (score for score in scores if int(score["account_id"]) in may_be_shown)


def _listed(
    documents: Reads, board: Board, cell: Cell, audiences: Sequence[Audience], after: Place, limit: int
) -> list[_Row]:
    """Those who show themselves to any of the audiences, as the view has them."""
    prefix: list[Json] = [board.name, key_text(f"{cell.period} {cell.scope}")]
    ranges: list[tuple[Json, Json]] = [
        ([*prefix, audience.value, *after], [*prefix, audience.value, {}]) for audience in audiences
    ]
    # Where it begins there may be the one who was shown last.
    found = documents.views(DESIGN, VIEW, ranges, limit=limit + 1)
    places = ((tuple(cast("list[str]", row.key)[-_PLACE_FIELDS:]), row.id) for rows in found for row in rows)
    listed = sorted(each for each in places if each[0] != after)[:limit]
    read = documents.get_many([identity for _, identity in listed])
    scores = [cast("ScoreDocument | None", score) for score in read]
    return [
        # A row may be older than its document.
        _Row(place, score if score is not None and _place(board, score) == place else None)
        for (place, _), score in zip(listed, scores, strict=True)
    ]


def _standing(board: Board, reached: _Reached, score: ScoreDocument) -> Standing:
    return Standing(reached.rank, board.value(score["keys"][board.name]), score)


def _place(board: Board, score: ScoreDocument) -> Place:
    """By key, and by account among those who are as good as each other; no key: nowhere."""
    return score["keys"].get(board.name, ""), score["account_id"].zfill(ID_DIGITS)


def _place_of(row: _Row) -> Place:
    return row.place


def _reached(name: str, cursor: str | None) -> _Reached:
    places = decode_cursor(name, _SORT, cursor)
    if not places:
        return _Reached()
    if set(places) != {"after", "rank"} or {len(place) for place in places.values()} != {_PLACE_FIELDS}:
        raise QueryError("cursor", "not a cursor")
    rank, shown = map(int, places["rank"])
    return _Reached(places["after"], rank, shown)


def _cursor(name: str, reached: _Reached) -> str:
    rank = (str(reached.rank), str(reached.shown))
    return encode_cursor(name, _SORT, {"after": reached.place, "rank": rank})
