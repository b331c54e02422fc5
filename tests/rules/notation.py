"""Owns the notation of rules: which sentences there are, how books are drawn, and what is wrong with a text.

Never performs anything: a text becomes steps, or an error that names its line.
Called by the tests of the pages, a scenario at a time.

A sentence has one form of the table below; a line that begins with ``->`` says what must come of the one
above; a book is drawn as ``bid | price | offer``. Prices are percent of probability (48 = 4800 ticks),
quantities and money currency units; a quantity is what is paid out if the contract wins.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple, get_args

from actors.machines.messages.words import MarketState, OrderState, SelfTrade, Side, TimeInForce
from tests.rules import steps
from tests.rules.steps import Book, Line, Outcome, Row, Step


class RuleError(Exception):
    """A text that is no rule: the line of the page, and what is wrong there."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line


SLOTS: Final = {
    "WHO": r"[a-z]{3,}",
    "NAME": r"[a-z]\w*",
    "QUANTITY": r"\d+(?:\.\d+)?",
    "TOTAL": r"\d+(?:\.\d+)?",
    "NEW": r"\d+(?:\.\d+)?",
    "SHARING": r"[A-Z]\w*(?:, [A-Z]\w*)*(?: and [A-Z]\w*)?",
    "HELD": r"-?\d+(?:\.\d+)?",
    "PRICE": r"\d+(?:\.\d+)?",
    "MONEY": r"\d+(?:\.\d+)?",
    "SECONDS": r"\d+(?:\.\d+)?",
    "CONTRACT": r"[A-Z]\w*",
    "CONTRACTS": r"[A-Z]\w*(?:, [A-Z]\w*)*(?: and [A-Z]\w*)?",
    "STATE": r"[a-z]+",
    "SIDE": "bid|offer",
    "REASON": r"[a-z]+(?:-[a-z]+)*",
    "OPTIONS": r".+",
    "MONIES": r"[a-z]+ -?[\d.]+(?:, [a-z]+ -?[\d.]+)*",
    "TRADES": r"[\d.]+ at [\d.]+(?:(?:, | and )[\d.]+ at [\d.]+)*",
    "COUNT": r"\d+",
}
"""What the words in capitals stand for. Members are written small, contracts with a capital."""

Found = Mapping[str, str]


class Form(NamedTuple):
    """A sentence that can be said: words, slots in capitals, what may be left out in brackets."""

    text: str
    means: Callable[[Found], Step]

    @property
    def pattern(self) -> re.Pattern[str]:
        return pattern_of(self.text)


def pattern_of(text: str) -> re.Pattern[str]:
    """The regular expression of a form."""
    escaped = re.escape(text).replace(r"\[", "(?:").replace(r"\]", ")?")
    return re.compile(re.sub("[A-Z]{3,}", lambda word: f"(?P<{word[0]}>{SLOTS[word[0]]})", escaped))


# Values.


def scaled(text: str, places: int) -> int:
    """A decimal number as a whole number of its smallest parts; ValueError if it is finer than that."""
    number = Decimal(text).scaleb(places)
    if number != number.to_integral_value():
        message = f"{text} has more than {places} decimal places"
        raise ValueError(message)
    return int(number)


def price(text: str) -> int:
    return scaled(text, 2)


def quantity(text: str) -> int:
    return scaled(text, 4)


def money(text: str) -> int:
    return scaled(text, 8)


def names(text: str) -> tuple[str, ...]:
    """The names of a list: ``Red, Green and Blue``."""
    return tuple(re.split(", | and ", text))


# The forms: what there is at first.


def _market(found: Found) -> steps.Market:
    market: dict[str, object] = {"contracts": names(found["CONTRACTS"])}
    for option in re.split(", | and ", found.get("OPTIONS") or "") if found.get("OPTIONS") else ():
        market |= _market_option(option)
    return steps.Market(**market)  # type: ignore[arg-type] # each option is of its field's type


def _market_option(option: str) -> dict[str, object]:
    for pattern, means in MARKET_OPTIONS.items():
        if match := re.fullmatch(pattern, option):
            return means(match[1] if match.groups() else "")
    message = f"a market has no {option!r}; it may have: {', '.join(MARKET_OPTIONS)}"
    raise ValueError(message)


MARKET_OPTIONS: Final[dict[str, Callable[[str], dict[str, object]]]] = {
    r"(\d+) winners": lambda count: {"winner_count": int(count)},
    r"commission of (\d+) %": lambda percent: {"commission": int(percent) * 100},
    r"prices in steps of ([\d.]+)": lambda step: {"ladder": price(step)},
    "trading not begun": lambda _: {"opens": False},
    "cross-matching": lambda _: {"cross_matching": True},
    r"an in-play delay of (\d+) s": lambda seconds: {"in_play_delay_ms": int(seconds) * 1_000},
}


