"""Owns the documents of scores: results added up by cell, and the keys by which boards are in order.

Never decides what counts: results come as the scores slice has them.
Called through the table.
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.scores import Cell, MemberScored, Result, Showing, ShowingChanged, Streak
from actors.machines.messages.social_words import Detail
from actors.machines.money import format_money, parse_money
from actors.machines.stream.score_cells import cells
from actors.machines.stream.scoring import CERTAIN, streak_after
from couch_views.formats import format_time
from couch_views.leaderboards import BOARDS, CALIBRATED_MARKETS_MIN, STAKE_MIN
from couch_views.projection.rules import Change, Moment
from couch_views.score_shapes import ScoreDocument, score_document_id

_NOTHING: Final = Result(0, 0, 0, 0)
RATIO_SCALE: Final = 10_000
"""Returns and Brier scores are compared, and so may be equal, as they are shown: in 1/10000."""


class WorkingScore:
    """A score between events: money and the Brier sum as integers, keys once it is dumped."""

    __slots__ = ("brier", "document", "profit", "stake")

    def __init__(self, document: ScoreDocument) -> None:
        self.document = document
        self.profit = parse_money(document["profit"])
        self.stake = parse_money(document["stake"])
        self.brier = int(document["brier"])

    def dump(self) -> ScoreDocument:
        document, detail = self.document, Detail(self.document["detail"])
        values = self._values()
        document["profit"] = format_money(self.profit)
        document["stake"] = format_money(self.stake)
        document["brier"] = str(self.brier)
        document["keys"] = {name: BOARDS[name].key(value) for name, value in values.items()}
        document["listed"] = [name for name in values if BOARDS[name].is_for(detail)]
        return document

    def change(self, event: MemberScored, streak: Streak | None, at: Moment) -> "WorkingScore":
        """The market's result instead of the one before, if any; without a streak it is the newest."""
        document, result, before = self.document, event.result or _NOTHING, event.before or _NOTHING
        self.profit += result.profit - before.profit
        self.stake += result.stake - before.stake
        self.brier += result.brier - before.brier
        document["volume"] += result.volume - before.volume
        document["markets"] += (event.result is not None) - (event.before is not None)
        current, longest = document["current_streak"], document["longest_streak"]
        document["current_streak"], document["longest_streak"] = (
            streak_after(current, longest, result.profit)
            if streak is None
            else (streak.current, streak.longest)
        )
        self.show(event.showing)
        document["updated_datetime"] = format_time(at.time)
        return self

    def show(self, showing: Showing) -> None:
        self.document["audience"], self.document["detail"] = showing.audience.value, showing.detail.value

    def _values(self) -> dict[str, int]:
        """What is compared on each board that has a place for this."""
        document = self.document
        kind, markets, volume = document["scope"].partition(":")[0], document["markets"], document["volume"]
        if not markets:
            return {}
        values = {"profit": self.profit, "volume": volume}
        if self.stake >= STAKE_MIN:
            values["return"] = self.profit * RATIO_SCALE // self.stake
        if markets >= CALIBRATED_MARKETS_MIN or kind in {"event", "market"}:
            values["calibration"] = self.brier * RATIO_SCALE // (volume * CERTAIN**2)
        if document["longest_streak"]:
            values["streak"] = document["longest_streak"]
        return {name: value for name, value in values.items() if kind in BOARDS[name].scopes}


def keep_scores(place: int) -> Change:
    """The document of the cell that is at this place among those of a result."""

    def cell_of(event: MemberScored) -> Cell:
        return cells(event.market_id, event.event_id, event.category, event.time)[place]

    def identify(event: MemberScored) -> tuple[str, ...]:
        cell = cell_of(event)
        return (score_document_id(event.account_id, cell.scope, cell.period),)

    def fold(score: WorkingScore, event: MemberScored, at: Moment) -> WorkingScore:
        streak = event.streaks[place] if event.streaks else None
        return score.change(event, streak, at)

    def begin(event: MemberScored, at: Moment) -> ScoreDocument:
        return _nothing_yet(event, cell_of(event), at)

    return Change("score", identify, fold, begin)


def shown_scores(event: ShowingChanged) -> Iterator[str]:
    for cell in event.cells:
        yield score_document_id(event.account_id, cell.scope, cell.period)


def show_score(score: WorkingScore, event: ShowingChanged, _: Moment) -> WorkingScore:
    score.show(event.showing)
    return score


def _nothing_yet(event: MemberScored, cell: Cell, at: Moment) -> ScoreDocument:
    return {
        "_id": score_document_id(event.account_id, cell.scope, cell.period),
        "kind": "score",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(event.account_id),
        "username": event.username,
        "scope": cell.scope,
        "period": cell.period,
        "markets": 0,
        "profit": "0.00",
        "stake": "0.00",
        "volume": 0,
        "brier": "0",
        "current_streak": 0,
        "longest_streak": 0,
        "keys": {},
        "audience": event.showing.audience.value,
        "detail": event.showing.detail.value,
        "listed": [],
        "updated_datetime": format_time(at.time),
    }
