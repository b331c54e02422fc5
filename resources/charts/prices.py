"""Owns the chart of last executed prices: a bar for each contract, market by market.

Never guesses a price: a contract that was never traded has no bar.
Called by resources/last_prices.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from actors.machines.limits import PRICE_SCALE
from resources.charts.scales import format_moment, format_price
from resources.charts.sheet import Sheet

ROWS_MAX: Final = 60
"""Contracts in one chart; further ones are counted."""

WIDTH: Final = 760
_MARGIN: Final = 24
_BAR_LEFT: Final = 236
_BAR_WIDTH: Final = 284
_PRICE_LEFT: Final = _BAR_LEFT + _BAR_WIDTH + 12
_TIME_RIGHT: Final = WIDTH - _MARGIN
_HEADING: Final = 52
_ROW: Final = 28
_BAR: Final = 14


class LastPrice(NamedTuple):
    """A contract's name, its last price in ticks and when that was (seconds since 1970); None if never."""

    name: str
    price: int | None
    second: int | None


class MarketPrices(NamedTuple):
    """A market's name, and its contracts in order."""

    name: str
    contracts: Sequence[LastPrice]


def last_prices_chart(markets: Sequence[MarketPrices]) -> bytes:
    """The last executed prices as SVG in UTF-8: up to ``ROWS_MAX`` contracts."""
    count = sum(len(market.contracts) for market in markets)
    shown = list(_first(markets, ROWS_MAX))
    height = _MARGIN // 2 + sum(_HEADING + _ROW * len(market.contracts) for market in shown) + 2 * _MARGIN
    sheet = Sheet(WIDTH, height, "Last executed prices", _description(shown))
    top = _MARGIN // 2
    for market in shown:
        sheet.text(_MARGIN, top + 28, market.name, "name ink", width=WIDTH - 2 * _MARGIN)
        top += _HEADING
        for contract in market.contracts:
            _draw_row(sheet, top, contract)
            top += _ROW
    told = "Last executed prices, times in UTC" + (f"; {count - ROWS_MAX} more" if count > ROWS_MAX else "")
    sheet.text(_MARGIN, height - _MARGIN, told, "faint", width=WIDTH - 2 * _MARGIN)
    return sheet.svg()


def _first(markets: Iterable[MarketPrices], rows: int) -> Iterator[MarketPrices]:
    for market in markets:
        if rows <= 0:
            return
        yield market._replace(contracts=market.contracts[:rows])
        rows -= len(market.contracts)


def _description(markets: Iterable[MarketPrices]) -> str:
    return " ".join(f"{market.name}: {'; '.join(map(_told, market.contracts))}." for market in markets)


def _told(contract: LastPrice) -> str:
    if contract.price is None:
        return f"{contract.name} never traded"
    return f"{contract.name} {format_price(contract.price)}"


def _draw_row(sheet: Sheet, top: int, contract: LastPrice) -> None:
    group = sheet.group("c0", _told(contract))
    base = top + 12
    width = _BAR_LEFT - _MARGIN - 16
    sheet.text(_MARGIN, base, contract.name, "ink", width=width, parent=group)
    sheet.rectangle(_BAR_LEFT, top, _BAR_WIDTH, _BAR, "track", group)
    if contract.price is None:
        sheet.text(_PRICE_LEFT, base, "\N{EN DASH}", "faint", width=60, parent=group)
        return
    sheet.rectangle(_BAR_LEFT, top, _BAR_WIDTH * contract.price / PRICE_SCALE, _BAR, "full", group)
    sheet.text(_PRICE_LEFT, base, format_price(contract.price), "strong ink", width=60, parent=group)
    if contract.second is not None:
        sheet.text(_TIME_RIGHT, base, format_moment(contract.second), "faint end", width=160, parent=group)
