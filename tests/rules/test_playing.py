"""Owns the tests that a rule which doesn't hold is noticed, at its line, with what is and what was written.

Never tests a rule.
Called by pytest.
"""

import pytest

from tests.rules.notation import parse
from tests.rules.playing import BrokenRuleError, play

TRADE = "alice buys 10 at 48\nbob sells 10 at 48\n-> filled\n-> trades 10 at 48\n"
BROKEN = [
    ("alice buys 10 at 48\n-> filled", 1, "but it is\n  -> created\n  -> rests 10"),
    ("alice buys 10 at 48\n-> trades 10 at 48", 1, "the rule says\n  -> trades 10 at 48\nbut it is"),
    ("alice buys 10 at 48\n-> rests 9", 1, "rests 10"),
    ("alice has 1\nalice buys 10 at 48", 2, "nothing is said of what came of it:   -> refused: insufficient"),
    ("alice has 1\nalice buys 10 at 48\n-> rests 10", 2, "refused: insufficient-funds"),
    ("alice has 1\nalice buys 10 at 48\n-> refused: limit-exceeded", 2, "refused: insufficient-funds"),
    ("alice buys 10 at 48\nbob sells 10 at 48", 2, "nothing is said of what came of it:   -> filled"),
    ("alice buys 10 at 48\nbob sells 10 at 48\n-> filled", 2, "trades 10 at 48"),
    (f"{TRADE}alice shows balance 1000, exposure 4.8, available 995", 5, "'available': 99520000000"),
    (f"{TRADE}alice holds -10 Yes", 5, "the rule says\n-100000\nbut it is\n100000"),
    (f"{TRADE}the market shows closed", 5, "but it is\nopen"),
    (f"{TRADE}the exchange has kept 1", 5, "but it is\n0"),
    (f"{TRADE}the market closes\nthe verdict is corrected to Yes", 6, "is it corrected or not?"),
    ("alice buys 1 at 5, called one\norder one is cancelled", 2, "('created', '')"),
    ("alice buys 1 at 5\nbob has 5\nalice buys 1 at 5", 2, "before anything is done"),
    ("alice has 5\nalice has 5", 2, "alice has something already"),
    ("alice buys 1 at 5\na market of Yes", 2, "in the first line"),
    ("alice buys 1 at 5, called one\nbob buys 1 at 5, called one", 2, "an order one already"),
    ("alice cancels order one", 1, "no order is called one"),
    ("order one is filled", 1, "no order is called one"),
    ("alice cancels their bid at 5", 1, "alice has 0 orders there"),
    ("alice buys 1 Maybe at 5", 1, "no contract Maybe"),
    ("alice cancels everything\n-> cancels 1 orders", 1, "cancels 0 orders"),
    ("alice has 1\nbid | price | offer\nalice 10 | 48 |", 2, "alice: Outcome(state='refused'"),
]


@pytest.mark.parametrize(("text", "line", "seen"), BROKEN, ids=[text for text, _, _ in BROKEN])
def test_a_rule_that_does_not_hold_is_noticed(text: str, line: int, seen: str) -> None:
    with pytest.raises(BrokenRuleError) as broken:
        play(parse(text))
    assert str(broken.value).startswith(f"line {line}: ")
    assert seen in str(broken.value)


def test_a_drawn_book_is_shown_beside_the_real_one() -> None:
    text = "alice buys 10 at 48\nbob buys 5 at 48\nbid | price | offer\nbob 5, alice 10 | 48 |"
    with pytest.raises(BrokenRuleError) as broken:
        play(parse(text))
    drawn = "              bid | price | offer\n  {} |    48 |"
    rule, real = drawn.format("bob 5, alice 10"), drawn.format("alice 10, bob 5")
    assert str(broken.value) == f"line 3: the rule says\n{rule}\nbut it is\n{real}"


def test_what_the_audit_finds_breaks_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.rules.stage.Stage.sound", lambda _: ["money is missing"])
    with pytest.raises(BrokenRuleError, match="the audit finds: money is missing"):
        play(parse("alice buys 1 at 5"))
