"""Owns the reads of leaderboards: a page of one, with ranks, of all who may be shown or of some members.

Never decides who may be shown: who reads says so, and nobody else counts for a rank.
Called by resources.

A cursor holds the place of the last one that was shown, and never of one that was not.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
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
    check_limit(limit)
    name = f"standings-{board.name}-{cell.scope}-{cell.period}"
    reached = _reached(name, cursor)
    found: list[Standing] = []
    place, scanned, chunk = reached.place, 0, limit + 1
    while scanned < SCANNED_MAX:
        listed = _listed(documents, board, cell, audiences, place, chunk)
        for score in _shown(board, listed, documents, allowed):
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


def standings_among(
    documents: Reads,
    board: Board,
    cell: Cell,
    account_ids: Sequence[int],
    allowed: Allowed,
    limit: int,
    cursor: str | None = None,
) -> Page[Standing]:
    """A page of these members alone, as far as they may be shown; all of them are read for it."""
    check_limit(limit)
    name = f"among-{board.name}-{cell.scope}-{cell.period}"
    after = _reached(name, cursor)
    identities = [score_document_id(account_id, cell.scope, cell.period) for account_id in account_ids]
    scores = [cast("ScoreDocument", score) for score in read_known(documents, identities)]
    on_board = [score for score in scores if board.name in score["keys"]]
    may_be_shown = allowed([_account(score) for score in on_board])
    shown = [score for score in on_board if _account(score) in may_be_shown]
    left = sorted(
        (score for score in shown if _place(board, score) > after.place), key=partial(_place, board)
    )
    found = []
    for score in left[:limit]:
        after = after.next(_place(board, score))
        found.append(_standing(board, after, score))
    return Page(found, _cursor(name, after) if len(left) > limit else None)


class _Listed(NamedTuple):
    """A row of the view."""

    place: Place
    id: str


def _listed(
    documents: Reads, board: Board, cell: Cell, audiences: Sequence[Audience], after: Place, limit: int
) -> list[_Listed]:
    """Up to so many rows behind a place, of those who show themselves to any of the audiences."""
    prefix: list[Json] = [board.name, key_text(f"{cell.period} {cell.scope}")]
    ranges: list[tuple[Json, Json]] = [
        ([*prefix, audience.value, *after], [*prefix, audience.value, {}]) for audience in audiences
    ]
    # Where it begins there may be the one who was shown last.
    found = documents.views(DESIGN, VIEW, ranges, limit=limit + 1)
    rows = (
        _Listed(tuple(cast("list[str]", row.key)[-_PLACE_FIELDS:]), row.id) for rows in found for row in rows
    )
    return sorted(row for row in rows if row.place != after)[:limit]


def _shown(
    board: Board, listed: Sequence[_Listed], documents: Reads, allowed: Allowed
) -> Iterator[ScoreDocument]:
    """Their documents, of those who may be shown. A row that is older than its document is passed over."""
    read = documents.get_many([row.id for row in listed])
    scores = [cast("ScoreDocument", score) for score in read if score is not None]
    places = {row.id: row.place for row in listed}
    may_be_shown = allowed([_account(score) for score in scores])
    for score in scores:
        if _place(board, score) == places[score["_id"]] and _account(score) in may_be_shown:
            yield score


def _standing(board: Board, reached: _Reached, score: ScoreDocument) -> Standing:
    return Standing(reached.rank, board.value(score["keys"][board.name]), score)


def _place(board: Board, score: ScoreDocument) -> Place:
    """By key, and by account among those who are as good as each other; no key: nowhere."""
    return score["keys"].get(board.name, ""), score["account_id"].zfill(ID_DIGITS)


def _account(score: ScoreDocument) -> int:
    return int(score["account_id"])


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
