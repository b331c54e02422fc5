"""Owns how a scenario is written: sentences, drawn books, outcomes; and what is wrong with a text.

Never performs anything: a text becomes steps, or an error that names its line.
Called by the tests of the pages, a scenario at a time.

A sentence has one of the forms of ``sentences.py``; a line that begins with ``->`` says what must come of the
one above; a book is drawn as ``bid | price | offer``.
"""

import re
from typing import Final

from tests.rules import steps
from tests.rules.sentences import (
    FORMS,
    OUTCOME_PATTERNS,
    OUTCOMES,
    PATTERNS,
    SLOTS,
    STATES,
    known_word,
    price,
    quantity,
)
from tests.rules.steps import Book, Line, Outcome, Row, Step


class RuleError(Exception):
    """A text that is no rule: the line of the page, and what is wrong there."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line


ARROW: Final = "->"
TITLE: Final = re.compile(r"(Book|Auction)(?: of ([A-Z]\w*))?:")
HEADER: Final = ["bid", "price", "offer"]


def parse(text: str, first: int = 1) -> tuple[Line, ...]:
    """The steps of a scenario; ``first`` is the line of the page where it begins."""
    read = _Reader()
    for number, raw in enumerate(text.splitlines(), first):
        try:
            read.line(number, raw.strip())
        except ValueError as error:
            raise RuleError(number, str(error)) from None
    return read.done()


class _Reader:
    """What was read so far of one scenario."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._title: re.Match[str] | None = None
        self._rows: list[Row] | None = None
        self._drawn_at = self._read_to = 0

    def line(self, number: int, text: str) -> None:
        self._read_to = number
        if "|" in text:
            self._drawn(number, [cell.strip() for cell in text.split("|")])
            return
        self._end_book()
        if self._title:
            message = "a book is drawn below its title: bid | price | offer"
            raise ValueError(message)
        if match := TITLE.fullmatch(text):
            self._title = match
        elif text.startswith(ARROW):
            self._outcome(text.removeprefix(ARROW).strip())
        elif text:
            self._lines.append(Line(number, sentence(text)))

    def done(self) -> tuple[Line, ...]:
        self._end_book()
        if self._title or not self._lines:
            raise RuleError(
                self._read_to, "a rule has at least one line, and a title is followed by its book"
            )
        return tuple(self._lines)

    def _drawn(self, number: int, cells: list[str]) -> None:
        if cells == HEADER:
            self._end_book()
            self._rows, self._drawn_at = [], number
        elif self._rows is None:
            message = "a book begins with the line: bid | price | offer"
            raise ValueError(message)
        elif len(cells) != len(HEADER):
            message = "a line of a book has three cells: bid | price | offer"
            raise ValueError(message)
        else:
            self._rows.append(_row(cells, self._rows, crosses=self._collects))

    def _end_book(self) -> None:
        if self._rows is not None:
            contract = (self._title[2] or "") if self._title else ""
            book = Book(contract, tuple(self._rows), collects=self._collects)
            self._lines.append(Line(self._drawn_at, book))
            self._title, self._rows = None, None

    @property
    def _collects(self) -> bool:
        return self._title is not None and self._title[1] == "Auction"

    def _outcome(self, text: str) -> None:
        if not self._lines or not isinstance(self._lines[-1].step, steps.Action):
            message = "what comes of an action stands below the action"
            raise ValueError(message)
        line = self._lines[-1]
        known = line.outcome or Outcome()
        added = outcome(text)
        fields = {name: getattr(known, name) for name in Outcome.__slots__}
        twice = [name for name in added if fields[name] not in {"", (), None}]
        if twice:
            message = f"said twice: {', '.join(twice)}"
            raise ValueError(message)
        self._lines[-1] = Line(line.number, line.step, Outcome(**fields | added))


def sentence(text: str) -> Step:
    """The step that a sentence means."""
    for form, pattern in PATTERNS:
        if match := pattern.fullmatch(text):
            return form.means(match.groupdict())
    near = "".join(f"\n  {each}" for each in close_to(text))
    message = f"{text!r} is no sentence of the notation. Such are:{near}"
    raise ValueError(message)


def close_to(text: str) -> list[str]:
    """The forms that share the most words with a text, three at most; all where none shares any."""
    words = set(text.split())
    shared = {form.text: len(words & set(re.findall(r"\b[a-z]+\b", form.text))) for form in FORMS}
    best = sorted((form for form in shared if shared[form]), key=lambda form: -shared[form])
    return best[:3] or list(shared)


def outcome(text: str) -> dict[str, object]:
    """What a line with an arrow says."""
    for pattern, means in OUTCOME_PATTERNS:
        if match := pattern.fullmatch(text):
            said = means(match.groupdict())
            if "state" in said:
                known_word(str(said["state"]), STATES)
            return said
    message = f"{text!r} is nothing that can come of an action. Such are: {'; '.join(OUTCOMES)}"
    raise ValueError(message)


def _row(cells: list[str], above: list[Row], *, crosses: bool) -> Row:
    """``crosses``: offers may stand below bids, and orders at any price on both ends."""
    bids, at, offers = cells
    if crosses and at == "any":
        row = Row(_orders(bids), steps.ANY_BID if bids else steps.ANY_OFFER, _orders(offers))
    else:
        row = Row(_orders(bids), price(at), _orders(offers))
    if not row.bids and not row.offers:
        message = "nobody is at this price: leave the line out"
        raise ValueError(message)
    if above and above[-1].price <= row.price:
        message = "prices fall from line to line"
        raise ValueError(message)
    if not crosses and row.offers and any(other.bids for other in (*above, row)):
        message = "a book is never crossed: offers stand above bids"
        raise ValueError(message)
    return row


def _orders(cell: str) -> tuple[tuple[str, int], ...]:
    """``alice 10, bob 5``: who is first in line stands first."""
    found = []
    for each in cell.split(", ") if cell else ():
        match = re.fullmatch(rf"({SLOTS['WHO']}) ({SLOTS['QUANTITY']})", each)
        if match is None:
            message = f"{each!r} is no order: write a name and a quantity, as alice 10"
            raise ValueError(message)
        found.append((match[1], quantity(match[2])))
    return tuple(found)
