"""Owns the tests of the filter: who sees what of whom, kind by kind, detail by detail.

Never tests a resource.
Called by pytest.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from actors.machines.messages.social_words import Audience, Detail, EntryKind, PrivacyKind
from couch_views.json_values import Json, JsonObject
from couch_views.relation_shapes import (
    PrivacySetting,
    block_document_id,
    follow_document_id,
    mute_document_id,
    privacy_document_id,
)
from couch_views.shapes import document_id
from resources.privacy import NOBODY, Known, Relations, Viewer, load, people_in, setting_of, viewer_of
from resources.privacy_rules import CONTENT_FIELDS, DEFAULTS, ENTRY_FIELDS, OWN_FIELDS, Setting, includes
from resources.toolkit.http import HttpRequest
from resources.toolkit.query import Query
from resources.toolkit.resource import Call
from resources.toolkit.visitor import Member
from tests.couch_views.shelf import Shelf

ADA, BEN, CLEO = 16, 32, 48
MEMBER, FOLLOWER = Viewer(BEN), Viewer(CLEO)
SELF = Viewer(ADA)
VIEWERS: Final = {"signed out": NOBODY, "member": MEMBER, "follower": FOLLOWER, "self": SELF}
TIME: Final = "2026-11-20T20:35:21.123456Z"
CONTENT: Final[Mapping[str, Json]] = {
    name: f"the {name}"
    for names in [
        *OWN_FIELDS.values(),
        *(names for fields in CONTENT_FIELDS.values() for names in fields.values()),
    ]
    for name in names
} | {"badge": "trader"}
OF_MEMBERS: Final = [kind for kind in EntryKind if kind is not EntryKind.NEWS]
OF_ENTRIES: Final = [kind for kind in PrivacyKind if kind.value in {each.value for each in EntryKind}]


def known(
    settings: Mapping[str, PrivacySetting] | None = None,
    *,
    followed: bool = False,
    blocked: bool = False,
    username: str = "ada",
) -> Known:
    return Known(username, settings or {}, followed, blocked, muted=False)


def relations(viewer: Viewer, **choices: object) -> Relations:
    """Ada with these settings (kind=(audience, detail)), as somebody sees her; Cleo follows her."""
    settings = {
        kind: PrivacySetting(audience=words[0], detail=words[1])
        for kind, words in choices.items()
        if isinstance(words, tuple)
    }
    return Relations(viewer, {ADA: known(settings, followed=viewer == FOLLOWER)})


def entry(kind: str, account_id: int | None = ADA, **content: Json) -> JsonObject:
    return {
        "id": "33",
        "type": kind,
        "account_id": None if account_id is None else str(account_id),
        "username": None if account_id is None else "ada",
        "market_id": "1",
        "event_id": "2",
        "number": 7,
        "sequence": 9,
        "content": {**CONTENT, "counterparties": "hidden", **content},
        "created_datetime": TIME,
    }


def content_of(shown: JsonObject | None) -> set[str]:
    assert shown is not None
    assert isinstance(shown["content"], dict)
    return set(shown["content"])


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        ("everyone", ["signed out", "member", "follower", "self"]),
        ("members", ["member", "follower", "self"]),
        ("followers", ["follower", "self"]),
        ("only_me", ["self"]),
    ],
)
@pytest.mark.parametrize("kind", OF_ENTRIES)
def test_who_sees_an_entry(kind: PrivacyKind, audience: str, who: Sequence[str]) -> None:
    setting = {kind.value: (audience, "profit")}
    seen = [
        name
        for name, viewer in VIEWERS.items()
        if relations(viewer, **setting).shown(entry(kind)) is not None
    ]
    assert seen == who


@pytest.mark.parametrize("kind", OF_ENTRIES)
def test_each_detail_adds_its_fields_to_those_before_it(kind: PrivacyKind) -> None:
    expected: set[str] = set()
    for detail in Detail:
        expected |= set(CONTENT_FIELDS[EntryKind(kind.value)].get(detail, ()))
        shown = relations(MEMBER, **{kind.value: ("everyone", detail.value)}).shown(entry(kind))
        assert content_of(shown) == expected
        assert shown is not None
        assert set(shown) == {*ENTRY_FIELDS, "content"}


@pytest.mark.parametrize(
    ("badge", "detail"),
    [
        ("trader", Detail.TRADED),
        ("winner", Detail.SIDE),
        ("heavyweight", Detail.AMOUNT),
        ("gone", Detail.PROFIT),
    ],
)
def test_a_badge_is_shown_to_who_may_see_what_it_tells(badge: str, detail: Detail) -> None:
    for each in Detail:
        shown = relations(MEMBER, badge=("everyone", each.value)).shown(entry("badge", badge=badge))
        assert (shown is not None) == includes(each, detail)
    assert relations(SELF, badge=("only_me", "traded")).shown(entry("badge", badge=badge)) is not None


@pytest.mark.parametrize(("detail", "time"), [("price", "2026-11-20T20:35:00.000000Z"), ("amount", TIME)])
def test_when_a_badge_was_earned_may_lead_to_a_trade(detail: str, time: str) -> None:
    ada = relations(MEMBER, badge=("everyone", detail))
    assert ada.time(ADA, PrivacyKind.BADGE, TIME) == time
    shown = ada.shown(entry("badge"))
    assert shown is not None
    assert shown["created_datetime"] == time


@pytest.mark.parametrize(
    ("kind", "their_own"),
    [
        ("order", {"order_id", "type"}),
        ("fill", {"order_id", "role", "challenge_id"}),
        ("position", set()),
        ("settlement", {"commission"}),
        ("challenge", {"ending", "challenge_id"}),
        ("badge", set()),
    ],
)
def test_its_own_member_sees_all_that_anybody_may_and_what_is_their_own(
    kind: str, their_own: set[str]
) -> None:
    shown = relations(SELF, **{kind: ("only_me", "traded")}).shown(entry(kind))
    others_may = {name for names in CONTENT_FIELDS[EntryKind(kind)].values() for name in names}
    assert content_of(shown) == others_may | their_own


def test_how_a_challenge_ended_is_for_its_challenger() -> None:
    ended = entry("challenge", step="ended", ending="declined", other_account_id=str(BEN))
    bens = known({"challenge": {"audience": "everyone", "detail": "profit"}}, username="ben")
    hers = known({"challenge": {"audience": "everyone", "detail": "profit"}}, followed=True)
    for viewer in VIEWERS.values():
        content = content_of(Relations(viewer, {ADA: hers, BEN: bens}).shown(ended))
        assert ("ending" in content) == (viewer == SELF)
        assert "step" in content


def test_by_default_nothing_tells_of_money() -> None:
    about_money = {"price", "average_price", "quantity", "profit", "side", "contract_id", "outcome"}
    for viewer in (NOBODY, MEMBER, FOLLOWER):
        for kind in OF_MEMBERS:
            shown = relations(viewer).shown(entry(kind))
            assert shown is None or not content_of(shown) & about_money, kind
    assert relations(FOLLOWER).shown(entry("order")) is None
    assert relations(FOLLOWER).shown(entry("settlement")) is not None
    assert relations(MEMBER).shown(entry("settlement")) is None


def test_that_a_contract_was_voided_tells_which_was_traded_so_it_is_for_who_may_see_that() -> None:
    voided = entry("settlement", step="contract_voided")
    assert relations(MEMBER, settlement=("everyone", "traded")).shown(voided) is None
    shown = relations(MEMBER, settlement=("everyone", "side")).shown(voided)
    assert content_of(shown) == {"step", "outcome", "contract_id"}


def test_the_news_are_everybody_s_and_so_is_that_somebody_joined() -> None:
    for viewer in VIEWERS.values():
        assert content_of(relations(viewer).shown(entry("news", None))) == {
            "step",
            "reason",
            "winners",
            "contract_id",
        }
        assert content_of(relations(viewer).shown(entry("joined"))) == set()


@pytest.mark.parametrize("kind", EntryKind)
def test_who_is_blocked_or_was_not_loaded_is_not_shown(kind: EntryKind) -> None:
    blocked = Relations(MEMBER, {ADA: known({kind.value: {"audience": "everyone"}}, blocked=True)})
    for seen in (blocked, Relations(MEMBER, {})):
        assert seen.shown(entry(kind)) is None
        assert not seen.allows(ADA, "leaderboards")
    assert (blocked.blocked(ADA), Relations(MEMBER, {}).blocked(ADA)) == (True, False)
    assert not Relations(MEMBER, {}).muted(ADA)
    assert not Relations(MEMBER, {}).followed(ADA)


@pytest.mark.parametrize(
    ("kind", "detail", "expected"),
    [
        ("fill", "traded", "2026-11-20T20:35:00.000000Z"),
        ("fill", "price", "2026-11-20T20:35:00.000000Z"),
        ("fill", "amount", TIME),
        ("settlement", "traded", TIME),
    ],
)
def test_the_exact_time_of_a_trade_is_part_of_its_amount(kind: str, detail: str, expected: str) -> None:
    shown = relations(MEMBER, **{kind: ("everyone", detail)}).shown(entry(kind))
    assert shown is not None
    assert shown["created_datetime"] == expected
    own = relations(SELF).shown(entry(kind))
    assert own is not None
    assert own["created_datetime"] == TIME


# Entries that tell of another member.


@pytest.mark.parametrize(
    ("of_other", "named"),
    [
        ({}, False),
        ({"challenge": {"detail": "price"}}, False),
        ({"challenge": {"detail": "amount"}}, True),
        ({"challenge": {"audience": "only_me", "detail": "profit"}}, False),
    ],
)
def test_the_other_side_is_named_where_they_would_show_as_much(
    of_other: dict[str, PrivacySetting], named: bool
) -> None:
    hers: dict[str, PrivacySetting] = {"challenge": {"audience": "everyone", "detail": "amount"}}
    seen = Relations(MEMBER, {ADA: known(hers), CLEO: known(of_other, username="cleo")})
    shown = seen.shown(entry("challenge", other_account_id=str(CLEO)))
    fields = {"step", "contract_id", "side", "price", "quantity"}
    assert content_of(shown) == (fields | {"challenge_id", "other_username"} if named else fields)


@pytest.mark.parametrize("kind", ["challenge", "follow"])
def test_nothing_tells_who_looks_of_who_has_blocked_them(kind: str) -> None:
    hers: dict[str, PrivacySetting] = {kind: {"audience": "everyone", "detail": "profit"}}
    seen = Relations(MEMBER, {ADA: known(hers), CLEO: known(blocked=True)})
    assert seen.shown(entry(kind, other_account_id=str(CLEO))) is None


def test_that_somebody_follows_is_shown_where_the_followed_lets_it() -> None:
    told = entry("follow", other_account_id=str(CLEO))
    for audience, named in (("members", True), ("followers", False)):
        others: dict[str, PrivacySetting] = {"followers": {"audience": audience}}
        shown = Relations(MEMBER, {ADA: known(), CLEO: known(others, username="cleo")}).shown(told)
        assert (shown is not None) is named
        if shown is not None:
            assert shown["content"] == {"followed": "the followed", "other_username": "cleo"}


def test_the_other_member_is_named_to_the_entry_s_own() -> None:
    seen = Relations(SELF, {ADA: known(), CLEO: known(username="cleo")})
    for kind in ("challenge", "follow", "comment"):
        assert "other_username" in content_of(seen.shown(entry(kind, other_account_id=str(CLEO))))


def test_who_has_no_rule_about_others_names_none() -> None:
    seen = Relations(MEMBER, {ADA: known(), CLEO: known()})
    assert content_of(seen.shown(entry("comment", other_account_id=str(CLEO)))) == {"comment_id", "text"}


# What is no entry.


@pytest.mark.parametrize(
    ("audience", "detail", "wanted", "who"),
    [
        ("everyone", "price", Detail.PRICE, ["signed out", "member", "follower", "self"]),
        ("everyone", "price", Detail.AMOUNT, ["self"]),
        ("followers", "profit", Detail.AMOUNT, ["follower", "self"]),
        ("only_me", "profit", Detail.TRADED, ["self"]),
    ],
)
def test_what_is_no_entry_is_allowed_likewise(
    audience: str, detail: str, wanted: Detail, who: list[str]
) -> None:
    setting = {"leaderboards": (audience, detail)}
    allowed = [
        name
        for name, viewer in VIEWERS.items()
        if relations(viewer, **setting).allows(ADA, "leaderboards", wanted)
    ]
    assert allowed == who


def test_what_is_not_set_holds_by_default() -> None:
    assert setting_of({}, "order") == DEFAULTS[PrivacyKind.ORDER] == Setting(Audience.ONLY_ME, Detail.TRADED)
    assert setting_of({"order": {"audience": "members"}}, "order") == (Audience.MEMBERS, Detail.TRADED)
    assert setting_of({"order": {"detail": "side"}}, "order") == (Audience.ONLY_ME, Detail.SIDE)


# Loading.


def relation(identity: str, *, active: bool = True) -> JsonObject:
    return {"_id": identity, "kind": "relation", "active": active}


@pytest.mark.parametrize(
    ("identity", "followed", "blocked", "muted"),
    [
        (follow_document_id(BEN, "member/16"), True, False, False),
        (follow_document_id(ADA, "member/32"), False, False, False),
        (block_document_id(BEN, ADA), False, True, False),
        (block_document_id(ADA, BEN), False, True, False),
        (mute_document_id(BEN, ADA), False, False, True),
        (mute_document_id(ADA, BEN), False, False, False),
    ],
)
def test_what_is_between_two_is_read_from_both_sides(
    identity: str, followed: bool, blocked: bool, muted: bool
) -> None:
    shelf = Shelf()
    shelf.put({"_id": document_id("account", ADA), "username": "ada"}, relation(identity))
    seen = load(shelf, MEMBER, [ADA, CLEO, ADA])
    assert (seen.followed(ADA), seen.blocked(ADA), seen.muted(ADA)) == (followed, blocked, muted)
    assert (seen.username(ADA), seen.username(CLEO)) == ("ada", None)
    shelf.put(relation(identity, active=False))
    ended = load(shelf, MEMBER, [ADA])
    assert (ended.followed(ADA), ended.blocked(ADA), ended.muted(ADA)) == (False, False, False)


def test_what_is_set_is_read_for_who_is_not_signed_in_too() -> None:
    shelf = Shelf()
    shelf.put({"_id": privacy_document_id(ADA), "settings": {"fill": {"audience": "members"}}})
    assert load(shelf, NOBODY, [ADA]).shown(entry("fill")) is None
    assert load(shelf, MEMBER, [ADA]).shown(entry("fill")) is not None
    assert load(shelf, MEMBER, []).username(ADA) is None


def test_nothing_is_between_a_member_and_who_is_not_signed_in() -> None:
    shelf = Shelf()
    for account_id, name in ((ADA, "ada"), (BEN, "ben")):
        settings = {"fill": {"audience": "followers"}}
        shelf.put(
            {"_id": document_id("account", account_id), "username": name},
            {"_id": privacy_document_id(account_id), "settings": settings},
        )
    seen = load(shelf, NOBODY, [ADA, BEN])
    for account_id, name in ((ADA, "ada"), (BEN, "ben")):
        between = (seen.followed(account_id), seen.blocked(account_id), seen.muted(account_id))
        assert (seen.username(account_id), between) == (name, (False, False, False))
        assert seen.shown(entry("fill", account_id)) is None
        assert seen.allows(account_id, "badge")


def test_the_people_of_entries_are_all_whom_they_tell_of() -> None:
    entries = [entry("fill"), entry("news", None), entry("challenge", other_account_id=str(CLEO))]
    assert people_in(entries) == [ADA, CLEO]


def test_who_looks_is_asked_where_it_is_sure_who_they_are() -> None:
    request = HttpRequest("GET", "/", "", {}, b"")
    ada = Member(ADA, "ada", 1, staff=False)
    assert viewer_of(Call(request, {}, None, None, Query(), public=True)) == NOBODY
    assert viewer_of(Call(request, {}, ada, None, Query())) == SELF
    with pytest.raises(AssertionError, match="declared personal"):
        viewer_of(Call(request, {}, ada, None, Query(), public=True))
