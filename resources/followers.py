"""Owns the resources of who follows a member, and what a member follows, as others may see it.

Never lists anybody who doesn't let it be seen, and never counts them.
Called by resources/app.py.

What is hidden looks like what isn't there: the list is empty, whether its member hides it, has blocked who
looks, or has none.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from actors.machines import limits
from actors.machines.messages.social_words import PrivacyKind
from actors.machines.stream import names
from couch_views.queries import accounts, relations
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.relation_shapes import FollowDocument
from couch_views.shapes import MemberDocument
from resources.answers import relations as answers
from resources.following import FollowingQuery, members_in, named, represent
from resources.pages.asides import purse
from resources.paging import OrderedPageQuery, pagination
from resources.privacy import Relations, Viewer, load, viewer_of
from resources.reading import Reader
from resources.representations import Json
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import not_found
from resources.toolkit.query import query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import Link, View
from resources.toolkit.visitor import Who

_NOTHING: Final[Page[Json]] = Page([], None)


class FollowersQuery(OrderedPageQuery, frozen=True):
    """``with_count``: with how many there are to be seen."""

    with_count: bool = False


class Followers(Resource):
    """``/v3/members/{username}/followers/``."""

    pattern = "/v3/members/{username:username}/followers"
    title = "Followers"
    representations = (JSON, *page())

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(FollowersQuery),
                self.show,
                summary="Who follows a member, newest first",
                answers={200: answers.Followers},
                personal=True,
            )
        }

    def heading(self, view: View, /) -> str:
        return f"Followers of {view.fields['username']}"

    def links(self, view: View, /) -> Iterable[Link]:
        return _links(view)

    async def show(self, call: Call[None, FollowersQuery]) -> Outcome:
        viewer, query = viewer_of(call), call.query

        def find(documents: Reads) -> tuple[Page[Json], Json, Json]:
            seen = _seen(documents, viewer, call.word("username"))
            counted: Json = {}
            if query.with_count:
                counted["count"] = _count(documents, viewer, seen)
            return _followers(documents, viewer, seen, query), counted, purse(documents, call)

        (found, counted, aside), position = await self._reader.read(call, find)
        pages = pagination(call.request, found.next_cursor)
        return done({"followers": found.items, **counted, "pagination": pages}, position, aside=aside)


class FollowedByMember(Resource):
    """``/v3/members/{username}/following/``."""

    pattern = "/v3/members/{username:username}/following"
    title = "Following"
    representations = (JSON, *page("following.xhtml"))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(FollowingQuery),
                self.show,
                summary="What a member follows, newest first",
                answers={200: answers.Following},
                personal=True,
            )
        }

    def heading(self, view: View, /) -> str:
        return f"What {view.fields['username']} follows"

    def links(self, view: View, /) -> Iterable[Link]:
        return _links(view)

    async def show(self, call: Call[None, FollowingQuery]) -> Outcome:
        viewer, query = viewer_of(call), call.query

        def find(documents: Reads) -> tuple[Page[Json], Json]:
            seen = _seen(documents, viewer, call.word("username"))
            found = _following(documents, viewer, seen, query)
            return found, {**named(documents, call, found.items), **purse(documents, call)}

        (found, aside), position = await self._reader.read(call, find)
        pages = pagination(call.request, found.next_cursor)
        return done({"following": found.items, "pagination": pages}, position, aside=aside)


class _Seen(NamedTuple):
    """A member, and what who looks may see of them."""

    account_id: int
    member: MemberDocument
    relations: Relations


def _seen(documents: Reads, viewer: Viewer, username: str) -> _Seen:
    member = accounts.member(documents, username)
    if member is None:
        raise not_found("There is no such member.")
    account_id = int(member["account_id"])
    return _Seen(account_id, member, load(documents, viewer, [account_id]))


def _followers(documents: Reads, viewer: Viewer, seen: _Seen, query: OrderedPageQuery) -> Page[Json]:
    if not seen.relations.allows(seen.account_id, PrivacyKind.FOLLOWERS):
        return _NOTHING

    def show(follows: Sequence[FollowDocument]) -> list[Json | None]:
        """Each follower says themselves who may see what they follow."""
        known = load(documents, viewer, [int(follow["account_id"]) for follow in follows])
        return [
            {"username": follow["username"], "created_datetime": follow["created_datetime"]}
            if known.allows(int(follow["account_id"]), PrivacyKind.FOLLOW)
            else None
            for follow in follows
        ]

    listing = relations.followers(names.MEMBER, seen.account_id)
    return listing.page_of_shown(documents, query.limit, query.cursor, show)


def _count(documents: Reads, viewer: Viewer, seen: _Seen) -> int | None:
    """How many followers are to be seen: a count of all would tell of those who are not."""
    counted = _followers(documents, viewer, seen, OrderedPageQuery(limit=limits.FOLLOWERS_COUNTED_MAX))
    return len(counted.items) if counted.next_cursor is None else None


def _following(documents: Reads, viewer: Viewer, seen: _Seen, query: FollowingQuery) -> Page[Json]:
    if not seen.relations.allows(seen.account_id, PrivacyKind.FOLLOW):
        return _NOTHING

    def show(follows: Sequence[FollowDocument]) -> list[Json | None]:
        """Each member among them says themselves who may see their followers."""
        known = load(documents, viewer, members_in(follows))
        own = seen.account_id == viewer.account_id
        return [
            represent(follow, known.username) if own or _is_to_be_seen(follow, known) else None
            for follow in follows
        ]

    listing = relations.following(seen.account_id, query.type)
    return listing.page_of_shown(documents, query.limit, query.cursor, show)


def _is_to_be_seen(follow: FollowDocument, known: Relations) -> bool:
    if follow["followed"] != names.MEMBER:
        return True
    return known.allows(int(follow["followed_id"]), PrivacyKind.FOLLOWERS)


def _links(view: View) -> Iterable[Link]:
    place = f"/v3/members/{view.fields['username']}/"
    yield Link("up", place, str(view.fields["username"]))
    yield Link("related", f"{place}followers/", "Followers")
    yield Link("related", f"{place}following/", "Following")
