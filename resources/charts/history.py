"""Owns the chart of a market's history: a step of closes for each contract, its highs and lows, volume below.

Never fills a gap with a made-up price: where nothing was executed, the last close goes on.
Called by resources/history.py.
"""

from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Final, NamedTuple

from couch_views.candles import Candle, Interval
from resources.charts.scales import (
    Span,
    format_period,
    format_price,
    format_volume,
    price_scale,
    time_marks,
)
from resources.charts.sheet import COLOURS, Sheet, number

LINES_MAX: Final = len(COLOURS)
"""Contracts in one chart; of more, those of the largest volume."""

WIDTH: Final = 920
HEIGHT: Final = 460
_MARGIN: Final = 24
_LEFT: Final = 64
_RIGHT: Final = 724
_TOP: Final = 84
_BOTTOM: Final = 332
_VOLUME_TOP: Final = 352
_VOLUME_BOTTOM: Final = 408
_LABELS_LEFT: Final = _RIGHT + 24
_LABELS_WIDTH: Final = WIDTH - _LABELS_LEFT - 12
_LABEL_HEIGHT: Final = 32
_TIME_MARKS_MAX: Final = 8
_GAPS_FROM: Final = 4
"""Bars of volume that are wider have a gap between them."""
_INTERVALS_MIN: Final = 12
"""A shorter time leaves room on the left: one candle is no wall."""

_EACH: Final = {
    Interval.MINUTE: "minute",
    Interval.FIVE_MINUTES: "five minutes",
    Interval.HOUR: "hour",
    Interval.DAY: "day",
}


class Line(NamedTuple):
    """A contract: its name, and its candles, oldest first."""

    name: str
    candles: Sequence[Candle]

    @property
    def volume(self) -> int:
        return sum(candle.volume for candle in self.candles)


class _Frame:
    """Where times and prices stand on the sheet. ``x`` and ``y`` are as paths write them.

    The same few times and prices come again and again: they are written once.
    """

    def __init__(self, times: Span, prices: Span, step_s: int) -> None:
        self.times = times
        self.step_s = step_s
        self.across = partial(_between, times, _LEFT, _RIGHT)
        self.up = partial(_between, prices, _BOTTOM, _TOP)
        self.x = cache(lambda second: number(self.across(second)))
        self.y = cache(lambda price: number(self.up(price)))


def _between(span: Span, low_end: float, high_end: float, value: int) -> float:
    return low_end + (high_end - low_end) * span.part(value)


def history_chart(name: str, lines: Sequence[Line], interval: Interval) -> bytes:
    """The history of the market ``name`` as SVG in UTF-8.

    Shows up to ``LINES_MAX`` contracts that traded, in the order given.
    """
    traded = [line for line in lines if line.candles]
    shown = _of_largest_volume(traded)
    sheet = Sheet(WIDTH, HEIGHT, f"{name}: prices by {_EACH[interval]}", _description(shown, interval))
    sheet.text(_MARGIN, 36, name, "name ink", width=WIDTH - 2 * _MARGIN)
    sheet.text(_MARGIN, 58, _subtitle(shown, interval), "faint", width=WIDTH - 2 * _MARGIN)
    if not shown:
        _draw_emptiness(sheet)
        return sheet.svg()
    candles = [candle for line in shown for candle in line.candles]
    scale, marks = price_scale(min(candle.low for candle in candles), max(candle.high for candle in candles))
    frame = _Frame(_times(candles, interval.seconds), scale, interval.seconds)
    _draw_prices_grid(sheet, frame, marks)
    _draw_times(sheet, frame)
    _draw_volume(sheet, frame, candles)
    for place, line in enumerate(shown):
        _draw_line(sheet, frame, place, line)
    _draw_labels(sheet, frame, shown)
    if len(traded) > len(shown):
        sheet.text(_LABELS_LEFT, HEIGHT - 12, f"+ {len(traded) - len(shown)} more", "faint", width=140)
    return sheet.svg()


def _of_largest_volume(lines: Sequence[Line]) -> list[Line]:
    ranked = sorted(range(len(lines)), key=lambda place: -lines[place].volume)
    return [lines[place] for place in sorted(ranked[:LINES_MAX])]


def _times(candles: Iterable[Candle], step_s: int) -> Span:
    starts = [candle.start_s for candle in candles]
    end = max(starts) + step_s
    return Span(min(*starts, end - _INTERVALS_MIN * step_s), end)


def _subtitle(lines: Sequence[Line], interval: Interval) -> str:
    what = f"Price and volume by {_EACH[interval]}"
    if not lines:
        return what
    first = min(line.candles[0].start_s for line in lines)
    last = max(line.candles[-1].start_s for line in lines)
    return f"{what} \N{MIDDLE DOT} {format_period(first, last, interval.seconds)}"


def _description(lines: Sequence[Line], interval: Interval) -> str:
    if not lines:
        return "Nothing has been executed in this time."
    return f"{_subtitle(lines, interval)}. " + " ".join(map(_told, lines))


def _told(line: Line) -> str:
    first, last = line.candles[0], line.candles[-1]
    low = min(candle.low for candle in line.candles)
    high = max(candle.high for candle in line.candles)
    return (
        f"{line.name}: from {format_price(first.open)} to {format_price(last.close)}, "
        f"between {format_price(low)} and {format_price(high)}, volume {format_volume(line.volume)}."
    )


