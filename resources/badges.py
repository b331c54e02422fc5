"""Owns the resources of badges: all that can be earned, and those that a member has.

Never shows how far anybody is with the next level, nor how many have one.
Called by resources/app.py; the page of a member shows their badges by it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, cast

from actors.machines.messages.social_words import PrivacyKind
from actors.machines.stream.badge_declarations import BADGES, BY_NAME
from actors.machines.stream.badge_rules import Badge
from couch_views.activity_shapes import EntryDocument
from couch_views.badge_shapes import BadgeDocument
from couch_views.classes import DocumentClass
from couch_views.queries import accounts
from couch_views.queries import badges as queries
from couch_views.queries.discussion import entries_by_id
from couch_views.queries.reading import Reads
from couch_views.shapes import MemberDocument
from resources.answers import badges as answers
from resources.entry_ids import EntryIds, named
from resources.pages.asides import purse
from resources.privacy import Relations, Viewer, load, people_in, viewer_of
from resources.reading import Reader
from resources.representations import Json
from resources.toolkit.media.feed import Entry, Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.positions import Position
from resources.toolkit.problems import not_found
from resources.toolkit.query import Query
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import Link, View
from resources.toolkit.visitor import Who

_UNCHANGED: Final[Position] = {}
"""What is declared waits for no document."""


class Badges(Resource):
    """``/v3/badges/``: what can be earned, the same for everybody."""

    pattern = "/v3/badges"
    title = "Badges"
    representations = (JSON, *page("badges.xhtml"))

    def __init__(self) -> None:
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="All badges that can be earned",
                answers={200: answers.Badges},
            )
        }

    async def show(self, _call: Call[None, Query]) -> Outcome:
        return done({"badges": [_declared(badge) for badge in BADGES]}, _UNCHANGED)

    def links(self, view: View, /) -> Iterable[Link]:
        if view.visitor is not None:
            yield Link("related", f"/v3/members/{view.visitor.username}/badges/", "Your badges")


class Found(NamedTuple):
    member: MemberDocument
    badges: list[Json]
    aside: Json


class MemberBadges(Resource):
    """``/v3/members/{username}/badges/``: what a member lets who looks see."""

    pattern = "/v3/members/{username:username}/badges"
    title = "Badges"

    def __init__(self, reader: Reader, entry_ids: EntryIds) -> None:
        self.representations = (JSON, *page("badges.xhtml"), Feed(entries))
        self._reader = reader
        self._entry_ids = entry_ids
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="A member's badges",
                answers={200: answers.MemberBadges},
                personal=True,
            )
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        username, viewer = call.word("username"), viewer_of(call)

        def find(documents: Reads) -> Found:
            member = accounts.member(documents, username)
            if member is None:
                raise not_found("There is no such member.")
            shown = badges_of(documents, viewer, member, self._entry_ids)
            return Found(member, shown, purse(documents, call))

        (member, badges, aside), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        name = member["display_name"] or username
        links = [
            Link("up", f"/v3/members/{username}/", name),
            Link("related", f"/v3/members/{username}/", name),
            Link("related", "/v3/badges/", "All badges"),
        ]
        return done({"badges": badges}, position, aside={**aside, "name": name}, links=links)

    def heading(self, view: View, /) -> str:
        return f"Badges of {view.aside['name']}"


def badges_of(
    documents: Reads, viewer: Viewer, member: MemberDocument, entry_ids: EntryIds | None = None
) -> list[Json]:
    """The badges of a member that the viewer may see, in the order in which they are declared."""
    account_id = int(member["account_id"])
    levels = [(badge.name, level) for badge in BADGES for level in range(1, len(badge.levels) + 1)]
    found = queries.badges(documents, member["username"], levels)
    by = _entries(documents, found)
    relations = load(documents, viewer, [account_id, *people_in(entry for entry in by if entry is not None)])
    earned: dict[str, list[Json]] = {}
    for document, entry in zip(found, by, strict=True):
        badge = BY_NAME[document["badge"]]
        if relations.allows(account_id, PrivacyKind.BADGE, badge.tells):
            shown = _earned(badge, document, entry, relations, entry_ids)
            earned.setdefault(badge.name, []).append(shown)
    return [{**_named(badge), "levels": earned[badge.name]} for badge in BADGES if badge.name in earned]


def entries(view: View) -> Iterator[Entry]:
    """The levels that were earned as entries of a feed, newest first."""
    levels = [
        (str(level["earned_datetime"]), badge, level)
        for badge in cast("Sequence[Json]", view.content["badges"])
        for level in cast("Sequence[Json]", badge["levels"])
    ]
    name = str(view.aside["name"])
    for time, badge, level in sorted(levels, key=lambda each: each[0], reverse=True):
        yield Entry(
            f"urn:credence:badge:{view.path}{badge['name']}/{level['level']}",
            f"{name} earned {badge['title']}: {level['title']}",
            time,
            str(badge["description"]),
            author=name,
            published=time,
            links=(Link("alternate", view.path, "Badges", "text/html"),),
            categories=(str(badge["name"]),),
        )


def _named(badge: Badge) -> Json:
    return {"name": badge.name, "title": badge.title, "description": badge.description}


def _declared(badge: Badge) -> Json:
    levels = [
        {"level": place, "title": level.title, "needed": level.amount}
        for place, level in enumerate(badge.levels, 1)
    ]
    return {**_named(badge), "tells": badge.tells.value, "levels": levels}


def _entries(documents: Reads, found: Sequence[BadgeDocument]) -> list[EntryDocument | None]:
    """The entries that earned badges."""
    return entries_by_id(documents, [int(each["entry_id"]) for each in found])


def _earned(
    badge: Badge,
    document: BadgeDocument,
    entry: EntryDocument | None,
    relations: Relations,
    entry_ids: EntryIds | None,
) -> Json:
    """The entry is named to who may see it: it is filtered where it is shown, too."""
    visible = entry is not None and relations.shown(entry) is not None
    time = relations.time(int(document["account_id"]), PrivacyKind.BADGE, document["earned_datetime"])
    return {
        "level": document["level"],
        "title": badge.levels[document["level"] - 1].title,
        "earned_datetime": time,
        "entry_id": named(entry_ids, document["entry_id"]) if visible else None,
    }
