"""Owns the resources of what one follows: members, markets and events, each alone and all in a list.

Never shows one member's list to another: that is resources/followers.py.
Called by resources/app.py; the pages of members, markets and events have its forms.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeVar, cast

from actors.machines.messages.answers import SocialResult
from actors.machines.messages.following import Follow, Unfollow
from actors.machines.messages.words import Reason
from actors.machines.stream import names
from couch_views.queries import accounts, catalogue, relations
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.relation_shapes import FollowDocument
from resources.answers import relations as answers
from resources.exchange import Exchange
from resources.pages.asides import Looking, purse
from resources.paging import OrderedPageQuery, pagination
from resources.privacy import Viewer, load
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import Json
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import not_found
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import (
    NO_QUERY,
    Call,
    Method,
    Outcome,
    Resource,
    done,
    put,
    read,
    remove,
    there_is_nothing_left,
)
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Member, Who

QueryT = TypeVar("QueryT", bound=Query)
_PATH: Final = "/v3/following"
_NAMED: Final = (names.MARKET, names.EVENT)
"""Kinds of what has a name beside its id."""
_NAMES_MAX: Final = 100


class Found(NamedTuple):
    """What can be followed: its activity stream, and how it is shown."""

    stream: str
    represented: Json


class Target(NamedTuple):
    """A kind of what can be followed, and how it is found by the path; 404 (``ProblemError``) if it isn't."""

    kind: str
    pattern: str
    place: str
    """Where it is, by the path's field."""
    find: Callable[[Reads, Mapping[str, object]], Found]


class FollowingQuery(OrderedPageQuery, frozen=True):
    type: Literal["member", "market", "event"] | None = None


def _find_member(documents: Reads, fields: Mapping[str, object]) -> Found:
    username = str(fields["username"])
    account_id = accounts.account_id_of(documents, username)
    if account_id is None:
        raise not_found("There is no such member.")
    return Found(names.of_member(account_id), {"type": names.MEMBER, "username": username})


def _find_market(documents: Reads, fields: Mapping[str, object]) -> Found:
    market_id = cast("int", fields["ids"])
    if not catalogue.markets_by_id(documents, [market_id]):
        raise not_found("There is no such market.")
    return Found(names.of_market(market_id), {"type": names.MARKET, "market_id": str(market_id)})


def _find_event(documents: Reads, fields: Mapping[str, object]) -> Found:
    event_id = cast("int", fields["ids"])
    if not catalogue.events_by_id(documents, [event_id]):
        raise not_found("There is no such event.")
    return Found(names.of_event(event_id), {"type": names.EVENT, "event_id": str(event_id)})


MEMBERS: Final = Target(
    names.MEMBER, f"{_PATH}/members/{{username:username}}", "/v3/members/{username}/", _find_member
)
MARKETS: Final = Target(names.MARKET, f"{_PATH}/markets/{{ids:identity}}", "/v3/markets/{ids}/", _find_market)
EVENTS: Final = Target(names.EVENT, f"{_PATH}/events/{{ids:identity}}", "/v3/events/{ids}/", _find_event)
TARGETS: Final = (MEMBERS, MARKETS, EVENTS)


class Followed(Resource):
    """``/v3/following/members/{username}/`` and the like: whether one follows it; 404 if not."""

    title = "You follow"
    representations = (JSON, *page())

    def __init__(self, target: Target, exchange: Exchange, reader: Reader) -> None:
        self.pattern = target.pattern
        self._target = target
        self._exchange = exchange
        self._reader = reader
        problems = kinds(Reason.NOT_ALLOWED, Reason.LIMIT_EXCEEDED)
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                NO_QUERY,
                self.show,
                summary=f"Whether one follows a {target.kind}",
                answers={200: answers.FollowAnswer},
            ),
            "PUT": put(
                Who.MEMBER,
                self.follow,
                summary=f"Follow a {target.kind}",
                answers={200: answers.FollowAnswer},
                problems=problems,
            ),
            "DELETE": remove(Who.MEMBER, NO_QUERY, self.unfollow, summary=f"Unfollow a {target.kind}"),
        }

    def links(self, view: View, /) -> Iterable[Link]:
        yield Link("up", f"{_PATH}/", "What you follow")
        yield Link("related", self._target.place.format_map(view.fields), f"The {self._target.kind}")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        yield FormUse("DELETE", self.pattern, view.path, title="Unfollow")

    async def show(self, call: Call[None, Query]) -> Outcome:
        def find(documents: Reads) -> tuple[Found, FollowDocument | None, Json]:
            found = self._target.find(documents, call.fields)
            document = relations.follow(documents, call.member.account_id, found.stream)
            return found, document, purse(documents, call)

        (found, document, aside), position = await self._reader.read(call, find)
        if document is None:
            raise not_found("You don't follow this.")
        follow = {**found.represented, "created_datetime": document["created_datetime"]}
        return done({"follow": follow}, position, aside=aside)

    async def follow(self, call: Call[None, Query]) -> Outcome:
        found = await self._find(call)
        followed = await self._exchange.carry_out_one(call, Follow(found.stream), SocialResult)
        place = self._target.place.format_map(call.fields)
        return done({"follow": found.represented}, followed.position, location=place)

    async def unfollow(self, call: Call[None, Query]) -> Outcome:
        found = await self._find(call)
        unfollowed = await self._exchange.carry_out_one(call, Unfollow(found.stream), SocialResult)
        return there_is_nothing_left(unfollowed.position, self._target.place.format_map(call.fields))

    async def _find(self, call: Call[None, Query]) -> Found:
        found, _ = await self._reader.read(call, lambda documents: self._target.find(documents, call.fields))
        return found


