"""Owns the tests of events: made and changed by staff, listed and filtered for everybody.

Never tests which states an event may take after which: the catalogue's tests do.
Called by pytest.
"""

import pytest

from tests.resources.world import World, all_pages, order_in

CUP = {"name": "Harbour Cup", "type": "sailing", "start_datetime": "2026-05-17T14:00:00Z"}


def test_staff_makes_an_event_and_everybody_sees_it(world: World) -> None:
    result = world.staff.post("/v3/events/", CUP | {"description": "A race."})
    assert result.status_code == 201
    event = result.json["event"]
    assert result.headers["location"] == f"/v3/events/{event['id']}/"
    assert world.anyone.ok("GET", f"/v3/events/{event['id']}/") == {"events": [event]}
    assert event.pop("created_datetime").startswith("2026-01-01T")
    assert event == {
        "id": "1",
        "name": "Harbour Cup",
        "slug": "harbour-cup",
        "type": "sailing",
        "state": "upcoming",
        "start_datetime": "2026-05-17T14:00:00.000000Z",
        "description": "A race.",
    }


def test_a_time_of_another_zone_is_shown_in_utc(world: World) -> None:
    event = world.staff.ok("POST", "/v3/events/", CUP | {"start_datetime": "2026-05-17T16:00:00+02:00"})[
        "event"
    ]
    assert event["start_datetime"] == "2026-05-17T14:00:00.000000Z"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": None}, "name"),
        ({"type": 5}, "type"),
        ({"start_datetime": "tomorrow"}, "start_datetime"),
        ({"start_datetime": "2026-05-17T14:00:00"}, "start_datetime"),
        ({"start_datetime": "1969-12-31T23:59:59Z"}, "start_datetime"),
        ({"start_datetime": 1}, "start_datetime"),
        ({"description": "x" * 10_001}, "description"),
        ({"state": "live"}, "state"),
    ],
)
def test_what_an_event_may_be(world: World, changes: dict[str, object], field: str) -> None:
    before = world.state_hashes()
    result = world.staff.post("/v3/events/", CUP | changes)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert world.state_hashes() == before


def test_staff_changes_an_event_and_what_is_left_out_stays(world: World) -> None:
    event = world.event()
    path = f"/v3/events/{event['id']}/"
    changed = world.staff.ok("PATCH", path, {"state": "live", "name": "Cup"})["event"]
    assert changed == event | {"state": "live", "name": "Cup", "slug": "cup"}
    moved = world.staff.ok("PATCH", path, {"start_datetime": "2027-01-01T00:00:00Z"})["event"]
    assert moved == changed | {"start_datetime": "2027-01-01T00:00:00.000000Z"}
    assert world.anyone.ok("GET", path) == {"events": [moved]}


def test_a_step_that_an_event_can_not_take_is_409(world: World) -> None:
    path = f"/v3/events/{world.event()['id']}/"
    world.staff.ok("PATCH", path, {"state": "cancelled"})
    result = world.staff.send("PATCH", path, {"state": "live"})
    assert (result.status_code, result.json["error_type"]) == (409, "EVENT_STATE_NOT_ALLOWED")


def test_an_event_that_is_not_there_is_404(world: World) -> None:
    for path in ("/v3/events/9/", "/v3/events/x/", "/v3/events/9/markets/"):
        assert world.anyone.get(path).status_code == 404
    for path in ("/v3/events/9/", "/v3/events/x/", "/v3/events/1,2/"):
        assert world.staff.send("PATCH", path, {"name": "x"}).status_code == 404


def test_only_staff_makes_and_changes_events(world: World) -> None:
    path, ada = f"/v3/events/{world.event()['id']}/", world.member("ada")
    assert ada.post("/v3/events/", CUP).status_code == 403
    assert ada.send("PATCH", path, {"name": "x"}).status_code == 403
    assert world.anyone.post("/v3/events/", CUP).status_code == 401
    assert world.anyone.send("PATCH", path, {"name": "x"}).status_code == 401


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["1", "2", "3"]),
        ("?sort=-id&limit=2", ["3", "2"]),
        ("?sort=start_datetime", ["3", "2", "1"]),
        ("?states=live", ["2"]),
        ("?states=upcoming,live&types=sailing&&", ["1", "2"]),
        ("?types=chess", ["3"]),
        ("?ids=3,1", ["3", "1"]),
        ("?ids=3&ids=9&ids=1&states=upcoming", ["3", "1"]),
        ("?start_datetime_min=2026-02-01T00:00:00Z", ["1", "2"]),
        ("?start_datetime_max=2026-02-01T00:00:00Z", ["2", "3"]),
        ("?start_datetime_min=2026-01-02T00:00:00Z&start_datetime_max=2026-02-01T00:00:00Z", ["2"]),
    ],
)
def test_events_are_filtered_and_sorted(world: World, query: str, expected: list[str]) -> None:
    for month, kind in (("03", "sailing"), ("02", "sailing"), ("01", "chess")):
        body = {"name": month, "type": kind, "start_datetime": f"2026-{month}-01T00:00:00Z"}
        world.staff.ok("POST", "/v3/events/", body)
    world.staff.ok("PATCH", "/v3/events/2/", {"state": "live"})
    answer = world.anyone.ok("GET", f"/v3/events/{query}")
    assert [event["id"] for event in answer["events"]] == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("states=sunny", "states[0]"),
        ("sort=name", "sort"),
        ("ids=x", "ids[0]"),
        ("start_datetime_min=soon", "start_datetime_min"),
        ("start_datetime_max=1960-01-01T00:00:00Z", "start_datetime_max"),
        ("with_volumes=maybe", "with_volumes"),
        ("limit=1001", "limit"),
        ("cursor=x", "cursor"),
    ],
)
def test_a_wrong_parameter_is_named(world: World, query: str, field: str) -> None:
    result = world.anyone.get(f"/v3/events/?{query}")
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)


def test_pages_lead_through_all_events(world: World) -> None:
    made = [world.event(str(number))["id"] for number in range(5)]
    events = all_pages(world.anyone, "/v3/events/", "?limit=2&states=upcoming", "events")
    assert [event["id"] for event in events] == made


def test_the_markets_of_events_come_whole_in_the_order_asked(world: World) -> None:
    first, _, third = (world.market() for _ in range(3))
    path = f"/v3/events/{third['event_id']},{first['event_id']}/markets/"
    assert [market["id"] for market in world.anyone.ok("GET", path)["markets"]] == [third["id"], first["id"]]


def test_volumes_are_shown_when_asked_for(world: World) -> None:
    market = world.market()
    world.member("ada").ok("POST", "/v3/orders/", order_in(market))
    world.member("ben").ok("POST", "/v3/orders/", order_in(market, side="sell", quantity=4_000))
    path = f"/v3/events/{market['event_id']}/"
    for query in ("", "?with_volumes=false"):
        assert "volume" not in world.anyone.ok("GET", f"{path}{query}")["events"][0]
    assert world.anyone.ok("GET", f"{path}?with_volumes=True")["events"][0]["volume"] == 4_000
    assert world.anyone.ok("GET", "/v3/events/?with_volumes=true")["events"][0]["volume"] == 4_000
    assert world.anyone.ok("GET", f"{path}markets/?with_volumes=1")["markets"][0]["volume"] == 4_000
