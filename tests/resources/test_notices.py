"""Owns the tests of what is shown of notifications: as much as the filter leaves.

Never tests what leads to one.
Called by pytest.
"""

import pytest

from tests.resources.test_notifications import Town
from tests.resources.world import World


@pytest.fixture
def town(world: World) -> Town:
    return Town(world, world.market(), world.member("ada"), world.member("ben"))


def test_followers_who_were_blocked_later_are_not_named(town: Town) -> None:
    cleo = town.world.member("cleo")
    cleo.ok("PUT", "/v3/following/members/ada/")
    town.ben.ok("PUT", "/v3/following/members/ada/")
    (before,) = town.told(town.ada)
    assert (before["sentence"], before["link"]) == ("ben and cleo follow you.", "/v3/members/ada/followers/")
    town.ada.ok("PUT", "/v3/blocks/ben/")
    (after,) = town.told(town.ada)
    assert (after["sentence"], after["actors"], after["count"]) == ("cleo follows you.", ["cleo"], 1)
    town.ada.ok("PUT", "/v3/blocks/cleo/")
    assert town.told(town.ada) == []
