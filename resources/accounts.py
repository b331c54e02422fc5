"""Owns the resources of accounts: one's own money and statement, and staff's deposits and withdrawals.

Never changes money but through the account's actor; never shows one member another's account.
Called by resources/app.py.
"""

from collections.abc import Callable, Mapping
from typing import Final

from actors.machines import limits
from actors.machines.messages.answers import AccountResult
from actors.machines.messages.commands import Deposit, GetAccount, Withdraw
from actors.machines.messages.words import Reason
from actors.machines.money import format_money, parse_money
from couch_views.classes import DocumentClass
from couch_views.queries import accounts as queries
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.shapes import StatementDocument
from resources.answers import members as answers
from resources.exchange import Exchange
from resources.pages.asides import of_ids
from resources.paging import PageQuery, pagination
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import Json, account, shown
from resources.texts import Remark
from resources.toolkit.body import body_of
from resources.toolkit.fields import Shape, parse_field
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.media.table import table_of
from resources.toolkit.problems import UNAVAILABLE, ProblemError, invalid
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, command, created, done, read
from resources.toolkit.visitor import Who

_ACCOUNT_FIELDS: Final = (
    "account_id",
    "username",
    "currency",
    "balance",
    "available_balance",
    "exposure",
)
_ACTIVITY_FIELDS: Final = ("id", "type", "amount", "balance", "market_id", "created_datetime")


class MoneyAsked(Shape):
    """Money is a decimal string: "1000.00"."""

    amount: str
    reason: Remark = ""


class Account(Resource):
    """``/v3/accounts/``: the actor is asked, documents may lag. If it is away, they say what was known."""

    pattern = "/v3/accounts"
    title = "Your account"
    representations = (JSON, *page("account.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                NO_QUERY,
                self.show,
                summary="One's own account",
                answers={200: answers.AccountAnswer},
            )
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        try:
            reply = await self._exchange.ask(GetAccount(call.member.account_id))
        except ProblemError as problem:
            if problem.kind is not UNAVAILABLE:
                raise
            return await self._last_known(call, problem)
        assert isinstance(reply.result, AccountResult), "a session that was just confirmed has an account"
        return done({"account": account(reply.result)}, reply.position)

    async def _last_known(self, call: Call[None, Query], problem: ProblemError) -> Outcome:
        account_id = call.member.account_id
        document, position = await self._reader.read(
            call, lambda documents: queries.account(documents, account_id)
        )
        if document is None:
            raise problem
        return done({"account": shown(document, _ACCOUNT_FIELDS)}, position)


class Activity(Resource):
    """``/v3/accounts/activity/``: every movement of one's own money, with the balance after it."""

    pattern = "/v3/accounts/activity"
    title = "Your statement"
    representations = (JSON, *page("statement.xhtml"), table_of("activity", _ACTIVITY_FIELDS))

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                query_of(PageQuery),
                self.show,
                summary="Every movement of one's own money",
                answers={200: answers.Activity},
            )
        }

    async def show(self, call: Call[None, PageQuery]) -> Outcome:
        query = call.query

        def find(documents: Reads) -> tuple[Page[StatementDocument], Json]:
            account_id = call.member.account_id
            page = queries.statement(documents, account_id, query.sort_text, query.limit, query.cursor)
            return page, of_ids(documents, call, page.items)

        (page, aside), position = await self._reader.read(call, find, DocumentClass.HISTORY)
        activity = [shown(movement, _ACTIVITY_FIELDS) for movement in page.items]
        pages = pagination(call.request, page.next_cursor)
        return done({"activity": activity, "pagination": pages}, position, aside=aside)


class MoneyMoves(Resource):
    """``/v3/accounts/{username}/deposits/`` and ``withdrawals/``."""

    representations = (JSON, *page())

    def __init__(
        self, exchange: Exchange, name: str, make: Callable[[str, int, str], Deposit | Withdraw]
    ) -> None:
        """``name`` is ``deposit`` or ``withdrawal``; ``make`` takes a username, an amount and a reason."""
        answer: object = answers.Deposited if name == "deposit" else answers.Withdrawn
        self.pattern = f"/v3/accounts/{{username:username}}/{name}s"
        self._exchange = exchange
        self._name = name
        self._make = make
        self.methods: Mapping[str, Method] = {
            "POST": command(
                Who.TREASURER,
                body_of(MoneyAsked),
                self.move,
                summary=f"Make a {name}",
                answers={201: answer},
                problems=kinds(Reason.NOT_FOUND, Reason.INSUFFICIENT_FUNDS, Reason.LIMIT_EXCEEDED),
                idempotent_key=True,
            )
        }

    async def move(self, call: Call[MoneyAsked, Query]) -> Outcome:
        username = call.word("username")
        amount = parse_field("amount", parse_money, call.body.amount)
        if not 0 < amount <= limits.DEPOSIT_MAX:
            raise invalid("amount", f"more than 0 and at most {format_money(limits.DEPOSIT_MAX)} is needed")
        moved = await self._exchange.carry_out_one(
            call, self._make(username, amount, call.body.reason), AccountResult
        )
        content = {self._name: {"amount": format_money(amount)}, "account": account(moved.result)}
        # A browser goes back to the member; a program is not led to something that was not made.
        return created(content, moved.position, f"/v3/members/{username}/" if call.for_page else None)
