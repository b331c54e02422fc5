"""Owns the tests of what staff is shown of what members reported.

Never tests what staff does about it.
Called by pytest.
"""

import pytest

from actors.machines import limits
from tests.resources.talking import write
from tests.resources.test_forms import signed_in
from tests.resources.world import STAFF_PASSWORD, Json, Visitor, World


@pytest.fixture
def readers(world: World) -> list[Visitor]:
    return [world.member(f"reader-{number}") for number in range(limits.REPORTS_TO_QUEUE)]


def report(readers: list[Visitor], comment: Json) -> None:
    for reader in readers:
        reader.ok("POST", f"/v3/comments/{comment['id']}/reports/", {"reason": "rude"})


def queued(world: World, query: str = "") -> list[Json]:
    return list(world.staff.ok("GET", f"/v3/staff/reports/{query}")["reports"])


def test_what_enough_have_reported_waits_for_staff(world: World, readers: list[Visitor]) -> None:
    market, ada = world.market(), world.member("ada")
    few, first, second = (write(ada, market, text) for text in ("few", "first", "second"))
    report(readers[:-1], few)
    report(readers, second)
    report(readers, first)
    found = queued(world)
    assert [each["comment"]["text"] for each in found] == ["second", "first"]
    assert found[0]["comment"] == second
    assert [each["username"] for each in found[0]["reports"]] == [f"reader-{n}" for n in range(len(readers))]
    assert [each["comment"]["text"] for each in queued(world, "?states=open")] == ["few"]
    page = world.staff.ok("GET", "/v3/staff/reports/?limit=1")
    (last,) = queued(world, page["pagination"]["next_page"])
    assert last["comment"]["text"] == "first"


@pytest.mark.parametrize("how", ["hidden", "visible", "deleted"])
def test_what_is_settled_waits_no_more(world: World, readers: list[Visitor], how: str) -> None:
    ada = world.member("ada")
    made = write(ada, world.market())
    report(readers, made)
    if how == "deleted":
        ada.send("DELETE", f"/v3/comments/{made['id']}/")
    else:
        asked = {"state": how, "reason": "seen"}
        world.staff.ok("PUT", f"/v3/comments/{made['id']}/visibility/", asked)
    assert queued(world) == []
    (settled,) = queued(world, "?states=settled")
    assert len(settled["reports"]) == len(readers)
    assert (settled["comment"] is None) == (how == "deleted")


def test_an_unknown_state_is_named(world: World) -> None:
    result = world.staff.get("/v3/staff/reports/?states=new")
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, "states[0]")


def test_its_page(world: World, readers: list[Visitor]) -> None:
    ada, market = world.member("ada"), world.market()
    kept, gone = write(ada, market, "<b>Well</b>"), write(ada, market, "So.")
    report(readers, kept)
    staff = signed_in(world, "staff", STAFF_PASSWORD)
    page = staff.get("/v3/staff/reports/")
    assert "<b>Well</b>" in page.main
    assert "reader-0" in page.main
    report(readers, gone)
    ada.send("DELETE", f"/v3/comments/{gone['id']}/")
    page = staff.get("/v3/staff/reports/?states=settled")
    assert "Its author has deleted it." in page.main
    assert "So." not in page.main
