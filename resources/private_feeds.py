"""Owns the resources of private feeds: one's own activity for a feed reader, which can't sign in.

Never keeps an address, and never shows one to anybody but its member; logs have none either.
Called by resources/app.py.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Final, Literal, NamedTuple

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import SocialResult
from actors.machines.messages.feeds import RenewFeed, RevokeFeed
from actors.machines.messages.words import Scope
from couch_views.classes import DocumentClass
from couch_views.json_values import JsonObject
from couch_views.queries import accounts, activity
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from resources.activity import home_page, own_page
from resources.answers import activity as answers
from resources.entries import Seals, content_of, feed_entries, look_of
from resources.exchange import Exchange
from resources.feed_addresses import PLACE, FeedAddresses, read_address
from resources.paging import OrderedPageQuery
from resources.privacy import Viewer
from resources.reading import Reader
from resources.toolkit.addresses import origin_of
from resources.toolkit.media.feed import Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import NOT_ALLOWED, NOT_FOUND, THROTTLED, ProblemError, not_found
from resources.toolkit.query import Query, query_of
from resources.toolkit.rates import Policy, Rates
from resources.toolkit.resource import (
    NO_QUERY,
    Cache,
    Call,
    Method,
    Outcome,
    Resource,
    created,
    done,
    put,
    read,
    remove,
    there_is_nothing_left,
)
from resources.toolkit.view import FormUse, View
from resources.toolkit.visitor import Who

WRONG_ADDRESSES: Final = Policy(
    "wrong-feed-addresses",
    limits.WRONG_PASSWORDS_PER_ADDRESS,
    limits.WRONG_PASSWORDS_WINDOW_S,
    "there were too many wrong addresses of feeds",
)


class PrivateFeeds(Resource):
    """``/v3/feeds/``: the address of one's own private feed."""

    pattern = "/v3/feeds"
    title = "Your private feed"
    representations = (JSON, *page("private_feed.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader, addresses: FeedAddresses) -> None:
        self._exchange = exchange
        self._reader = reader
        self._addresses = addresses
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                NO_QUERY,
                self.show,
                summary="The secret address of one's private feed",
                answers={200: answers.PrivateFeedAnswer},
                problems=(NOT_ALLOWED,),
                cache=Cache.NEVER,
            ),
            # What it makes is another one each time, of which there is nothing to say.
            "POST": put(
                Who.MEMBER,
                self.renew,
                summary="Make an address for one's private feed; any before is revoked",
                answers={201: answers.PrivateFeedAnswer},
            ),
            "DELETE": remove(Who.MEMBER, NO_QUERY, self.revoke, summary="Revoke the address"),
        }

    def forms(self, view: View, /) -> Iterable[FormUse]:
        had = view.content.get("feed") is not None
        yield FormUse(
            "POST", self.pattern, view.path, title="Make another address" if had else "Make an address"
        )
        if had:
            yield FormUse("DELETE", self.pattern, view.path, title="Revoke it")

    async def show(self, call: Call[None, Query]) -> Outcome:
        if call.member.scope is not Scope.ALL:
            raise ProblemError(NOT_ALLOWED, "An API key is not shown an address that would outlive it.")
        account_id = call.member.account_id
        feed, position = await self._reader.read(
            call, lambda documents: activity.private_feed(documents, account_id)
        )
        shown = None if feed is None else {"path": self._addresses.path(account_id, feed["generation"])}
        return done({"feed": shown}, position)

    async def renew(self, call: Call[None, Query]) -> Outcome:
        renewed = await self._exchange.carry_out_one(call, RenewFeed(), SocialResult)
        path = self._addresses.path(call.member.account_id, renewed.result.identity)
        return created({"feed": {"path": path}}, renewed.position, PLACE)

    async def revoke(self, call: Call[None, Query]) -> Outcome:
        revoked = await self._exchange.carry_out_one(call, RevokeFeed(), SocialResult)
        return there_is_nothing_left(revoked.position, PLACE)


class FeedQuery(OrderedPageQuery, frozen=True):
    """``stream``: what one follows, or what one did oneself."""

    stream: Annotated[
        Literal["home", "own"], msgspec.Meta(description="What its member follows, or what they did.")
    ] = "home"


class Found(NamedTuple):
    heading: str
    of: str
    """The path of the stream that it is a feed of."""
    page: Page[JsonObject]


def identify(view: View) -> str:
    """The feed's identity: of the stream, which stays the same when the address doesn't."""
    return f"urn:credence:feed:{view.aside['of']}"


class PrivateFeed(Resource):
    """``/v3/feeds/{secret}/``: what one follows, or what one did, for whoever knows the address."""

    pattern = "/v3/feeds/{secret:word}"
    title = "Private feed"
    representations = (Feed(feed_entries, identify), JSON)

    def __init__(
        self, reader: Reader, addresses: FeedAddresses, seals: Seals, clock: Callable[[], int]
    ) -> None:
        """``clock`` gives nanoseconds."""
        self._reader = reader
        self._addresses = addresses
        self._seals = seals
        self._wrong = Rates(WRONG_ADDRESSES, clock)
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(FeedQuery),
                self.show,
                summary="A private feed, by its secret address",
                answers={200: answers.ActivityPage},
                problems=(THROTTLED,),
                cache=Cache.PRIVATE,
                unlisted=True,
            )
        }

    async def show(self, call: Call[None, FeedQuery]) -> Outcome:
        origin = origin_of(call.request.address)
        if origin is not None:
            self._wrong.require(origin)

        def find(documents: Reads) -> Found:
            return self._find(documents, call)

        try:
            found, position = await self._reader.read(call, find, DocumentClass.HISTORY)
        except ProblemError as problem:
            if problem.kind is NOT_FOUND and origin is not None:
                self._wrong.take_more(origin, limits.COST_REQUEST)
            raise
        content = content_of(found.page, call.request, self._seals)
        return done(content, position, aside={"heading": found.heading, "of": found.of})

    def heading(self, view: View, /) -> str:
        return str(view.aside["heading"])

    def _find(self, documents: Reads, call: Call[None, FeedQuery]) -> Found:
        """What the address leads to; 404 (``ProblemError``) if that is nothing."""
        address = read_address(call.word("secret"))
        feed = None if address is None else activity.private_feed(documents, address.account_id)
        if address is None or feed is None or not self._addresses.proves(address, feed["generation"]):
            raise not_found("There is no such feed.")
        look = look_of(Viewer(address.account_id), call.query, self._seals)
        if call.query.stream == "home":
            return Found("What you follow", "/v3/activity/", home_page(documents, look))
        username = accounts.account(documents, address.account_id)
        assert username is not None, "who has a feed has an account"
        of = f"/v3/members/{username['username']}/activity/"
        return Found("What you did", of, own_page(documents, look, address.account_id))
