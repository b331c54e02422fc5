"""Owns the tests of the report of transitions: what counts as taken, what is missing, how it is said.

Never runs a machine.
Called by pytest.
"""

from scripts.diagrams.tables import Machine, Step
from tests.transitions.report import Report

PUSHED = Step("shut", "Pushed", "open")
BUILT = Step(None, "", "shut")
TURNED = Step("open", "Turned", "open")
DOOR = Machine("door", "Door", ("open", "shut"), (BUILT, PUSHED, TURNED))


def report(*taken: tuple[Step, str]) -> Report:
    made = Report([DOOR])
    for step, test in taken:
        made.take("door", step, test)
    return made


def test_what_no_test_takes_is_a_problem() -> None:
    some = report((BUILT, "test_a"), (PUSHED, "test_a"))
    assert some.problems() == ["Door: no test takes open -> open by Turned"]
    assert some.summary() == "2 of 3 declared transitions are taken by tests"
    assert report((BUILT, "a"), (PUSHED, "a"), (TURNED, "a")).problems() == []


def test_what_is_taken_and_in_no_table_is_a_problem_but_staying_where_one_is_is_none() -> None:
    stray, stayed = Step("open", "Kicked", "shut"), Step("shut", "Kicked", "shut")
    all_taken = report((BUILT, "a"), (PUSHED, "a"), (TURNED, "a"), (stray, "a"), (stayed, "a"))
    assert all_taken.problems() == ["Door: open -> shut by Kicked was taken, but is in no table"]


def test_each_transition_is_listed_with_the_tests_that_took_it() -> None:
    made = report((PUSHED, "test_b"), (PUSHED, "test_a"), (PUSHED, "test_b"))
    assert list(made.lines()) == [
        "Door (door)",
        "  (nothing) -> shut: NO TEST",
        "  shut -> open by Pushed: test_a, test_b",
        "  open -> open by Turned: NO TEST",
    ]
    assert "  shut -> open by Pushed: test_a and 1 more" in list(made.lines(1))
    assert "  shut -> open by Pushed: test_a, test_b" in list(made.lines(None))


def test_what_other_processes_have_seen_is_added() -> None:
    here, there = report((BUILT, "test_a")), report((BUILT, "test_b"), (PUSHED, "test_b"))
    here.add(there.rows())
    assert here.taken["door"] == {BUILT: {"test_a": None, "test_b": None}, PUSHED: {"test_b": None}}
