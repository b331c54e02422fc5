"""Owns the sentences of rules: one table of what can be said, and what each form means.

Never reads a whole scenario, and never performs anything.
Called by the notation, a sentence at a time.

Prices are percent of probability (48 = 4800 ticks), quantities and money currency units; a quantity is what
is paid out if the contract wins.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple, get_args

from actors.machines.messages.words import (
    ChallengeState,
    MarketState,
    OrderState,
    SelfTrade,
    Side,
    TimeInForce,
)
from tests.rules import steps
from tests.rules.steps import Step

SLOTS: Final = {
    "WHO": r"[a-z]{3,}",
    "OPPONENT": r"[a-z]{3,}",
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
    """A decimal number as a whole number of its smallest parts; ValueError if it is none, or finer."""
    try:
        number = Decimal(text).scaleb(places)
    except InvalidOperation:
        message = f"{text!r} is no number"
        raise ValueError(message) from None
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


Means = Callable[[str], dict[str, object]]
"""The fields of a step that an option sets, from the number or name in it."""


def options(text: str | None, separator: str, known: Mapping[str, Means], what: str) -> dict[str, object]:
    """What a list of options sets."""
    fields: dict[str, object] = {}
    for option in re.split(separator, text) if text else ():
        found = ((re.fullmatch(pattern, option), means) for pattern, means in known.items())
        match, means = next((pair for pair in found if pair[0]), (None, None))
        if match is None or means is None:
            message = f"{what} can't have the option {option!r}; there are: {', '.join(known)}"
            raise ValueError(message)
        fields |= means(match[1] if match.groups() else "")
    return fields


def _market(found: Found) -> steps.Market:
    fields = options(found["OPTIONS"], ", | and ", MARKET_OPTIONS, "a market")
    return steps.Market(names(found["CONTRACTS"]), **fields)  # type: ignore[arg-type] # each fits its field


MARKET_OPTIONS: Final[dict[str, Means]] = {
    r"(\d+) winners": lambda count: {"winner_count": int(count)},
    r"commission of (\d+) %": lambda percent: {"commission": int(percent) * 100},
    r"prices in steps of ([\d.]+)": lambda step: {"ladder": price(step)},
    "trading not begun": lambda _: {"opens": False},
    "cross-matching": lambda _: {"cross_matching": True},
    "an opening auction": lambda _: {"opening_auction_s": 0},
    r"an opening auction of (\d+) s": lambda seconds: {"opening_auction_s": int(seconds)},
    "a closing auction": lambda _: {"closing_auction_s": 0},
    r"a closing auction of (\d+) s": lambda seconds: {"closing_auction_s": int(seconds)},
    r"an in-play delay of (\d+) s": lambda seconds: {"in_play_delay_ms": int(seconds) * 1_000},
}


# What is done.


def _order(side: Side) -> Callable[[Found], steps.Order]:
    def means(found: Found) -> steps.Order:
        return steps.Order(
            found["WHO"],
            side,
            quantity(found["QUANTITY"]),
            price(found["PRICE"]),
            found["CONTRACT"] or "",
            **options(found["OPTIONS"], ", ", ORDER_OPTIONS, "an order"),  # type: ignore[arg-type] # as above
        )

    return means


ORDER_OPTIONS: Final[dict[str, Means]] = {
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


def _at_any_price(side: Side) -> Callable[[Found], steps.Order]:
    """The price of such an order isn't looked at."""
    return lambda found: steps.Order(
        found["WHO"],
        side,
        quantity(found["QUANTITY"]),
        1,
        found["CONTRACT"] or "",
        TimeInForce.MARKET,
        **options(found["OPTIONS"], ", ", ORDER_OPTIONS, "an order"),  # type: ignore[arg-type] # as above
    )


def _auction_is(found: Found) -> steps.AuctionIs:
    amount, at, over = quantity(found["QUANTITY"]), price(found["PRICE"]), found["HELD"]
    return steps.AuctionIs(found["CONTRACT"] or "", amount, at, quantity(over) if over else 0)


def _challenge(side: Side) -> Callable[[Found], Step]:
    def means(found: Found) -> steps.Challenge:
        amount, at = quantity(found["QUANTITY"]), price(found["PRICE"])
        order = steps.Order(found["WHO"], side, amount, at, found["CONTRACT"] or "", name=found["NAME"])
        opponent = "" if found["OPPONENT"] == "anyone" else found["OPPONENT"]
        return steps.Challenge(order, opponent, scaled(found["SECONDS"], 6))

    return means


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
    known_word(found["STATE"], OrderState)
    return steps.OrderIs(found["NAME"], found["STATE"], found.get("REASON") or "")


