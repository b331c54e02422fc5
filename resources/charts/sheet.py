"""Owns the sheet that a chart is drawn on: elements, texts that are safe in XML, numbers, the look.

Never knows what is drawn.
Called by the charts of this package.

A sheet holds no script and refers to nothing outside of itself. What is drawn is a tree of elements that the
standard library writes, so that no text can end one of them.
"""

import re
import unicodedata
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from resources.toolkit.media.xml_text import xml_text

TEXT_CHARACTERS_MAX: Final = 300
"""Of any one text; names are shorter."""
TEXT_PX: Final = 12
NAME_PX: Final = 18
_ELLIPSIS: Final = "…"
_BOLD_WIDTH: Final = 0.64
_PLAIN_WIDTH: Final = 0.58
"""Of a character, in units of its size, in a wide font: what fits there fits everywhere."""

_BLANKS: Final = re.compile(r"\s+")

COLOURS: Final = (
    ("#2563eb", "#75a7ff"),
    ("#c2410c", "#ff9b62"),
    ("#15803d", "#56cc86"),
    ("#7c3aed", "#b79bff"),
    ("#be185d", "#ff85b8"),
    ("#0e7490", "#4fcbe0"),
    ("#8a6100", "#e3b94f"),
    ("#475569", "#a9b7cb"),
)
"""On white and on black: at least 4.5 : 1 against either, so that names can be written in them."""

_LIGHT: Final = (
    "svg{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;"
    f"font-size:{TEXT_PX}px;font-variant-numeric:tabular-nums}}"
    ".paper{fill:#fff}.ink{fill:#16202a}.faint{fill:#586572}.grid{stroke:#e6eaee}.axis{stroke:#b4bec6}"
    ".volume{fill:#aab5c4}.track{fill:#eef1f5}"
    f".name{{font-size:{NAME_PX}px;font-weight:600}}.strong{{font-weight:600}}"
    ".end{text-anchor:end}.middle{text-anchor:middle}"
    ".line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.band{opacity:.17}"
    ".lead{fill:none;opacity:.55}"
)
_DARK: Final = (
    ".paper{fill:#172026}.ink{fill:#e6ecf0}.faint{fill:#9dabb6}.grid{stroke:#29353d}.axis{stroke:#4a5a64}"
    ".volume{fill:#4f5f6b}.track{fill:#232f37}.band{opacity:.24}"
)


class Sheet:
    """A picture of this size. Coordinates are pixels from its upper left corner."""

    def __init__(self, width: int, height: int, title: str, description: str) -> None:
        self.root = Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {width} {height}",
                "width": str(width),
                "height": str(height),
                "role": "img",
                "aria-labelledby": "chart-title chart-description",
            },
        )
        SubElement(self.root, "title", {"id": "chart-title"}).text = clean(title)
        SubElement(self.root, "desc", {"id": "chart-description"}).text = xml_text(description)
        SubElement(self.root, "style").text = _style()
        self.rectangle(0, 0, width, height, "paper")

    def group(self, style: str, title: str) -> Element:
        """What belongs together; pointing at it shows the title."""
        group = SubElement(self.root, "g", {"class": style})
        SubElement(group, "title").text = clean(title)
        return group

    def text(
        self, x: float, y: float, content: str, style: str, *, width: float, parent: Element | None = None
    ) -> None:
        """A line of text on the base line ``y``, cut where it would be wider than ``width``."""
        words = style.split()
        size = NAME_PX if "name" in words else TEXT_PX
        character = _BOLD_WIDTH if {"name", "strong"}.intersection(words) else _PLAIN_WIDTH
        self._draw("text", style, parent, x=x, y=y).text = fitted(clean(content), width / size, character)

    def rectangle(
        self, x: float, y: float, width: float, height: float, style: str, parent: Element | None = None
    ) -> None:
        self._draw("rect", style, parent, x=x, y=y, width=width, height=height)

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        self._draw("line", style, None, x1=x1, y1=y1, x2=x2, y2=y2)

    def circle(self, x: float, y: float, radius: float, style: str, parent: Element) -> None:
        self._draw("circle", style, parent, cx=x, cy=y, r=radius)

    def path(self, steps: str, style: str, parent: Element | None = None) -> None:
        self._draw("path", style, parent).set("d", steps)

    def svg(self) -> bytes:
        """The picture in UTF-8, without an XML declaration: a document, or a part of one."""
        return bytes(tostring(self.root, encoding="utf-8", xml_declaration=False))

    def _draw(self, tag: str, style: str, parent: Element | None, **measures: float) -> Element:
        attributes = {name: number(measure) for name, measure in measures.items()}
        return SubElement(self.root if parent is None else parent, tag, {**attributes, "class": style})


def number(measure: float) -> str:
    """A coordinate to a tenth of a pixel."""
    return f"{measure:.1f}".removesuffix(".0")


def clean(text: str) -> str:
    """One line that may stand in XML, of bounded length."""
    return _BLANKS.sub(" ", xml_text(text[:TEXT_CHARACTERS_MAX])).strip()


def fitted(text: str, widths: float, character_width: float) -> str:
    """The text, or as much of it as is about so wide. Widths are in units of its size."""
    taken = 0.0
    for place, character in enumerate(text):
        taken += 1.0 if unicodedata.east_asian_width(character) in "WF" else character_width
        if taken > widths:
            return text[: max(0, place - 1)].rstrip() + _ELLIPSIS
    return text


def _style() -> str:
    return f"{_LIGHT}{_coloured(0)}@media(prefers-color-scheme:dark){{{_DARK}{_coloured(1)}}}"


def _coloured(scheme: int) -> str:
    return "".join(
        f".c{place} .line,.c{place} .lead{{stroke:{pair[scheme]}}}.c{place} .full{{fill:{pair[scheme]}}}"
        for place, pair in enumerate(COLOURS)
    )
