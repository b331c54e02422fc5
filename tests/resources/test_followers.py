"""Owns the tests of who sees who follows whom, and how many.

Never tests the following itself.
Called by pytest.
"""

import pytest

from actors.machines import limits
from tests.resources.world import Visitor, World, all_pages

NOTHING = {"pagination": {"next_page": None}}


@pytest.fixture
def ben(world: World) -> Visitor:
    """Ben and Cleo follow Ada, in this order; Dan follows nobody."""
    for name in ("ada", "cleo", "dan"):
        world.member(name, money=None)
    ben = world.member("ben", money=None)
    for visitor in (ben, world.sign_in("cleo")):
        visitor.ok("PUT", "/v3/following/members/ada/")
    return ben


def followers_of(visitor: Visitor, query: str = "") -> list[str]:
    return [each["username"] for each in visitor.ok("GET", f"/v3/members/ada/followers/{query}")["followers"]]


def followed_by_ben(visitor: Visitor) -> list[str]:
    return [each["type"] for each in visitor.ok("GET", "/v3/members/ben/following/")["following"]]


def test_by_default_members_see_followers_newest_first(world: World, ben: Visitor) -> None:
    assert followers_of(ben) == followers_of(world.sign_in("dan")) == ["cleo", "ben"]
    assert followers_of(world.anyone) == []
    path = "/v3/members/ada/followers/"
    assert [each["username"] for each in all_pages(ben, path, "?limit=1", "followers")] == ["cleo", "ben"]


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [
        # Who may see Ada's followers, and who may see whom Cleo follows.
        ({"ada": {"followers": {"audience": "everyone"}}}, {"anyone": 0, "dan": 2, "ben": 2, "ada": 2}),
        (
            {
                "ada": {"followers": {"audience": "everyone"}},
                "cleo": {"follow": {"audience": "everyone"}},
            },
            {"anyone": 1, "dan": 2, "ben": 2, "ada": 2},
        ),
        ({"ada": {"followers": {"audience": "followers"}}}, {"anyone": 0, "dan": 0, "ben": 2, "ada": 2}),
        ({"ada": {"followers": {"audience": "only_me"}}}, {"anyone": 0, "dan": 0, "ben": 0, "ada": 2}),
        (
            {"cleo": {"follow": {"audience": "only_me"}}},
            {"anyone": 0, "dan": 1, "ben": 1, "ada": 1, "cleo": 2},
        ),
    ],
)
def test_both_sides_say_who_sees_it_and_counts_say_no_more(
    world: World, ben: Visitor, hidden: dict[str, object], seen: dict[str, int]
) -> None:
    for name, settings in hidden.items():
        world.sign_in(name).ok("PATCH", "/v3/privacy/", settings)
    for name, expected in seen.items():
        visitor = {"anyone": world.anyone, "ben": ben}.get(name) or world.sign_in(name)
        assert len(followers_of(visitor)) == expected, name
        answer = visitor.ok("GET", "/v3/members/ada/followers/?with_count=true&limit=1")
        assert answer["count"] == expected, name
        assert (answer["pagination"]["next_page"] is not None) == (expected > 1)


def test_what_somebody_follows_is_seen_where_both_allow_it(world: World, ben: Visitor) -> None:
    world.market()
    ben.ok("PUT", "/v3/following/markets/1/")
    dan, ada = world.sign_in("dan"), world.sign_in("ada")
    assert followed_by_ben(dan) == followed_by_ben(ben) == ["market", "member"]
    assert followed_by_ben(world.anyone) == []
    ada.ok("PATCH", "/v3/privacy/", {"followers": {"audience": "only_me"}})
    assert followed_by_ben(dan) == ["market"]
    assert followed_by_ben(ben) == followed_by_ben(ada) == ["market", "member"]
    ben.ok("PATCH", "/v3/privacy/", {"follow": {"audience": "only_me"}})
    assert followed_by_ben(dan) == followed_by_ben(ada) == []
    assert followed_by_ben(ben) == ["market", "member"]


def test_who_is_blocked_sees_what_somebody_sees_who_has_nothing_to_see(world: World, ben: Visitor) -> None:
    dan = world.sign_in("dan")
    world.sign_in("ada").ok("PUT", "/v3/blocks/dan/")
    assert dan.ok("GET", "/v3/members/ada/followers/") == {"followers": [], **NOTHING}
    assert followed_by_ben(dan) == []
    assert followers_of(ben) == ["cleo", "ben"]
    world.sign_in("cleo").ok("PUT", "/v3/blocks/ben/")
    assert followers_of(ben) == ["ben"]


def test_too_many_are_not_counted(world: World, ben: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FOLLOWERS_COUNTED_MAX", 1)
    answer = ben.ok("GET", "/v3/members/ada/followers/?with_count=true")
    assert (answer["count"], len(answer["followers"])) == (None, 2)


def test_an_ended_session_sees_what_anybody_sees(world: World, ben: Visitor) -> None:
    assert ben.send("DELETE", "/v3/sessions/").status_code == 204
    assert followers_of(ben) == []


@pytest.mark.parametrize("name", ["followers", "following"])
def test_there_must_be_a_member(world: World, name: str) -> None:
    assert world.anyone.get(f"/v3/members/nobody/{name}/").status_code == 404