def _market_is(found: Found) -> steps.MarketIs:
    known_word(found["STATE"], MarketState)
    return steps.MarketIs(found["STATE"])


def known_word(word: str, words: Iterable[str]) -> None:
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
    Form("WHO would buy QUANTITY[ CONTRACT] at PRICE[, OPTIONS]", lambda f: steps.Preview(BUY(f))),
    Form("WHO would sell QUANTITY[ CONTRACT] at PRICE[, OPTIONS]", lambda f: steps.Preview(SELL(f))),
    Form("WHO buys QUANTITY[ CONTRACT] at any price[, OPTIONS]", _at_any_price(Side.BUY)),
    Form("WHO sells QUANTITY[ CONTRACT] at any price[, OPTIONS]", _at_any_price(Side.SELL)),
    Form(
        "WHO challenges OPPONENT for SECONDS s: buys QUANTITY[ CONTRACT] at PRICE, called NAME",
        _challenge(Side.BUY),
    ),
    Form(
        "WHO challenges OPPONENT for SECONDS s: sells QUANTITY[ CONTRACT] at PRICE, called NAME",
        _challenge(Side.SELL),
    ),
    Form("WHO accepts NAME", lambda found: steps.Answer(found["WHO"], found["NAME"], accepts=True)),
    Form("WHO declines NAME", lambda found: steps.Answer(found["WHO"], found["NAME"], accepts=False)),
    Form("WHO cancels order NAME", lambda found: steps.Cancel(found["WHO"], _which(found))),
    Form("WHO cancels their SIDE at PRICE[ of CONTRACT]", lambda f: steps.Cancel(f["WHO"], _which(f))),
    Form("WHO amends order NAME to TOTAL[ at NEW]", _amend),
    Form("WHO amends their SIDE at PRICE[ of CONTRACT] to TOTAL[ at NEW]", _amend),
    Form("WHO cancels everything", lambda found: steps.CancelAll(found["WHO"])),
    Form("the market opens", _moved(MarketState.OPEN)),
    Form("the market goes into auction", _moved(MarketState.AUCTION)),
    Form("the market is halted", _moved(MarketState.HALTED)),
    Form("the market closes", _moved(MarketState.CLOSED)),
    Form("the market turns in play", lambda _: steps.InPlay()),
    Form("the exchange is halted", lambda _: steps.Switch(halted=True)),
    Form("the exchange is halted and all orders are cancelled", lambda _: steps.Switch(True, True)),
    Form("the exchange opens", lambda _: steps.Switch(halted=False)),
    Form("CONTRACT is voided", lambda found: steps.Void(found["CONTRACT"])),
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
    Form("the auction[ of CONTRACT] shows QUANTITY at PRICE[, imbalance HELD]", _auction_is),
    Form("the auction[ of CONTRACT] shows nothing", lambda f: steps.AuctionIs(f["CONTRACT"] or "")),
    Form("the exchange has kept MONEY", lambda found: steps.CommissionIs(money(found["MONEY"]))),
)
FORMS: Final = (*GIVEN, *ACTIONS, *CHECKS)
PATTERNS: Final = [(form, form.pattern) for form in FORMS]

# What may come of an action.

OUTCOMES: Final[dict[str, Callable[[Found], dict[str, object]]]] = {
    "STATE: REASON": lambda found: {"state": found["STATE"], "reason": found["REASON"]},
    "trades TRADES": lambda found: {"trades": _trades(found["TRADES"])},
    "rests QUANTITY": lambda found: {"rests": quantity(found["QUANTITY"])},
    "exposure MONEY": lambda found: {"exposure": money(found["MONEY"])},
    "cancels COUNT orders": lambda found: {"cancels": int(found["COUNT"])},
    "STATE": lambda found: {"state": found["STATE"]},
}
OUTCOME_PATTERNS: Final = [(pattern_of(form), means) for form, means in OUTCOMES.items()]
STATES: Final = tuple(dict.fromkeys(("refused", "done", *OrderState, *MarketState, *ChallengeState)))


def _trades(text: str) -> tuple[tuple[int, int], ...]:
    pairs = (each.split(" at ") for each in re.split(", | and ", text))
    return tuple((quantity(amount), price(at)) for amount, at in pairs)
