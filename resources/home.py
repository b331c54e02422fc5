"""Owns the home of the API: links to everything.

Never says ready before everything is: the actors, the documents, and on a first start what it makes.
Called by resources/app.py.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from resources.answers import general as answers
from resources.exchange import Exchange
from resources.notices import unread_of
from resources.pages.asides import of_home
from resources.reading import Reader
from resources.representations import Json
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import unavailable
from resources.toolkit.query import Query
from resources.toolkit.resource import NO_QUERY, Cache, Call, Method, Outcome, Resource, done, read
from resources.toolkit.visitor import Who

_ANSWERS_WITHIN_S: Final = 1.0
_LINKS: Final[Json] = {
    "members": "/v3/members/",
    "sessions": "/v3/sessions/",
    "account": "/v3/accounts/",
    "activity": "/v3/accounts/activity/",
    "api_keys": "/v3/api_keys/",
    "events": "/v3/events/",
    "markets": "/v3/markets/",
    "search": "/v3/search/",
    "news": "/v3/news/",
    "what_you_follow": "/v3/activity/",
    "exchange_activity": "/v3/exchange/activity/",
    "notifications": "/v3/notifications/",
    "badges": "/v3/badges/",
    "following": "/v3/following/",
    "blocks": "/v3/blocks/",
    "mutes": "/v3/mutes/",
    "privacy": "/v3/privacy/",
    "orders": "/v3/orders/",
    "executions": "/v3/executions/",
    "positions": "/v3/positions/",
    "leaderboards": "/v3/leaderboards/",
    "exchange_state": "/v3/exchange/state/",
    "staff_actions": "/v3/staff/actions/",
    "reconciliation": "/v3/ledger/reconciliation/",
    "description": "/v3/openapi.json",
    "docs": "/v3/docs/",
}


class Home(Resource):
    """``/`` and ``/v3/``: links to everything, once the exchange is ready."""

    title = "Credence"
    representations = (JSON, *page("home.xhtml"))

    def __init__(self, pattern: str, exchange: Exchange, reader: Reader, first_start_marker: Path) -> None:
        self.pattern = pattern
        self._exchange = exchange
        self._reader = reader
        self._first_start_marker = first_start_marker
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="Everything there is",
                answers={200: answers.Home},
                cache=Cache.NEVER,
            )
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        if not await self._exchange.answers(_ANSWERS_WITHIN_S):
            raise unavailable("The exchange is starting.")
        aside, position = await self._reader.read(
            call, lambda documents: {**of_home(documents, call), **unread_of(documents, call)}
        )
        if not self._first_start_marker.exists():
            raise unavailable("The first start is not complete yet.")
        return done({"name": "Credence", "links": _LINKS}, position, aside=aside)