class Following(Resource):
    """``/v3/following/``: all that one follows oneself."""

    pattern = _PATH
    title = "All that you follow"
    representations = (JSON, *page("following.xhtml"))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                query_of(FollowingQuery),
                self.show,
                summary="What one follows, newest first",
                answers={200: answers.Following},
            )
        }

    def links(self, _view: View, /) -> Iterable[Link]:
        yield Link("related", "/v3/activity/", "What happened there")
        yield Link("related", "/v3/blocks/", "Whom you have blocked")
        yield Link("related", "/v3/mutes/", "Whom you have muted")
        yield Link("related", "/v3/privacy/", "Who may see what of you")

    async def show(self, call: Call[None, FollowingQuery]) -> Outcome:
        account_id, query = call.member.account_id, call.query

        def find(documents: Reads) -> tuple[Page[Json], Json]:
            listing = relations.following(account_id, query.type)
            viewer = Viewer(account_id)

            def show(follows: Sequence[FollowDocument]) -> list[Json | None]:
                known = load(documents, viewer, members_in(follows))
                return [represent(follow, known.username) for follow in follows]

            found = listing.page_of_shown(documents, query.limit, query.cursor, show)
            return found, {**named(documents, call, found.items), **purse(documents, call)}

        (found, aside), position = await self._reader.read(call, find)
        pages = pagination(call.request, found.next_cursor)
        return done({"following": found.items, "pagination": pages}, position, aside=aside)


def represent(follow: FollowDocument, username_of: Callable[[int], str | None]) -> Json:
    """What is followed, by the name or id of what it is."""
    kind, number = follow["followed"], follow["followed_id"]
    named = {"username": username_of(int(number))} if kind == names.MEMBER else {f"{kind}_id": number}
    return {"type": kind, **named, "created_datetime": follow["created_datetime"]}


def named(documents: Reads, call: Looking, items: Iterable[Json]) -> Json:
    """``called``, for a page: the names of the markets and events among what is followed, by kind and id."""
    if not call.for_page:
        return {}
    ids = {kind: [int(str(each[f"{kind}_id"])) for each in items if each["type"] == kind] for kind in _NAMED}
    markets = catalogue.markets_by_id(documents, ids[names.MARKET][:_NAMES_MAX])
    events = catalogue.events_by_id(documents, ids[names.EVENT][:_NAMES_MAX])
    return {
        "called": {
            names.MARKET: {market["id"]: market["name"] for market in markets},
            names.EVENT: {event["id"]: event["name"] for event in events},
        }
    }


def members_in(follows: Iterable[FollowDocument]) -> list[int]:
    """The members among what is followed."""
    return [int(follow["followed_id"]) for follow in follows if follow["followed"] == names.MEMBER]


def followed(documents: Reads, visitor: Member | None, stream: str) -> Json:
    """``follows``: whether who looks at a page follows what it is about; nothing if nobody is signed in."""
    if visitor is None:
        return {}
    return {"follows": relations.follow(documents, visitor.account_id, stream) is not None}


def follow_forms(view: View, target: Target, value: object) -> Iterable[FormUse]:
    """The form of a page that was given ``followed``: to follow what it is about, or to do so no more."""
    if "follows" in view.aside:
        method = "DELETE" if view.aside["follows"] else "PUT"
        title = "Unfollow" if view.aside["follows"] else "Follow"
        path = f"{_PATH}/{target.kind}s/{value}/"
        yield FormUse(method, target.pattern, path, title=title)