# What is done.


def _order(side: Side) -> Callable[[Found], Step]:
    def means(found: Found) -> steps.Order:
        options: dict[str, object] = {}
        for option in found["OPTIONS"].split(", ") if found.get("OPTIONS") else ():
            options |= _order_option(option)
        return steps.Order(
            found["WHO"],
            side,
            quantity(found["QUANTITY"]),
            price(found["PRICE"]),
            found["CONTRACT"] or "",
            **options,  # type: ignore[arg-type] # each option is of its field's type
        )

    return means


def _order_option(option: str) -> dict[str, object]:
    for pattern, means in ORDER_OPTIONS.items():
        if match := re.fullmatch(pattern, option):
            return means(match[1] if match.groups() else "")
    message = f"an order can't be {option!r}; it may be: {', '.join(ORDER_OPTIONS)}"
    raise ValueError(message)


ORDER_OPTIONS: Final[dict[str, Callable[[str], dict[str, object]]]] = {
    "immediate or cancel": lambda _: {"time_in_force": TimeInForce.IMMEDIATE_OR_CANCEL},
    "fill or kill": lambda _: {"time_in_force": TimeInForce.FILL_OR_KILL},
    "good til halted": lambda _: {"time_in_force": TimeInForce.GOOD_TIL_HALTED},
    "kept in play": lambda _: {"time_in_force": TimeInForce.KEEP_IN_PLAY},
    r"good for ([\d.]+) s": lambda seconds: {
        "time_in_force": TimeInForce.GOOD_TIL_DATE,
        "good_for": scaled(seconds, 6),
    },
    "post only": lambda _: {"post_only": True},
    "cancelling their own": lambda _: {"self_trade": SelfTrade.CANCEL_MAKER},
    r"seeing version (\d+)": lambda version: {"version": int(version)},
    r"called ([a-z]\w*)": lambda name: {"name": name},
}


def _which(found: Found) -> steps.Which:
    if found.get("NAME"):
        return steps.Called(found["NAME"])
    side = Side.BUY if found["SIDE"] == "bid" else Side.SELL
    return steps.Resting(side, price(found["PRICE"]), found.get("CONTRACT") or "")


def _amend(found: Found) -> steps.Amend:
    new = price(found["NEW"]) if found["NEW"] else None
    return steps.Amend(found["WHO"], _which(found), quantity(found["TOTAL"]), new)


def _settled(*, corrects: bool) -> Callable[[Found], Step]:
    return lambda found: steps.Settle(names(found["CONTRACTS"]), corrects=corrects)


def _moved(state: MarketState) -> Callable[[Found], Step]:
    return lambda _: steps.Move(state)


# What must be seen.


def _money_is(found: Found) -> steps.MoneyIs:
    amounts = []
    for each in found["MONIES"].split(", "):
        measure, amount = each.split(" ")
        if measure not in get_args(steps.Measure):
            message = f"{measure!r} is no measure; they are: {', '.join(get_args(steps.Measure))}"
            raise ValueError(message)
        amounts.append((measure, money(amount)))
    return steps.MoneyIs(found["WHO"], tuple(amounts))  # type: ignore[arg-type] # looked up just above


def _state_is(found: Found) -> steps.OrderIs:
    _known(found["STATE"], OrderState)
    return steps.OrderIs(found["NAME"], found["STATE"], found.get("REASON") or "")


def _market_is(found: Found) -> steps.MarketIs:
    _known(found["STATE"], MarketState)
    return steps.MarketIs(found["STATE"])


def _known(word: str, words: Iterable[str]) -> None:
    if word not in list(words):
        message = f"there is no state {word!r}; there are: {', '.join(words)}"
        raise ValueError(message)


