"""Owns the reads of a market's history: candles within bounds, composed to the interval asked for.

Never fills a gap: where nothing was executed there is no candle, and the price is the last close.
Called by resources.

An answer shows a window of ``limit`` intervals, the same one for all its contracts. It ends with the last
interval before ``until`` in which the market traded, so a long time is read window by window, backwards,
and none of them is empty.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, cast

from actors.machines import limits
from couch_views.candles import SECOND_US, Candle, Interval, block_of, compose, start_of
from couch_views.queries.catalogue import markets_by_id
from couch_views.queries.lists import read_known
from couch_views.queries.pages import QueryError, check_limit
from couch_views.queries.reading import Reads
from couch_views.shapes import ID_DIGITS, ContractField, HistoryDocument, MarketDocument, document_id

_END_OF_TIME_S: Final = limits.TIME_US_MAX // SECOND_US
_NO_CONTRACT: Final = 0
"""Below the id of every contract."""


class HistoryFilters(NamedTuple):
    """Which part of a market's history is asked for; times in microseconds since 1970.

    A candle is in it if its time ends after ``since`` and begins before ``until``.
    """

    interval: Interval = Interval.HOUR
    contract_ids: Sequence[int] = ()
    """Empty: all contracts of the market."""
    since: int | None = None
    until: int | None = None


class ContractHistory(NamedTuple):
    """The candles of a contract, oldest first."""

    contract: ContractField
    candles: Sequence[Candle]


class History(NamedTuple):
    """A window of a market's history, its contracts in the order asked for (or the market's).

    ``earlier_until`` is the ``until`` of the window before; None if there is nothing earlier.
    """

    market: MarketDocument
    interval: Interval
    contracts: Sequence[ContractHistory]
    earlier_until: int | None


EVERYTHING: Final = HistoryFilters()


class _Window(NamedTuple):
    """From the first candle's start to the end of the last one, in seconds since 1970."""

    first_s: int
    end_s: int


def history(
    documents: Reads,
    market_id: int,
    filters: HistoryFilters = EVERYTHING,
    limit: int = limits.HISTORY_LIMIT_DEFAULT,
) -> History | None:
    """The market's history; None for an unknown market. Unknown contracts are left out.

    ``QueryError`` for a limit of more than ``limits.HISTORY_CANDLES_MAX`` candles of all contracts together.
    """
    check_limit(limit)
    markets = markets_by_id(documents, [market_id])
    if not markets:
        return None
    market, interval = markets[0], filters.interval
    contracts = _contracts(market, filters.contract_ids)
    if len(contracts) * limit > limits.HISTORY_CANDLES_MAX:
        most = limits.HISTORY_CANDLES_MAX // len(contracts)
        raise QueryError("limit", f"at most {most} for {len(contracts)} contracts")
    window = _window(documents, market_id, filters, limit)
    if window is None:
        return History(market, interval, [ContractHistory(each, []) for each in contracts], None)
    kept = _read(documents, market_id, [contract["id"] for contract in contracts], window, interval)
    found = [ContractHistory(each, compose(kept.get(each["id"], []), interval.seconds)) for each in contracts]
    until = window.first_s * SECOND_US
    goes_on = _window(documents, market_id, filters._replace(until=until), limit) is not None
    return History(market, interval, found, until if goes_on else None)


def _contracts(market: MarketDocument, wanted: Sequence[int]) -> list[ContractField]:
    if not wanted:
        return market["contracts"]
    known = {int(contract["id"]): contract for contract in market["contracts"]}
    return [known[number] for number in dict.fromkeys(wanted) if number in known]


def _window(documents: Reads, market_id: int, filters: HistoryFilters, limit: int) -> _Window | None:
    """None where nothing was executed within the bounds."""
    step_s = filters.interval.seconds
    since_s = 0 if filters.since is None else start_of(filters.since, step_s)
    until_s = _END_OF_TIME_S
    if filters.until is not None:
        # What begins before it is shown whole.
        until_s = start_of(filters.until + step_s * SECOND_US - 1, step_s)
    newest_s = _newest_before(documents, market_id, filters.interval.kept_s, until_s)
    if newest_s is None or newest_s < since_s:
        return None
    end_s = newest_s // step_s * step_s + step_s
    return _Window(max(since_s, end_s - limit * step_s), end_s)


def _newest_before(documents: Reads, market_id: int, kept_s: int, before_s: int) -> int | None:
    """The start of the last kept candle of any of the market's contracts that begins earlier."""
    above = block_of(before_s, kept_s) + 1
    while True:
        found = documents.identities(
            start=document_id("history", market_id, kept_s, above, _NO_CONTRACT),
            end=document_id("history", market_id, kept_s, 0, _NO_CONTRACT),
            descending=True,
            limit=limits.CONTRACTS_PER_MARKET_MAX,
        )
        if not found:
            return None
        above = int(found[0][-2 * ID_DIGITS : -ID_DIGITS])
        newest = [identity for identity in found if identity[:-ID_DIGITS] == found[0][:-ID_DIGITS]]
        read = cast("list[HistoryDocument]", read_known(documents, newest))
        starts = [candle[0] for block in read for candle in block["candles"] if candle[0] < before_s]
        if starts:
            return max(starts)
        # Only the block of that very moment may begin later: the one below it ends this loop.


def _read(
    documents: Reads, market_id: int, contracts: Sequence[str], window: _Window, interval: Interval
) -> dict[str, list[list[int]]]:
    """The kept candles within the window, by contract; oldest first."""
    kept_s = interval.kept_s
    blocks = range(block_of(window.first_s, kept_s), block_of(window.end_s - 1, kept_s) + 1)
    identities = [
        document_id("history", market_id, kept_s, block, contract)
        for contract in contracts
        for block in blocks
    ]
    kept: dict[str, list[list[int]]] = {}
    for block in cast("list[HistoryDocument]", read_known(documents, identities)):
        kept.setdefault(block["contract_id"], []).extend(
            candle for candle in block["candles"] if window.first_s <= candle[0] < window.end_s
        )
    return kept
