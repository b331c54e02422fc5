"""Owns the test that what resources answer is what the shapes of answers say, field by field.

Never tests what the fields hold: the tests of each resource do.
Called by pytest.
"""

import json
import re
import typing
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import msgspec
import pytest
from falcon import testing

from resources.answers import (
    activity,
    badges,
    catalogue,
    challenges,
    comments,
    general,
    history,
    leaderboards,
    ledger,
    members,
    news,
    notifications,
    orders,
    relations,
    staff,
    trading,
)
from tests.resources.talking import write
from tests.resources.world import PASSWORD, Json, Visitor, World, challenge_in, order_in

PARTS: Final = (
    activity,
    badges,
    notifications,
    catalogue,
    comments,
    general,
    history,
    leaderboards,
    ledger,
    members,
    news,
    orders,
    relations,
    staff,
    trading,
)
EVERY_SHAPE: Final = {shape for part in PARTS for shape in vars(part).values() if typing.is_typeddict(shape)}


class Story(NamedTuple):
    """A world in which everything has happened once: traded, cancelled, settled, paid out and in."""

    world: World
    maker: Visitor
    taker: Visitor
    market: Json
    settled: Json
    order_id: str
    challenge_id: str


@pytest.fixture
def story(world: World) -> Story:
    market, settled = world.market(), world.market("Gulls", "Herons", commission="0.02")
    maker, taker = world.member("maker"), world.member("taker")
    maker.ok("POST", "/v3/orders/", [order_in(where, quantity=40_000) for where in (market, settled)])
    taken = taker.ok("POST", "/v3/orders/", order_in(market, side="sell", reference_id="mine"))
    taker.ok("POST", "/v3/orders/", order_in(settled, side="sell"))
    winner = settled["contracts"][0]["id"]
    world.staff.ok("PATCH", f"/v3/markets/{settled['id']}/", {"state": "closed"})
    verdict = {"winners": [winner], "reason": "first across the line"}
    world.staff.ok("PUT", f"/v3/markets/{settled['id']}/settlement/", verdict)
    world.staff.ok("POST", "/v3/accounts/maker/withdrawals/", {"amount": "5.00"})
    write(maker, market, "Well, @taker.")
    offered = maker.ok("POST", "/v3/challenges/", challenge_in(market, opponent="taker"))["challenge"]
    taker.ok("PATCH", f"/v3/challenges/{offered['id']}/", {"state": "accepted"})
    return Story(world, maker, taker, market, settled, taken["order_id"], offered["id"])


def exactly(shape: object, content: object) -> None:
    """That the content is the shape's, and has nothing that the shape doesn't name."""
    # Converting leaves out what a TypedDict doesn't name.
    assert msgspec.convert(content, shape) == content


def answered(result: testing.Result, shape: object) -> Json:
    assert result.status_code < 300, result.text
    exactly(shape, result.json)
    return result.json


READS: Final[list[tuple[object, str]]] = [
    (general.Home, "/v3/"),
    (general.ExchangeStateShown, "/v3/exchange/state/"),
    (members.MemberAnswer, "/v3/members/maker/"),
    (members.Visitor, "/v3/sessions/"),
    (activity.ActivityPage, "/v3/members/maker/activity/"),
    (activity.ActivityPage, "/v3/members/taker/activity/"),
    (activity.ActivityPage, "/v3/markets/{settled}/activity/"),
    (activity.ActivityPage, "/v3/events/{event}/activity/"),
    (activity.ActivityPage, "/v3/exchange/activity/"),
    (badges.Badges, "/v3/badges/"),
    (badges.MemberBadges, "/v3/members/maker/badges/"),
    (badges.MemberBadges, "/v3/members/taker/badges/"),
    (notifications.Notifications, "/v3/notifications/"),
    (notifications.NotificationSettings, "/v3/notifications/settings/"),
    (news.News, "/v3/news/"),
    (news.News, "/v3/markets/{market}/news/"),
    (members.AccountAnswer, "/v3/accounts/"),
    (members.Activity, "/v3/accounts/activity/"),
    (catalogue.Events, "/v3/events/?limit=1"),
    (catalogue.Events, "/v3/events/?with_volumes=true"),
    (catalogue.SomeEvents, "/v3/events/{event}/?with_volumes=true"),
    (catalogue.SomeMarkets, "/v3/events/{event}/markets/"),
    (catalogue.Markets, "/v3/markets/?with_volumes=true"),
    (catalogue.SomeMarkets, "/v3/markets/{market}/"),
    (catalogue.Contracts, "/v3/markets/{market},{settled}/contracts/"),
    (comments.Comments, "/v3/markets/{market}/comments/"),
    (trading.Quotes, "/v3/markets/{market}/quotes/"),
    (trading.Executions, "/v3/markets/{market}/executions/"),
    (trading.LastExecutedPrices, "/v3/markets/{market}/last_executed_prices/"),
    (trading.Volumes, "/v3/markets/{market}/volumes/"),
    (history.HistoryAnswer, "/v3/markets/{market}/history/"),
    (leaderboards.Leaderboards, "/v3/leaderboards/"),
    (leaderboards.Leaderboard, "/v3/leaderboards/streak/?period=week"),
    (orders.Orders, "/v3/orders/"),
    (orders.OrderShown, "/v3/orders/{order}/"),
    (orders.Fills, "/v3/executions/"),
    (orders.Positions, "/v3/positions/"),
    (challenges.Challenges, "/v3/challenges/"),
    (challenges.ChallengeShown, "/v3/challenges/{challenge}/"),
]