BUY, SELL = _order(Side.BUY), _order(Side.SELL)
GIVEN: Final = (
    Form("a market of CONTRACTS[ with OPTIONS]", _market),
    Form("WHO has MONEY", lambda found: steps.Funds(found["WHO"], money(found["MONEY"]))),
)
ACTIONS: Final = (
    Form("WHO buys QUANTITY[ CONTRACT] at PRICE[, OPTIONS]", BUY),
    Form("WHO sells QUANTITY[ CONTRACT] at PRICE[, OPTIONS]", SELL),
    Form("WHO cancels order NAME", lambda found: steps.Cancel(found["WHO"], _which(found))),
    Form("WHO cancels their SIDE at PRICE[ of CONTRACT]", lambda f: steps.Cancel(f["WHO"], _which(f))),
    Form("WHO amends order NAME to TOTAL[ at NEW]", _amend),
    Form("WHO amends their SIDE at PRICE[ of CONTRACT] to TOTAL[ at NEW]", _amend),
    Form("WHO cancels everything", lambda found: steps.CancelAll(found["WHO"])),
    Form("the market opens", _moved(MarketState.OPEN)),
    Form("the market is halted", _moved(MarketState.HALTED)),
    Form("the market closes", _moved(MarketState.CLOSED)),
    Form("the market turns in play", lambda _: steps.InPlay()),
    Form("the exchange is halted", lambda _: steps.Switch(halted=True)),
    Form("the exchange is halted and all orders are cancelled", lambda _: steps.Switch(True, True)),
    Form("the exchange opens", lambda _: steps.Switch(halted=False)),
    Form("the verdict is CONTRACTS", _settled(corrects=False)),
    Form("the verdict is a dead heat of CONTRACTS", lambda f: steps.Settle((), names(f["CONTRACTS"]))),
    Form(
        "the verdict is CONTRACTS, then a dead heat of SHARING",
        lambda found: steps.Settle(names(found["CONTRACTS"]), names(found["SHARING"])),
    ),
    Form("the verdict is nothing", lambda _: steps.Settle(())),
    Form("the verdict is void", lambda _: steps.Settle((), void=True)),
    Form("the verdict is corrected to CONTRACTS", _settled(corrects=True)),
    Form("the verdict is corrected to void", lambda _: steps.Settle((), void=True, corrects=True)),
    Form("WHO is paid MONEY", lambda found: steps.MoveMoney(found["WHO"], money(found["MONEY"]))),
    Form("WHO withdraws MONEY", lambda found: steps.MoveMoney(found["WHO"], -money(found["MONEY"]))),
    Form("SECONDS s pass", lambda found: steps.Wait(scaled(found["SECONDS"], 6))),
)
CHECKS: Final = (
    Form("WHO shows MONIES", _money_is),
    Form(
        "WHO holds HELD CONTRACT",
        lambda found: steps.HoldingIs(found["WHO"], quantity(found["HELD"]), found["CONTRACT"]),
    ),
    Form("order NAME is STATE[: REASON]", _state_is),
    Form("the market shows STATE", _market_is),
    Form("the market shows version COUNT", lambda found: steps.VersionIs(int(found["COUNT"]))),
    Form("the exchange has kept MONEY", lambda found: steps.CommissionIs(money(found["MONEY"]))),
)
FORMS: Final = (*GIVEN, *ACTIONS, *CHECKS)
PATTERNS: Final = [(form, form.pattern) for form in FORMS]

# What may come of an action.

OUTCOMES: Final[dict[str, Callable[[Found], dict[str, object]]]] = {
    "STATE: REASON": lambda found: {"state": found["STATE"], "reason": found["REASON"]},
    "trades TRADES": lambda found: {"trades": _trades(found["TRADES"])},
    "rests QUANTITY": lambda found: {"rests": quantity(found["QUANTITY"])},
    "cancels COUNT orders": lambda found: {"cancels": int(found["COUNT"])},
    "STATE": lambda found: {"state": found["STATE"]},
}
OUTCOME_PATTERNS: Final = [(pattern_of(form), means) for form, means in OUTCOMES.items()]
STATES: Final = ("refused", "done", *OrderState, *MarketState)


def _trades(text: str) -> tuple[tuple[int, int], ...]:
    pairs = (each.split(" at ") for each in re.split(", | and ", text))
    return tuple((quantity(amount), price(at)) for amount, at in pairs)


# Reading.

ARROW: Final = "->"
TITLE: Final = re.compile(r"Book of ([A-Z]\w*):")
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
        self._title = ""
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
            self._title = match[1]
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
            self._rows.append(_row(cells, self._rows))

    def _end_book(self) -> None:
        if self._rows is not None:
            self._lines.append(Line(self._drawn_at, Book(self._title, tuple(self._rows))))
            self._title, self._rows = "", None

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
                _known(str(said["state"]), STATES)
            return said
    message = f"{text!r} is nothing that can come of an action. Such are: {'; '.join(OUTCOMES)}"
    raise ValueError(message)


def _row(cells: list[str], above: list[Row]) -> Row:
    bids, at, offers = cells
    row = Row(_orders(bids), price(at), _orders(offers))
    if not row.bids and not row.offers:
        message = "nobody is at this price: leave the line out"
        raise ValueError(message)
    if above and above[-1].price <= row.price:
        message = "prices fall from line to line"
        raise ValueError(message)
    if row.offers and any(other.bids for other in (*above, row)):
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
