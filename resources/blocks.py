"""Owns the resources of whom one has blocked and muted.

Never shows anybody but who did it that it was done.
Called by resources/app.py; the page of a member has their forms.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from actors.machines.messages.answers import SocialResult
from actors.machines.messages.following import Block, Mute, Unblock, Unmute
from actors.machines.messages.words import Reason
from couch_views.queries import accounts, relations
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.relation_shapes import BlockDocument, MuteDocument
from resources.answers import relations as answers
from resources.exchange import Exchange
from resources.pages.asides import purse
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

_Document = BlockDocument | MuteDocument


class Kind(NamedTuple):
    """Blocking or muting: its name, its words, its commands, where it is read."""

    name: str
    begin: type[Block | Mute]
    end: type[Unblock | Unmute]
    one: Callable[[Reads, int, int], _Document | None]
    several: Callable[[Reads, int, int, str | None], Page[BlockDocument] | Page[MuteDocument]]
    answer: object
    answer_of_list: object

    @property
    def path(self) -> str:
        return f"/v3/{self.name}s"

    @property
    def pattern(self) -> str:
        return f"{self.path}/{{username:username}}"


BLOCKS: Final = Kind(
    "block", Block, Unblock, relations.block, relations.blocks, answers.BlockAnswer, answers.Blocks
)
MUTES: Final = Kind("mute", Mute, Unmute, relations.mute, relations.mutes, answers.MuteAnswer, answers.Mutes)


class Others(Resource):
    """``/v3/blocks/`` and ``/v3/mutes/``: all whom one has blocked, or muted."""

    representations = (JSON, *page())

    def __init__(self, kind: Kind, reader: Reader) -> None:
        self.pattern = kind.path
        self._kind = kind
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                query_of(OrderedPageQuery),
                self.show,
                summary=f"Whom one has {_past(kind)}",
                answers={200: kind.answer_of_list},
            )
        }

    def heading(self, _view: View, /) -> str:
        return f"Whom you have {_past(self._kind)}"

    async def show(self, call: Call[None, OrderedPageQuery]) -> Outcome:
        account_id, query = call.member.account_id, call.query

        def find(documents: Reads) -> tuple[list[Json], str | None, Json]:
            found = self._kind.several(documents, account_id, query.limit, query.cursor)
            others = [int(each["other_account_id"]) for each in found.items]
            known = load(documents, Viewer(account_id), others)
            shown = [
                _represent(known.username(other), each)
                for other, each in zip(others, found.items, strict=True)
            ]
            return shown, found.next_cursor, purse(documents, call)

        (others, next_cursor, aside), position = await self._reader.read(call, find)
        content = {f"{self._kind.name}s": others, "pagination": pagination(call.request, next_cursor)}
        return done(content, position, aside=aside)


class Other(Resource):
    """``/v3/blocks/{username}/`` and ``/v3/mutes/{username}/``: 404 for whom one hasn't."""

    representations = (JSON, *page())

    def __init__(self, kind: Kind, exchange: Exchange, reader: Reader) -> None:
        self.pattern = kind.pattern
        self._kind = kind
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                NO_QUERY,
                self.show,
                summary=f"Whether one has {_past(kind)} a member",
                answers={200: kind.answer},
            ),
            "PUT": put(
                Who.MEMBER,
                self.begin,
                summary=f"{kind.name.capitalize()} a member",
                answers={200: kind.answer},
                problems=kinds(Reason.NOT_ALLOWED, Reason.LIMIT_EXCEEDED),
            ),
            "DELETE": remove(Who.MEMBER, NO_QUERY, self.end, summary=f"Un{kind.name} a member"),
        }

    def heading(self, view: View, /) -> str:
        return f"You have {_past(self._kind)} {view.fields['username']}"

    def links(self, view: View, /) -> Iterable[Link]:
        yield Link("up", f"{self._kind.path}/", f"Whom you have {_past(self._kind)}")
        yield Link("related", f"/v3/members/{view.fields['username']}/", str(view.fields["username"]))

    def forms(self, view: View, /) -> Iterable[FormUse]:
        yield FormUse("DELETE", self.pattern, view.path, title=f"Un{self._kind.name}")

    async def show(self, call: Call[None, Query]) -> Outcome:
        def find(documents: Reads) -> tuple[_Document | None, Json]:
            other = _account_of(documents, call.word("username"))
            return self._kind.one(documents, call.member.account_id, other), purse(documents, call)

        (document, aside), position = await self._reader.read(call, find)
        if document is None:
            raise not_found(f"You haven't {_past(self._kind)} this member.")
        shown = _represent(call.word("username"), document)
        return done({self._kind.name: shown}, position, aside=aside)

    async def begin(self, call: Call[None, Query]) -> Outcome:
        command = self._kind.begin(await self._other(call))
        done_so = await self._exchange.carry_out_one(call, command, SocialResult)
        await self._reader.settle(done_so.position)
        username = call.word("username")
        content = {self._kind.name: {"username": username}}
        return done(content, done_so.position, location=f"/v3/members/{username}/")

    async def end(self, call: Call[None, Query]) -> Outcome:
        command = self._kind.end(await self._other(call))
        ended = await self._exchange.carry_out_one(call, command, SocialResult)
        return there_is_nothing_left(ended.position, f"/v3/members/{call.word('username')}/")

    async def _other(self, call: Call[None, Query]) -> int:
        other, _ = await self._reader.read(
            call, lambda documents: _account_of(documents, call.word("username"))
        )
        return other


def standing(documents: Reads, visitor: Member | None, other: int) -> Json:
    """``blocks`` and ``mutes``: whether who looks at a member's page has done so."""
    if visitor is None or visitor.account_id == other:
        return {}
    return {
        f"{kind.name}s": kind.one(documents, visitor.account_id, other) is not None
        for kind in (BLOCKS, MUTES)
    }


def standing_forms(view: View, username: str) -> Iterable[FormUse]:
    """The forms of a page that was given ``standing``."""
    for kind in (BLOCKS, MUTES):
        if f"{kind.name}s" in view.aside:
            is_so = bool(view.aside[f"{kind.name}s"])
            title = f"Un{kind.name}" if is_so else kind.name.capitalize()
            yield FormUse("DELETE" if is_so else "PUT", kind.pattern, f"{kind.path}/{username}/", title=title)


def _account_of(documents: Reads, username: str) -> int:
    account_id = accounts.account_id_of(documents, username)
    if account_id is None:
        raise not_found("There is no such member.")
    return account_id


def _represent(username: str | None, document: _Document) -> Json:
    return {"username": username, "created_datetime": document["created_datetime"]}


def _past(kind: Kind) -> str:
    return "blocked" if kind is BLOCKS else "muted"
