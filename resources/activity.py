"""Owns the resources of activity: of a member, a market, an event, the exchange, and of all that one follows.

Never shows an entry as it is: every page goes through the filter.
Called by resources/app.py; private feeds (resources/private_feeds.py) read by it, too.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from actors.machines import limits
from actors.machines.messages.social_words import PrivacyKind
from actors.machines.stream import names
from couch_views.classes import DocumentClass
from couch_views.json_values import JsonObject
from couch_views.queries import accounts, activity, catalogue, relations
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from resources import privacy
from resources.answers import activity as answers
from resources.entries import Look, Seals, content_of, feed_entries, look_of, page_of
from resources.pages.asides import purse
from resources.paging import OrderedPageQuery
from resources.privacy import viewer_of
from resources.reading import Reader
from resources.representations import Json
from resources.toolkit.media.feed import Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import not_found
from resources.toolkit.query import query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import Link, View
from resources.toolkit.visitor import Who

Asked = Call[None, OrderedPageQuery]


class Found(NamedTuple):
    """Whose stream was found, where that is, and the page that was asked for."""

    heading: str
    of: Link | None
    page: Page[JsonObject]


class Stream(NamedTuple):
    """A kind of stream: where it is, for whom, and how it is found; 404 (``ProblemError``) if it isn't."""

    pattern: str
    who: Who
    summary: str
    find: Callable[[Reads, Look, Asked], Found]


class Activity(Resource):
    """What happened, newest first."""

    title = "Activity"
    representations = (JSON, *page("activity.xhtml"), Feed(feed_entries))

    def __init__(self, stream: Stream, reader: Reader, seals: Seals) -> None:
        self.pattern = stream.pattern
        self._find = stream.find
        self._seals = seals
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                stream.who,
                query_of(OrderedPageQuery),
                self.show,
                summary=stream.summary,
                answers={200: answers.ActivityPage},
                personal=stream.who is Who.ANYONE,
            )
        }

    async def show(self, call: Asked) -> Outcome:
        viewer = viewer_of(call)

        def find(documents: Reads) -> tuple[Found, Json]:
            look = look_of(viewer, call.query, self._seals)
            return self._find(documents, look, call), purse(documents, call)

        ((heading, of, found), aside), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        content = content_of(found, call.request, self._seals)
        links = [] if of is None else [of]
        return done(content, position, aside={**aside, "heading": heading}, links=links)

    def heading(self, view: View, /) -> str:
        return str(view.aside["heading"])


def home(documents: Reads, look: Look, _: Asked) -> Found:
    """A merge over what somebody follows: nothing was written there for them."""
    return Found("What you follow", None, home_page(documents, look))


def home_page(documents: Reads, look: Look) -> Page[JsonObject]:
    account_id = look.viewer.account_id
    assert account_id is not None, "nobody follows nothing"
    followed = relations.followed_streams(documents, account_id)
    muted = relations.mutes(documents, account_id, limits.PAGE_LIMIT_MAX, None).items
    unheard = {names.of_member(int(mute["other_account_id"])) for mute in muted}
    streams = [name for name in followed if name not in unheard]
    members = [number for number in map(names.member_of, streams) if number]
    listing = activity.of_streams(streams, activity.members_showing_orders(documents, members))
    return page_of(documents, look, listing, home=True)


def of_member(documents: Reads, look: Look, call: Asked) -> Found:
    member = accounts.member(documents, call.word("username"))
    if member is None:
        raise not_found("There is no such member.")
    name = member["display_name"] or member["username"]
    of = Link("related", f"/v3/members/{member['username']}/", name, "text/html")
    return Found(f"Activity of {name}", of, own_page(documents, look, int(member["account_id"])))


def own_page(documents: Reads, look: Look, account_id: int) -> Page[JsonObject]:
    """What one member did, as far as the viewer may see it."""
    shows_orders = privacy.load(documents, look.viewer, [account_id]).allows(account_id, PrivacyKind.ORDER)
    listing = activity.of_streams([names.of_member(account_id)], [account_id] if shows_orders else [])
    return page_of(documents, look, listing)


def of_market(documents: Reads, look: Look, call: Asked) -> Found:
    market_id = call.identity("ids")
    markets = catalogue.markets_by_id(documents, [market_id])
    if not markets:
        raise not_found("There is no such market.")
    name = markets[0]["name"]
    listing = activity.of_streams([names.of_market(market_id)])
    found = page_of(documents, look, listing)
    return Found(
        f"Activity in {name}", Link("related", f"/v3/markets/{market_id}/", name, "text/html"), found
    )


def of_event(documents: Reads, look: Look, call: Asked) -> Found:
    """With what happens in its markets, which stands in their streams."""
    event_id = call.identity("ids")
    events = catalogue.events_by_id(documents, [event_id])
    if not events:
        raise not_found("There is no such event.")
    name = events[0]["name"]
    filters = catalogue.MarketFilters([event_id])
    markets = catalogue.markets(documents, filters, "event_id,display_order", limits.PAGE_LIMIT_MAX).items
    listing = activity.of_streams(
        [names.of_event(event_id), *(names.of_market(int(market["id"])) for market in markets)]
    )
    found = page_of(documents, look, listing)
    return Found(f"Activity in {name}", Link("related", f"/v3/events/{event_id}/", name, "text/html"), found)


def of_exchange(documents: Reads, look: Look, _: Asked) -> Found:
    listing = activity.of_streams([names.EXCHANGE])
    found = page_of(documents, look, listing)
    return Found("Activity of the exchange", None, found)


STREAMS: Final = (
    Stream("/v3/activity", Who.MEMBER, "What happened of what one follows, newest first", home),
    Stream(
        "/v3/members/{username:username}/activity", Who.ANYONE, "What a member did, newest first", of_member
    ),
    Stream(
        "/v3/markets/{ids:identities}/activity",
        Who.ANYONE,
        "What happened in a market, newest first",
        of_market,
    ),
    Stream(
        "/v3/events/{ids:identities}/activity",
        Who.ANYONE,
        "What happened about an event, newest first",
        of_event,
    ),
    Stream("/v3/exchange/activity", Who.ANYONE, "What happened on the exchange, newest first", of_exchange),
)
