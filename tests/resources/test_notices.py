"""Owns the tests of what is shown of notifications: as much as the filter leaves.

Never tests what leads to one.
Called by pytest.
"""

import pytest

from tests.resources.test_notifications import INBOX, Town
from tests.resources.world import Json, Visitor, World, challenge_in, order_in


@pytest.fixture
def town(world: World) -> Town:
    return Town(world, world.market(), world.member("ada"), world.member("ben"))


def write(town: Town, visitor: Visitor, text: str) -> Json:
    """A comment on the market."""
    path = f"/v3/markets/{town.market['id']}/comments/"
    return visitor.ok("POST", path, {"text": text})["comment"]


def test_whose_comments_one_may_not_see_is_not_told_of(town: Town) -> None:
    comment = write(town, town.ben, "What does @ada say?")
    assert town.sentences(town.ada) == ["ben mentioned you in a comment in Winner."]
    (mention,) = town.told(town.ada)
    assert mention["link"] == f"/v3/comments/{comment['id']}/"
    for hidden, shown in (("only_me", "everyone"), ("followers", "members")):
        town.ben.ok("PATCH", "/v3/privacy/", {"comment": {"audience": hidden}})
        assert town.told(town.ada) == []
        assert town.ada.get(f"{INBOX}{mention['id']}/").status_code == 404
        town.ben.ok("PATCH", "/v3/privacy/", {"comment": {"audience": shown}})
        assert town.told(town.ada) == [mention]


def test_a_comment_that_is_gone_is_not_told_of(town: Town) -> None:
    comment = write(town, town.ben, "What does @ada say?")
    assert town.ben.send("DELETE", f"/v3/comments/{comment['id']}/").status_code == 204
    assert town.told(town.ada) == []


def test_an_answer_and_a_comment_on_an_entry(town: Town) -> None:
    comment = write(town, town.ada, "I sail.")
    answer = {"text": "So do I.", "in_reply_to": comment["id"]}
    town.ben.ok("POST", f"/v3/markets/{town.market['id']}/comments/", answer)
    assert town.sentences(town.ada) == ["ben answered your comment in Winner."]
    joined = town.ada.ok("GET", "/v3/members/ada/activity/")["activity"][-1]
    said = town.ben.ok("POST", f"/v3/entries/{joined['id']}/comments/", {"text": "Welcome, @staff too."})
    assert town.sentences(town.ada)[0] == "ben commented on what you did."
    assert town.sentences(town.world.staff) == ["ben mentioned you in a comment."]
    assert said["comment"]["entry_id"] == town.told(town.ada)[0]["entry_id"]


def test_a_mention_beside_an_entry_that_one_may_not_see_is_not_told(town: Town) -> None:
    town.ada.ok("POST", "/v3/orders/", order_in(town.market, side="sell"))
    town.ben.ok("POST", "/v3/orders/", order_in(town.market))
    entries = town.ada.ok("GET", "/v3/members/ada/activity/")["activity"]
    fill = next(each for each in entries if each["kind"] == "fill")
    cleo = town.world.member("cleo")
    town.ben.ok("POST", f"/v3/entries/{fill['id']}/comments/", {"text": "Look, @cleo."})
    assert len(town.told(cleo)) == 1
    town.ada.ok("PATCH", "/v3/privacy/", {"fill": {"audience": "only_me"}})
    assert town.told(cleo) == []


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


def test_who_did_it_often_is_not_taken_for_many(town: Town) -> None:
    """How often it was is known, and who did it lately; not whether there were others."""
    comment = write(town, town.ada, "I sail.")
    for _ in range(3):
        town.ben.ok("PUT", "/v3/following/members/ada/")
        town.ben.send("DELETE", "/v3/following/members/ada/")
        write(town, town.ben, "And @ada?")
        answer = {"text": "So do I.", "in_reply_to": comment["id"]}
        town.ben.ok("POST", f"/v3/markets/{town.market['id']}/comments/", answer)
        town.ben.ok("POST", "/v3/challenges/", challenge_in(town.market, opponent="ada"))
    joined = town.ada.ok("GET", "/v3/members/ada/activity/")["activity"][-1]
    for _ in range(2):
        town.ben.ok("POST", f"/v3/entries/{joined['id']}/comments/", {"text": "Welcome."})
    assert sorted(town.sentences(town.ada)) == [
        "There are 2 comments on what you did, lately by ben.",
        "There are 3 answers to your comments in Winner, lately by ben.",
        "You were challenged 3 times in Winner, lately by ben.",
        "You were followed 3 times, lately by ben.",
        "You were mentioned 3 times in comments in Winner, lately by ben.",
    ]


def test_several_challenges_are_looked_at_together(town: Town) -> None:
    for visitor in (town.ben, town.world.member("cleo")):
        visitor.ok("POST", "/v3/challenges/", challenge_in(town.market, opponent="ada"))
    (told,) = town.told(town.ada)
    assert told["sentence"] == "cleo and ben challenge you in Winner."
    assert len(town.ada.ok("GET", told["link"])["challenges"]) == 2


def test_who_was_blocked_later_has_challenged_nobody(town: Town) -> None:
    town.ben.ok("POST", "/v3/challenges/", challenge_in(town.market, opponent="ada"))
    assert len(town.told(town.ada)) == 1
    town.ada.ok("PUT", "/v3/blocks/ben/")
    assert town.told(town.ada) == []
