"""Owns the reconciliation of a running exchange, for staff: whether ledger and documents say what actors say.

Never compares what is true at different records: it waits for the documents, but not for long.
Called by resources/app.py.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import msgspec

from actors.machines import limits
from actors.machines.money import format_money
from couch_views.classes import DocumentClass
from couch_views.queries.ledger import Totals, totals
from couch_views.queries.reading import Reads
from couch_views.queries.reconciliation import Compared, compare, needed, read_shown, totals_problem
from resources.answers import ledger as answers
from resources.exchange import Exchange
from resources.held import CURSOR, FIRST, portion
from resources.paging import pagination
from resources.reading import Reader
from resources.representations import Json
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import UNAVAILABLE, unavailable
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import Cache, Call, Method, Outcome, Resource, done, read
from resources.toolkit.visitor import Who

_DOCUMENTS_WITHIN_S: Final = 5.0


class ReconciliationQuery(Query, frozen=True):
    """How many members at a time, at least one of each stream; ``cursor`` only comes from ``next_page``."""

    limit: Annotated[
        int, msgspec.Meta(ge=limits.STREAMS_OF_A_KIND_MAX, le=limits.RECONCILED_PER_PAGE_MAX)
    ] = 64
    cursor: Annotated[str, msgspec.Meta(pattern=CURSOR)] = FIRST


class Reconciliation(Resource):
    """``/v3/ledger/reconciliation/``: every account as its actor, the ledger and its document have it."""

    pattern = "/v3/ledger/reconciliation"
    title = "Reconciliation of the ledger"
    representations = (JSON, *page("reconciliation.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader, streams: Sequence[str]) -> None:
        """``streams`` are those of accounts."""
        self._exchange = exchange
        self._reader = reader
        self._streams = streams
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.STAFF,
                query_of(ReconciliationQuery),
                self.show,
                summary="Compare all accounts with the ledger and their documents",
                answers={200: answers.ReconciliationAnswer},
                problems=(UNAVAILABLE,),
                cache=Cache.NEVER,
            )
        }

    async def show(self, call: Call[None, ReconciliationQuery]) -> Outcome:
        held, next_cursor = await portion(self._exchange, self._streams, call.query.cursor, call.query.limit)
        await self._reach(needed(held, {}))
        shown, _ = await self._reader.read(call, lambda documents: read_shown(documents, held))
        await self._reach(needed(held, shown))

        def find(documents: Reads) -> tuple[Totals, list[Compared]]:
            return totals(documents), list(compare(documents, held, shown))

        (of_all, compared), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        return done(
            {
                "reconciliation": represent(of_all, compared),
                "pagination": pagination(call.request, next_cursor),
            },
            position,
        )

    async def _reach(self, position: Mapping[str, int]) -> None:
        if not await self._reader.reach(position, _DOCUMENTS_WITHIN_S):
            raise unavailable("The documents have not come as far as the exchange yet.")


def represent(of_all: Totals, compared: Sequence[Compared]) -> Json:
    return {
        "ok": totals_problem(of_all) is None and not any(each.problems for each in compared),
        "ledger_total": format_money(of_all.units),
        "transactions": of_all.transactions,
        "accounts": [_account(each) for each in compared],
    }


def _account(compared: Compared) -> Json:
    (account, stream), sequence, balance = compared.held
    shown = compared.shown
    return {
        "account": account,
        "stream": stream,
        "sequence": sequence,
        "balance": format_money(balance),
        "ledger_balance": format_money(compared.ledger),
        "document_sequence": None if shown is None else shown.sequence,
        "document_balance": None if shown is None else format_money(shown.balance),
        "differences": compared.problems,
    }
