"""Owns the tests of what a member did in public.

Never tests profiles.
Called by pytest.
"""

import feedparser

from tests.resources.world import World


def test_a_member_joined(world: World) -> None:
    world.member("ada")
    (entry,) = world.anyone.ok("GET", "/v3/members/ada/activity/")["activity"]
    assert entry["type"] == "joined"


def test_it_is_a_feed(world: World) -> None:
    ada = world.member("ada")
    ada.ok("PATCH", "/v3/members/ada/", {"display_name": "Ada <&>"})
    answer = world.anyone.get("/v3/members/ada/activity/", Accept="application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    (entry,) = feed.entries
    assert (entry.title, entry.author) == ("Ada <&> joined Credence.", "Ada <&>")


def test_nobody_did_nothing(world: World) -> None:
    assert world.anyone.get("/v3/members/nobody/activity/").status_code == 404