@pytest.mark.parametrize(("shape", "path"), READS, ids=[path for _, path in READS])
def test_what_is_read_is_as_it_is_declared(story: Story, shape: object, path: str) -> None:
    names = {
        "event": story.market["event_id"],
        "market": story.market["id"],
        "settled": story.settled["id"],
        "order": story.order_id,
        "challenge": story.challenge_id,
    }
    shown = answered(story.taker.get(path.format(**names)), shape)
    lists = [value for value in shown.values() if isinstance(value, list)]
    assert all(lists), "what is empty shows nothing of its shape"


def commands(story: Story) -> Iterator[tuple[object, Visitor, str, str, Json]]:
    """Every command: the shape of its answer, who asks, what."""
    world, market = story.world, story.market
    credentials = {"username": "newcomer", "password": PASSWORD}
    asked = {"name": "Cup", "type": "sailing", "start_datetime": "2026-05-17T14:00:00Z"}
    yield members.Registered, world.anyone, "POST", "/v3/members/", credentials
    yield members.Session, world.anyone, "POST", "/v3/sessions/", credentials
    yield members.MemberAnswer, story.maker, "PATCH", "/v3/members/maker/", {"bio": "A maker."}
    key = {"name": "bot", "scope": "trade"}
    yield members.NewApiKey, story.maker, "POST", "/v3/api_keys/", key
    yield members.ApiKeys, story.maker, "GET", "/v3/api_keys/", None
    yield activity.PrivateFeedAnswer, story.maker, "POST", "/v3/feeds/", None
    yield activity.PrivateFeedAnswer, story.maker, "GET", "/v3/feeds/", None
    made_key = story.maker.ok("POST", "/v3/api_keys/", key)["api_key"]
    yield members.ApiKeyAnswer, story.maker, "GET", f"/v3/api_keys/{made_key['id']}/", None
    newer = {"password": PASSWORD, "new_password": f"newer than {PASSWORD}"}
    yield members.Session, world.member("changer"), "PUT", "/v3/members/changer/password/", newer
    asked_roles = {"roles": ["operator"], "reason": "a new colleague"}
    yield staff.Roles, world.staff, "PUT", "/v3/members/maker/roles/", asked_roles
    yield staff.Actions, world.staff, "GET", "/v3/staff/actions/", None
    yield members.Deposited, world.staff, "POST", "/v3/accounts/maker/deposits/", {"amount": "1.00"}
    yield members.Withdrawn, world.staff, "POST", "/v3/accounts/maker/withdrawals/", {"amount": "1.00"}
    asked_challenge = challenge_in(market, opponent=None)
    yield challenges.ChallengeShown, story.maker, "POST", "/v3/challenges/", asked_challenge
    withdrawn = story.maker.ok("POST", "/v3/challenges/", asked_challenge)["challenge"]["id"]
    change = {"state": "withdrawn"}
    yield challenges.ChallengeShown, story.maker, "PATCH", f"/v3/challenges/{withdrawn}/", change
    page = "/v3/ledger/reconciliation/?cursor=members-0"
    yield ledger.ReconciliationAnswer, world.staff, "GET", page, None
    yield catalogue.EventAnswer, world.staff, "POST", "/v3/events/", asked
    yield catalogue.EventAnswer, world.staff, "PATCH", f"/v3/events/{market['event_id']}/", {"state": "live"}
    made = {"event_id": market["event_id"], "name": "Winner", "contracts": [{"name": "Gulls"}]}
    yield from commands_about_comments(story)
    yield catalogue.MarketAnswer, world.staff, "POST", "/v3/markets/", made
    yield orders.OrderAnswer, story.taker, "POST", "/v3/orders/", order_in(market, side="sell")
    yield orders.OrderAnswer, story.taker, "POST", "/v3/orders/", order_in(market, price=1)
    newest = story.taker.ok("GET", "/v3/orders/?sort=-id&limit=1")["orders"][0]["id"]
    preview = "/v3/orders/?preview=true"
    yield orders.OrderPreviewed, story.taker, "POST", preview, order_in(market, side="sell")
    yield orders.OrderPreviewed, story.taker, "POST", preview, order_in(market, type="immediate_or_cancel")
    yield orders.OrderAnswer, story.taker, "PATCH", f"/v3/orders/{newest}/", {"quantity": 5_000}
    yield orders.OrderAnswer, story.taker, "DELETE", f"/v3/orders/{newest}/", None
    yield orders.Cancelled, story.maker, "DELETE", "/v3/orders/", None
    yield catalogue.MarketAnswer, world.staff, "PATCH", f"/v3/markets/{market['id']}/", {"state": "halted"}
    verdict = {"void": True, "reason": "nobody sailed"}
    yield catalogue.MarketAnswer, world.staff, "PATCH", f"/v3/markets/{market['id']}/", {"state": "closed"}
    yield catalogue.MarketAnswer, world.staff, "PUT", f"/v3/markets/{market['id']}/settlement/", verdict
    yield from commands_about_others(story)
    stop = {"state": "halted", "reason": "a drill"}
    yield general.ExchangeStateShown, world.staff, "PUT", "/v3/exchange/state/", stop


