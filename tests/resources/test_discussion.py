"""Owns the table of who sees whose comments: nobody more than its author, its entry's member and staff allow.

Never tests forms or pages.
Called by pytest.
"""

from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.machines.messages.comments import CommentResult, Mention, Subject
from actors.machines.messages.following import Block, ChangePrivacy, Follow, Mute, PrivacyChoice
from actors.machines.messages.social_words import Audience, PrivacyKind
from actors.machines.stream import names
from resources.discussion import mentions_in, represent_result
from resources.entry_ids import EntryIds
from resources.privacy import Viewer
from tests.resources.talking import account_of, tell, write
from tests.resources.world import Json, Visitor, World

WHO: Final = ("anyone", "member", "follower", "blocked", "muting", "author", "operator")
SEES: Final[dict[Audience, tuple[bool, ...]]] = {
    Audience.EVERYONE: (True, True, True, False, False, True, True),
    Audience.MEMBERS: (False, True, True, False, False, True, True),
    Audience.FOLLOWERS: (False, False, True, False, False, True, True),
    Audience.ONLY_ME: (False, False, False, False, False, True, True),
}


class Cast:
    """Everybody there is to an author."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.market = world.market()
        self.author = world.member("author")
        others = {name: world.member(name) for name in ("member", "follower", "blocked", "muting")}
        self.author_id = account_of(self.author)
        tell(world, others["follower"], Follow(names.of_member(self.author_id)))
        tell(world, self.author, Block(account_of(others["blocked"])))
        tell(world, others["muting"], Mute(self.author_id))
        self.visitors: dict[str, Visitor] = {
            "anyone": world.anyone,
            **others,
            "author": self.author,
            "operator": world.staff,
        }

    def let(self, kind: PrivacyKind, audience: Audience) -> None:
        tell(self.world, self.author, ChangePrivacy((PrivacyChoice(kind, audience, None),)))


@pytest.fixture
def cast(world: World) -> Cast:
    return Cast(world)


def seen_by(cast: Cast, path: str, name: str) -> tuple[bool, ...]:
    """Who of all finds this text there, in any form."""
    formats = ("json", "html", "xhtml", "atom")
    found = []
    for who in WHO:
        shown = [name in cast.visitors[who].get(f"{path}?format={each}").text for each in formats]
        assert len(set(shown)) == 1, (who, shown)
        found.append(shown[0])
    return tuple(found)


@pytest.mark.parametrize("audience", Audience)
def test_an_author_says_who_sees_their_comments_old_ones_too(cast: Cast, audience: Audience) -> None:
    made = write(cast.author, cast.market, "canary-comment")
    cast.let(PrivacyKind.COMMENT, audience)
    expected = SEES[audience]
    assert seen_by(cast, f"/v3/markets/{cast.market['id']}/comments/", "canary-comment") == expected
    alone = [cast.visitors[who].get(f"/v3/comments/{made['id']}/").status_code == 200 for who in WHO]
    # Who looks for somebody whom they have muted finds them.
    assert alone == [
        sees or (who == "muting" and expected[1]) for who, sees in zip(WHO, expected, strict=True)
    ]


def test_the_page_of_a_market_shows_what_is_for_everybody(cast: Cast) -> None:
    write(cast.author, cast.market, "canary-comment")
    path = f"/v3/markets/{cast.market['id']}/?format=html"
    found = {who: "canary-comment" in cast.visitors[who].get(path).text for who in WHO}
    assert found == {**dict.fromkeys(WHO, True), "blocked": False, "muting": False}
    cast.let(PrivacyKind.COMMENT, Audience.MEMBERS)
    for who in WHO:
        assert "canary-comment" not in cast.visitors[who].get(path).text


def entry_of(cast: Cast, kind: str) -> Json:
    found = cast.author.ok("GET", "/v3/members/author/activity/")["activity"]
    return next(each for each in found if each["kind"] == kind)


@pytest.mark.parametrize("audience", Audience)
def test_an_entry_s_comments_are_for_who_sees_the_entry(cast: Cast, audience: Audience) -> None:
    tell(cast.world, cast.author, Follow(names.of_market(int(cast.market["id"]))))
    path = f"/v3/entries/{entry_of(cast, 'follow')['id']}/comments/"
    cast.let(PrivacyKind.FOLLOW, Audience.EVERYONE)
    made = cast.visitors["member"].ok("POST", path, {"text": "canary-comment"})["comment"]
    cast.let(PrivacyKind.FOLLOW, audience)
    statuses = {who: cast.visitors[who].get(path).status_code for who in WHO}
    # Staff who run markets aren't shown more of activity than others; but a comment that was reported.
    allowed = dict(zip(WHO, SEES[audience], strict=True)) | {"operator": SEES[audience][1]}
    allowed["muting"] = allowed["member"]
    assert statuses == {who: 200 if allowed[who] else 404 for who in WHO}
    alone = {who: cast.visitors[who].get(f"/v3/comments/{made['id']}/").status_code for who in WHO}
    allowed |= {"operator": True, "member": True}
    assert alone == {who: 200 if allowed[who] else 404 for who in WHO}
    for who in ("follower", "blocked"):
        if not allowed[who]:
            assert cast.visitors[who].post(path, {"text": "Well."}).status_code == 404


def test_what_is_no_member_s_and_comments_themselves_are_not_commented_on(cast: Cast) -> None:
    write(cast.author, cast.market)
    news = cast.world.anyone.ok("GET", "/v3/exchange/activity/")["activity"]
    of_nobody = next(each for each in news if each["kind"] == "news")
    for entry in (
        entry_of(cast, "comment"),
        of_nobody,
        {"id": "987654321"},
        {"id": EntryIds(b"another secret").shown(16)},
    ):
        path = f"/v3/entries/{entry['id']}/comments/"
        assert cast.author.get(path).status_code == 404
        assert cast.author.post(path, {"text": "Well."}).status_code == 404


def test_who_is_nothing_to_the_author_is_not_mentioned(cast: Cast) -> None:
    text = "@member, @blocked, @nobody and @muting"
    found = mentions_in(cast.world.documents, Viewer(cast.author_id), text)
    assert [mention.username for mention in found] == ["member", "muting"]
    assert mentions_in(cast.world.documents, Viewer(cast.author_id), "nobody at all") == ()


def test_a_result_is_shown_as_its_document_is(cast: Cast) -> None:
    first = write(cast.author, cast.market, "Well, @member.")
    reply = write(cast.visitors["member"], cast.market, "So.", in_reply_to=first["id"])
    for made in (first, reply):
        assert cast.author.ok("GET", f"/v3/comments/{made['id']}/")["comment"] == made
    entry_ids = EntryIds(b"a secret")
    subject, mentions = Subject(entry_id=16, account_id=32), (Mention(48, "ben"),)
    shown = represent_result(CommentResult(64, 80, "ada", subject, "So.", mentions, 0, 5, 6), entry_ids)
    named = (entry_ids.shown(16), None, ["ben"])
    assert (shown["entry_id"], shown["market_id"], shown["mentions"]) == named
    assert str(shown["edited_datetime"]).endswith("00:00:00.000006Z")


STEPS: Final = st.lists(
    st.tuples(st.sampled_from(["hide", "show", "delete", *Audience]), st.integers(0, 2)), max_size=5
)


@given(STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_but_author_and_staff_ever_sees_what_is_hidden_and_nobody_what_is_deleted(
    cast: Cast, steps: list[tuple[str, int]]
) -> None:
    """Whatever happens to three comments: who sees each is who should."""
    cast.world.clock.now += 1_000_000_000
    cast.let(PrivacyKind.COMMENT, Audience.EVERYONE)
    cast.author = cast.world.sign_in("author")
    staff = cast.world.staff = cast.world.sign_in("staff", "the staff's password")
    cast.visitors |= {"author": cast.author, "operator": staff, "member": cast.world.sign_in("member")}
    made = [write(cast.author, cast.market, f"canary {number}")["id"] for number in range(3)]
    state, audience = dict.fromkeys(made, "written"), Audience.EVERYONE
    for step, which in steps:
        identity = made[which]
        if step == "delete":
            cast.author.send("DELETE", f"/v3/comments/{identity}/")
            state[identity] = "deleted"
        elif step in ("hide", "show"):
            word = "hidden" if step == "hide" else "visible"
            asked = {"state": word, "reason": "So it is."}
            staff.send("PUT", f"/v3/comments/{identity}/visibility/", asked)
            if state[identity] != "deleted":
                state[identity] = "hidden" if step == "hide" else "written"
        else:
            audience = Audience(step)
            cast.let(PrivacyKind.COMMENT, audience)
    left = {each for each in made if state[each] != "deleted"}
    public = {each for each in left if state[each] == "written"}
    expected = {
        "author": left,
        "operator": left,
        "anyone": public if audience is Audience.EVERYONE else set(),
        "member": public if audience in (Audience.EVERYONE, Audience.MEMBERS) else set(),
    }
    for who, ids in expected.items():
        shown = cast.visitors[who].ok("GET", f"/v3/markets/{cast.market['id']}/comments/?limit=1000")
        assert {each["id"] for each in shown["comments"]} & set(made) == ids, who
