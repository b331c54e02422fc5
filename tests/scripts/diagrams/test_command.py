"""Owns the tests of the diagrams in ARCHITECTURE.md: how they are drawn, and that they are today's.

Never tests how a table is read.
Called by pytest.
"""

import pytest

from scripts.diagrams import command
from scripts.diagrams.command import BEGIN, END, diagram, drawn_into
from scripts.diagrams.tables import Machine, Step, machines

DOOR = Machine(
    "actors.machines.door",
    "Door",
    ("open", "shut", "gone"),
    (
        Step("shut", "Pushed", "open"),
        Step("shut", "Blown", "open"),
        Step("shut", "Burnt", "gone"),
        Step(None, "Built", "shut"),
    ),
)
DRAWN = [
    "[*] --> shut : Built",
    "shut --> open : Pushed, Blown",
    "shut --> gone : Burnt",
    "open --> [*]",
    "gone --> [*]",
]


def test_the_page_shows_the_tables_of_today() -> None:
    page = command.PAGE.read_text()
    assert drawn_into(page, machines()) == page, "a table has changed: make diagrams"


def test_events_that_lead_the_same_way_share_an_arrow() -> None:
    assert list(diagram(DOOR)) == DRAWN


def test_what_was_always_there_begins_in_its_first_state_and_arrows_may_have_no_name() -> None:
    lamp = Machine("lamp", "Lamp", ("off", "on"), (Step("off", "", "on"), Step("on", "", "off")))
    assert list(diagram(lamp)) == ["[*] --> off", "off --> on", "on --> off"]


def test_only_what_is_between_the_markers_is_written_anew() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    drawn = drawn_into(page, [DOOR])
    assert drawn.startswith(f"before\n{BEGIN}\n\n#### Door\n")
    assert drawn.endswith(f"```\n\n{END}\nafter\n")
    assert "old" not in drawn
    assert "\n".join(f"    {line}" for line in DRAWN) in drawn
    assert drawn_into(drawn, [DOOR]) == drawn


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{END}"])
def test_a_page_without_its_markers_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="these two lines"):
        drawn_into(page, [DOOR])


def test_the_command_writes_the_page_that_it_is_pointed_to(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path_factory.mktemp("page") / "PAGE.md"
    page.write_text(f"{BEGIN}{END}")
    monkeypatch.setattr(command, "PAGE", page)
    assert command.main() == 0
    assert page.read_text() == drawn_into(f"{BEGIN}{END}", machines())