def commands_about_others(story: Story) -> Iterator[tuple[object, Visitor, str, str, Json]]:
    """Follows of everything that can be followed, blocks, mutes, privacy settings; and the lists of them."""
    maker, market = story.maker, story.market
    for path in ("members/taker", f"markets/{market['id']}", f"events/{market['event_id']}"):
        for method in ("PUT", "GET"):
            yield relations.FollowAnswer, maker, method, f"/v3/following/{path}/", None
    yield relations.Following, maker, "GET", "/v3/following/", None
    yield relations.Following, story.taker, "GET", "/v3/members/maker/following/", None
    yield relations.Followers, maker, "GET", "/v3/members/taker/followers/?with_count=true", None
    yield relations.MuteAnswer, maker, "PUT", "/v3/mutes/taker/", None
    yield relations.MuteAnswer, maker, "GET", "/v3/mutes/taker/", None
    yield relations.Mutes, maker, "GET", "/v3/mutes/", None
    yield relations.BlockAnswer, maker, "PUT", "/v3/blocks/taker/", None
    yield relations.BlockAnswer, maker, "GET", "/v3/blocks/taker/", None
    yield relations.Blocks, maker, "GET", "/v3/blocks/", None
    yield relations.Privacy, maker, "PATCH", "/v3/privacy/", {"fill": {"detail": "price"}}
    yield relations.Privacy, maker, "GET", "/v3/privacy/", None
    told = maker.ok("GET", "/v3/notifications/")["notifications"][0]["id"]
    yield notifications.NotificationShown, maker, "GET", f"/v3/notifications/{told}/", None
    yield notifications.NotificationShown, maker, "PATCH", f"/v3/notifications/{told}/", {"read": True}
    yield notifications.ReadTo, maker, "PATCH", "/v3/notifications/", {"read_to": told}
    yield notifications.NotificationSettings, maker, "PATCH", "/v3/notifications/settings/", {"badge": True}


