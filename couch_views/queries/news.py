"""Owns the reads of the news of markets: newest first, of some or of all, and month by month.

Never shows anything private: there is nothing private in them.
Called by resources.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from actors.machines import limits
from couch_views.queries.keys import key_digits
from couch_views.queries.lists import Listing, ViewRange, distinct
from couch_views.queries.pages import Page, Sort
from couch_views.queries.reading import Reads
from couch_views.shapes import NewsDocument

MONTH_DIGITS: Final = 6
_NEWEST_FIRST: Final = Sort(("created_datetime", "market_id", "id"), descending=True)
_LOWEST: Final = "0"
_HIGHEST: Final = "9"
_REST: Final = 14
"""The digits of a time behind its month."""


class Months(NamedTuple):
    """The months (``2026-10``) beside one in which there is news; ``None``: there is none."""

    before: str | None
    after: str | None


def news(
    documents: Reads,
    market_ids: Sequence[int],
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
    month: str | None = None,
) -> Page[NewsDocument]:
    """The news of these markets, or of all if none is named; ``month``: of this one alone."""
    lowest, highest = (_LOWEST, _HIGHEST) if month is None else _bounds(month)
    name = "news" if month is None else f"news-{month}"
    return Listing(name, _ranges(market_ids, lowest, highest), _NEWEST_FIRST).page(documents, limit, cursor)


def months_beside(documents: Reads, market_ids: Sequence[int], month: str) -> Months:
    """Where the news goes on before and after a month."""
    first, last = _bounds(month)
    before = [
        found[0].place[0]
        for each in _ranges(market_ids, _LOWEST, str(int(first) - 1))
        if (found := each.read(documents, None, 1, descending=True))
    ]
    after = [
        found[0].place[0]
        for each in _ranges(market_ids, str(int(last) + 1), _HIGHEST)
        if (found := each.read(documents, None, 1, descending=False))
    ]
    return Months(_month(max(before)) if before else None, _month(min(after)) if after else None)


def _ranges(market_ids: Sequence[int], lowest: str, highest: str) -> list[ViewRange]:
    prefixes = [key_digits(market_id) for market_id in distinct(market_ids)] or ["0"]
    return [ViewRange("news", (prefix,), lowest, highest) for prefix in prefixes]


def _bounds(month: str) -> tuple[str, str]:
    digits = month.replace("-", "")
    return digits + "0" * _REST, digits + "9" * _REST


def _month(time: str) -> str:
    return f"{time[:4]}-{time[4:MONTH_DIGITS]}"
