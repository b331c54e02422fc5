"""Owns the tests that are written as prose: every scenario of every page is one, under its own name.

Never knows a rule: it reads them from the pages.
Called by pytest.
"""

import pytest

from tests.rules.notation import RuleError, parse
from tests.rules.pages import PAGE, Scenario, pages, scenarios
from tests.rules.playing import BrokenRuleError, play

RULES_MIN = 40

ALL = [scenario for page in pages() for scenario in scenarios(page)]


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.title)
def test_rule(scenario: Scenario) -> None:
    problem = ""
    try:
        play(parse(scenario.text, scenario.first))
    except (RuleError, BrokenRuleError) as error:
        problem = f"{scenario.page}.md, {error}"
    if problem:  # here, so that it is shown without what led to it
        pytest.fail(problem, pytrace=False)


def test_there_are_as_many_as_are_promised() -> None:
    beside = [scenario for scenario in ALL if scenario.page != PAGE.stem]
    assert len(beside) >= RULES_MIN