def commands_about_comments(story: Story) -> Iterator[tuple[object, Visitor, str, str, Json]]:
    """A comment that is answered, edited, reported and hidden; and what staff finds of it."""
    maker, taker, staff_member = story.maker, story.taker, story.world.staff
    path = f"/v3/markets/{story.market['id']}/comments/"
    yield comments.CommentAnswer, maker, "POST", path, {"text": "Well, @taker."}
    newest = maker.ok("GET", path)["comments"][0]
    about = f"/v3/comments/{newest['id']}/"
    yield comments.CommentAnswer, taker, "POST", path, {"text": "So.", "in_reply_to": newest["id"]}
    yield comments.CommentAnswer, maker, "PATCH", about, {"text": "Better."}
    yield comments.CommentAnswer, taker, "GET", about, None
    yield comments.ReportAnswer, taker, "POST", f"{about}reports/", {"reason": "rude"}
    yield comments.Reports, staff_member, "GET", "/v3/staff/reports/?states=open", None
    judged = {"state": "hidden", "reason": "rude"}
    yield comments.VisibilityAnswer, staff_member, "PUT", f"{about}visibility/", judged
    yield comments.CommentAnswer, maker, "GET", about, None
    yield comments.Reports, staff_member, "GET", "/v3/staff/reports/?states=settled", None
    yield staff.Actions, staff_member, "GET", "/v3/staff/actions/?limit=1", None


def test_what_commands_come_to_is_as_it_is_declared(story: Story) -> None:
    for shape, visitor, method, path, body in commands(story):
        answered(visitor.send(method, path, body), shape)


def test_what_a_batch_comes_to_is_as_it_is_declared(story: Story) -> None:
    asked = [order_in(story.market, price=1), {"cancel": "1"}, order_in(story.market, price=0)]
    result = story.taker.post("/v3/orders/", asked)
    # Which of several shapes an item has only its status tells; msgspec takes any of them.
    msgspec.json.decode(result.content, type=orders.BatchAnswer)
    placed, unknown, invalid = result.json["results"]
    exactly(orders.BatchedOrder, placed)
    exactly(general.Problem, unknown)
    exactly(general.Problem, invalid)
    assert [item["status"] for item in (placed, unknown, invalid)] == [200, 404, 422]


@pytest.mark.parametrize(
    "ask",
    [
        lambda story: story.taker.get("/v3/orders/1/"),
        lambda story: story.taker.post("/v3/orders/", {"price": 1}),
        lambda story: story.world.anyone.get("/v3/orders/"),
        lambda story: story.world.anyone.get("/v3/nowhere/"),
        lambda story: story.world.anyone.send("PUT", "/v3/orders/"),
    ],
    ids=["unknown", "invalid", "not signed in", "nowhere", "no such method"],
)
def test_problems_are_as_they_are_declared(story: Story, ask: Callable[[Story], testing.Result]) -> None:
    result = ask(story)
    assert result.status_code >= 400
    exactly(general.Problem, result.json)


def test_every_shape_of_a_whole_answer_is_used_here(story: Story) -> None:
    tested = {shape for shape, _ in READS} | {shape for shape, *_ in commands(story)}
    template = "#/components/schemas/{name}"
    (quotes, *_), components = msgspec.json.schema_components(
        [trading.Quotes, *EVERY_SHAPE], ref_template=template
    )
    parts = set(re.findall(r"#/components/schemas/(\w+)", json.dumps([quotes, components])))
    untested = {shape.__name__ for shape in EVERY_SHAPE - tested} - parts
    assert untested == {"BatchAnswer", "_Order"}


def test_what_staff_did_to_a_market_is_among_the_actions_that_are_declared(world: World) -> None:
    market = world.market("Gulls", "Herons", "Terns")
    path = f"/v3/markets/{market['id']}/"
    out = market["contracts"][2]["id"]
    world.staff.ok("PATCH", path, {"in_play": True})
    world.staff.ok("PUT", f"{path}contracts/{out}/void/", {"reason": "broke its mast"})
    world.staff.ok("PATCH", path, {"state": "closed"})
    world.staff.ok("PUT", f"{path}settlement/", {"void": True, "reason": "no wind"})
    answered(world.staff.get("/v3/staff/actions/"), staff.Actions)


def test_an_answer_with_a_field_more_is_noticed() -> None:
    with pytest.raises(AssertionError):
        exactly(members.Amount, {"amount": "1.00", "iban": "private"})


def test_an_answer_with_a_field_less_is_noticed() -> None:
    with pytest.raises(msgspec.ValidationError):
        exactly(members.Amount, {})
