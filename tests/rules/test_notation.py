"""Owns the tests of the notation: what each kind of line means, and what is said of a text that is no rule.

Never performs a rule.
Called by pytest.
"""

import re

import pytest

from actors.machines.messages.words import MarketState, Side, TimeInForce
from tests.rules import steps
from tests.rules.notation import RuleError, parse, sentence
from tests.rules.pages import FOLDER, pages, scenarios
from tests.rules.sentences import FORMS, MARKET_OPTIONS, ORDER_OPTIONS, OUTCOMES, PATTERNS
from tests.rules.steps import Book, Line, Outcome, Row, Step

SENTENCES: list[tuple[str, Step]] = [
    ("a market of Rain", steps.Market(("Rain",))),
    (
        "a market of Red, Green and Blue with 2 winners, commission of 5 % and prices in steps of 0.5",
        steps.Market(("Red", "Green", "Blue"), 2, 500, 50),
    ),
    ("a market of Yes and No with trading not begun", steps.Market(opens=False)),
    ("alice has 12.5", steps.Funds("alice", 1_250_000_000)),
    ("alice buys 10 at 48", steps.Order("alice", Side.BUY, 100_000, 4_800)),
    (
        "bob sells 0.5 No at 0.01, immediate or cancel, called first",
        steps.Order("bob", Side.SELL, 5_000, 1, "No", TimeInForce.IMMEDIATE_OR_CANCEL, name="first"),
    ),
    ("alice cancels order first", steps.Cancel("alice", steps.Called("first"))),
    ("alice cancels their bid at 48", steps.Cancel("alice", steps.Resting(Side.BUY, 4_800))),
    ("bob cancels their offer at 5 of No", steps.Cancel("bob", steps.Resting(Side.SELL, 500, "No"))),
    ("alice cancels everything", steps.CancelAll("alice")),
    ("the market is halted", steps.Move(MarketState.HALTED)),
    ("the exchange is halted and all orders are cancelled", steps.Switch(True, True)),
    ("the verdict is Red and Blue", steps.Settle(("Red", "Blue"))),
    ("the verdict is nothing", steps.Settle(())),
    ("the verdict is corrected to void", steps.Settle((), void=True, corrects=True)),
    ("bob withdraws 4", steps.MoveMoney("bob", -400_000_000)),
    ("1.5 s pass", steps.Wait(1_500_000)),
    (
        "alice shows balance -1, exposure 0.5",
        steps.MoneyIs("alice", (("balance", -100_000_000), ("exposure", 50_000_000))),
    ),
    ("alice holds -3 Yes", steps.HoldingIs("alice", -30_000, "Yes")),
    ("order first is cancelled: self-trade", steps.OrderIs("first", "cancelled", "self-trade")),
    ("the market shows open", steps.MarketIs("open")),
    ("the exchange has kept 0.25", steps.CommissionIs(25_000_000)),
]


@pytest.mark.parametrize(("text", "step"), SENTENCES, ids=[text for text, _ in SENTENCES])
def test_a_sentence_means_a_step(text: str, step: Step) -> None:
    assert sentence(text) == step


def test_books_and_outcomes_belong_to_their_scenario() -> None:
    text = """
      bid              | price | offer
                       |    52 | bob 1, carol 2.5
      alice 10         |    48 |

    dave buys 1 at 52
      -> filled
      -> trades 1 at 52
      -> rests 0

    Book of No:
      bid | price | offer
    """
    rows = (
        Row((), 5_200, (("bob", 10_000), ("carol", 25_000))),
        Row((("alice", 100_000),), 4_800, ()),
    )
    order = steps.Order("dave", Side.BUY, 10_000, 5_200)
    assert parse(text, 100) == (
        Line(101, Book("", rows)),
        Line(105, order, Outcome("filled", trades=((10_000, 5_200),), rests=0)),
        Line(111, Book("No", ())),
    )


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 0, "at least one line"),
        ("alice buys 10 for 48", 1, "\n  WHO buys QUANTITY[ CONTRACT] at PRICE[, OPTIONS]\n"),
        ("alice has 5\n\nalice bus 10 at 48", 3, "no sentence"),
        ("Alice buys 10 at 48", 1, "no sentence"),
        ("alice buys 10 at 48.123", 1, "48.123 has more than 2 decimal places"),
        ("alice buys 0.00001 at 48", 1, "more than 4 decimal places"),
        (
            "alice buys 10 at 48, for fun",
            1,
            "an order can't have the option 'for fun'; there are: immediate or cancel",
        ),
        ("a market of Yes and No with a prize", 1, "a market can't have the option 'a prize'"),
        ("alice shows hope 3", 1, "'hope' is no measure; they are: balance, exposure, available"),
        ("order first is lost", 1, "no state 'lost'"),
        ("-> filled", 1, "below the action"),
        ("alice has 5\n-> filled", 2, "below the action"),
        ("alice buys 1 at 5\n-> flled", 2, "no state 'flled'"),
        ("alice buys 1 at 5\n-> trades much", 2, "nothing that can come of an action"),
        ("alice buys 1 at 5\n-> filled\n-> created", 3, "said twice: state"),
        ("alice 10 | 48 |", 1, "a book begins with the line"),
        ("bid | price | offer\nalice 10 | 48", 2, "three cells"),
        ("bid | price | offer\nalice | 48 |", 2, "'alice' is no order"),
        ("bid | price | offer\nbob 1 | high |", 2, "'high' is no number"),
        ("bid | price | offer\n | 48 |", 2, "nobody is at this price"),
        ("bid | price | offer\n | 48 | bob 1\n | 49 | bob 1", 3, "prices fall"),
        ("bid | price | offer\nbob 1 | 49 |\n | 48 | bob 1", 3, "never crossed"),
        ("bid | price | offer\nbob 1 | 49 | alice 1", 2, "never crossed"),
        ("bid | price | offer\nbob 1 | any |", 2, "any"),
        ("Book of No:\nalice buys 1 at 5", 2, "below its title"),
        ("alice buys 1 at 5\nBook of No:", 2, "a title is followed by its book"),
    ],
)
def test_a_text_that_is_no_rule_is_refused_at_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse(text)
    assert problem in str(refused.value)
    assert refused.value.line == line


def test_no_sentence_of_any_page_has_two_forms() -> None:
    said = {line.strip() for page in pages() for each in scenarios(page) for line in each.text.splitlines()}
    for text in said:
        forms = [form.text for form, pattern in PATTERNS if pattern.fullmatch(text)]
        assert len(forms) <= 1, f"{text}: {forms}"


def test_every_form_is_said_somewhere() -> None:
    said = {line.strip() for page in pages() for each in scenarios(page) for line in each.text.splitlines()}
    said |= {text for text, _ in SENTENCES}
    assert [form.text for form in FORMS if not any(form.pattern.fullmatch(text) for text in said)] == []


def test_the_page_about_the_notation_has_all_of_it() -> None:
    page = (FOLDER / "README.md").read_text()
    said = re.findall("`([^`\n]+)`", page)
    assert [form.text for form in FORMS if form.text not in said] == []
    assert [text for text in OUTCOMES if text not in said] == []
    options = [*MARKET_OPTIONS, *ORDER_OPTIONS]
    assert [option for option in options if not any(re.fullmatch(option, text) for text in said)] == []
