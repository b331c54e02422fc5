"""Owns the resource of what a member did in public, newest first, as a feed too.

Never tells of money, orders or positions: what is public of a member is their profile.
Called by resources/app.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, cast

from couch_views.queries import accounts as queries
from resources.answers import news as answers
from resources.reading import Reader
from resources.toolkit.media.feed import Entry, Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import not_found
from resources.toolkit.query import Query
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, done, read
from resources.toolkit.view import Link, View
from resources.toolkit.visitor import Who

_SENTENCES: Final = {"joined": "joined Credence."}


def entries(view: View) -> Iterator[Entry]:
    """What the member did, as entries of a feed."""
    name, profile = cast("str", view.aside["display_name"]), cast("str", view.aside["profile"])
    for each in cast("Iterable[answers.ActivityEntry]", view.content["activity"]):
        yield Entry(
            f"urn:credence:activity:{profile}{each['id']}",
            f"{name} {_SENTENCES[each['type']]}",
            each["created_datetime"],
            f"{name} {_SENTENCES[each['type']]}",
            author=name,
            published=each["created_datetime"],
            links=(Link("alternate", profile, name, "text/html"),),
            categories=(each["type"],),
        )


class PublicActivity(Resource):
    """``/v3/members/{username}/activity/``."""

    pattern = "/v3/members/{username:username}/activity"
    title = "Activity"
    representations = (JSON, *page(), Feed(entries))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="What a member did in public",
                answers={200: answers.PublicActivity},
            )
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        username = call.word("username")
        member, position = await self._reader.read(
            call, lambda documents: queries.member(documents, username)
        )
        if member is None:
            raise not_found("There is no such member.")
        activity = [{"id": "1", "type": "joined", "created_datetime": member["created_datetime"]}]
        aside = {
            "display_name": member["display_name"] or username,
            "profile": f"/v3/members/{username}/",
        }
        return done({"activity": activity}, position, aside=aside)