def _draw_emptiness(sheet: Sheet) -> None:
    for price in range(0, 10_001, 2_500):
        y = _BOTTOM - (_BOTTOM - _TOP) * price / 10_000
        sheet.line(_LEFT, y, _RIGHT, y, "grid")
        sheet.text(_LEFT - 10, y + 4, format_price(price), "faint end", width=60)
    sheet.line(_LEFT, _VOLUME_BOTTOM, _RIGHT, _VOLUME_BOTTOM, "axis")
    middle = (_LEFT + _RIGHT) / 2
    sheet.rectangle(middle - 90, (_TOP + _BOTTOM) / 2 - 18, 180, 36, "paper")
    sheet.text(
        middle, (_TOP + _BOTTOM) / 2 + 5, "No executions in this time", "strong faint middle", width=300
    )


def _draw_prices_grid(sheet: Sheet, frame: _Frame, marks: Iterable[int]) -> None:
    for price in marks:
        y = frame.up(price)
        sheet.line(_LEFT, y, _RIGHT, y, "grid")
        sheet.text(_LEFT - 10, y + 4, format_price(price), "faint end", width=60)


def _draw_times(sheet: Sheet, frame: _Frame) -> None:
    for mark in time_marks(frame.times, _TIME_MARKS_MAX):
        x = frame.across(mark.second)
        sheet.line(x, _TOP, x, _VOLUME_BOTTOM + 5, "grid")
        sheet.text(x, _VOLUME_BOTTOM + 20, mark.label, "faint middle", width=80)
        sheet.text(x, _VOLUME_BOTTOM + 36, mark.below, "ink middle", width=80)
    sheet.text(_LABELS_LEFT, _VOLUME_BOTTOM + 20, "UTC", "faint", width=80)


def _draw_volume(sheet: Sheet, frame: _Frame, candles: Iterable[Candle]) -> None:
    """The volume of all contracts that are shown."""
    volumes: dict[int, int] = {}
    for candle in candles:
        volumes[candle.start_s] = volumes.get(candle.start_s, 0) + candle.volume
    largest = max(volumes.values())
    steps = []
    for start_s, volume in sorted(volumes.items()):
        left, right = frame.across(start_s), frame.across(start_s + frame.step_s)
        gap = 1.0 if right - left > _GAPS_FROM else 0.0
        y = _VOLUME_BOTTOM - max(1.0, (_VOLUME_BOTTOM - _VOLUME_TOP) * volume / largest)
        steps.append(f"M{number(left)} {_VOLUME_BOTTOM}V{number(y)}H{number(right - gap)}V{_VOLUME_BOTTOM}z")
    sheet.path("".join(steps), "volume")
    sheet.line(_LEFT, _VOLUME_BOTTOM, _RIGHT, _VOLUME_BOTTOM, "axis")
    sheet.text(_LEFT - 10, _VOLUME_TOP + 8, format_volume(largest), "faint end", width=60)
    sheet.text(_LABELS_LEFT, _VOLUME_TOP + 8, "Volume", "faint", width=80)


def _draw_line(sheet: Sheet, frame: _Frame, place: int, line: Line) -> None:
    group = sheet.group(f"c{place}", _told(line))
    band = [
        f"M{frame.x(candle.start_s)} {frame.y(candle.high)}"
        f"H{frame.x(candle.start_s + frame.step_s)}V{frame.y(candle.low)}H{frame.x(candle.start_s)}z"
        for candle in line.candles
        if candle.low < candle.high
    ]
    if band:
        sheet.path("".join(band), "band full", group)
    first, last = line.candles[0], line.candles[-1]
    steps = [f"M{frame.x(first.start_s)} {frame.y(first.close)}"]
    close = first.close
    for candle in line.candles[1:]:
        if candle.close != close:
            steps.append(f"H{frame.x(candle.start_s)}V{frame.y(candle.close)}")
            close = candle.close
    steps.append(f"H{_RIGHT}")
    sheet.path("".join(steps), "line", group)
    sheet.circle(_RIGHT, frame.up(last.close), 4, "full", group)


def _draw_labels(sheet: Sheet, frame: _Frame, lines: Sequence[Line]) -> None:
    """Names and last prices, each beside the end of its line as nearly as there is room."""
    ends = [frame.up(line.candles[-1].close) for line in lines]
    for place, y in enumerate(_apart(ends)):
        group = sheet.group(f"c{place}", lines[place].name)
        sheet.path(
            f"M{_RIGHT + 4} {number(ends[place])}H{_RIGHT + 8}L{_LABELS_LEFT - 8} {number(y)}h4",
            "lead",
            group,
        )
        sheet.text(_LABELS_LEFT, y - 1, lines[place].name, "strong full", width=_LABELS_WIDTH, parent=group)
        price = format_price(lines[place].candles[-1].close)
        sheet.text(_LABELS_LEFT, y + 14, price, "ink", width=_LABELS_WIDTH, parent=group)


def _apart(wanted: Sequence[float]) -> list[float]:
    """These heights, moved so far that labels don't cover each other, in the same order, on the sheet."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    moved = dict[int, float]()
    floor = float(_TOP)
    for place in order:
        moved[place] = floor = max(wanted[place], floor)
        floor += _LABEL_HEIGHT
    ceiling = float(_BOTTOM)
    for place in reversed(order):
        moved[place] = ceiling = min(moved[place], ceiling)
        ceiling -= _LABEL_HEIGHT
    return [moved[place] for place in range(len(wanted))]
