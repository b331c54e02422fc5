"""Owns the resources of staff's own affairs: who holds which roles, and what was done by whom, and why.

Never gives or takes a role by itself: the member's account does.
Called by resources/app.py.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal

import msgspec

from actors.machines.messages.answers import AccountResult, Credentials
from actors.machines.messages.commands import ChangeRoles, GetCredentials
from actors.machines.messages.words import GRANTED, Reason, Role
from couch_views.queries import actions as queries
from resources.answers import staff as answers
from resources.authority import MemberAuthority
from resources.exchange import Exchange
from resources.paging import PageQuery, pagination
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import Json, shown
from resources.texts import Reason as Why
from resources.toolkit.body import body_of
from resources.toolkit.fields import Shape
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import invalid, not_found
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, command, done, read
from resources.toolkit.view import FormUse, View
from resources.toolkit.visitor import Who

_ACTION_FIELDS: Final = (
    "id",
    "username",
    "action",
    "details",
    "reason",
    "outcome",
    "refusal",
    "created_datetime",
)


class RolesAsked(Shape):
    """From now on the member holds these roles and no other."""

    reason: Why
    roles: Annotated[
        tuple[Literal["operator", "treasurer", "admin"], ...], msgspec.Meta(max_length=len(GRANTED))
    ] = ()


class Roles(Resource):
    """``/v3/members/{username}/roles/``: what a member may do beyond trading."""

    pattern = "/v3/members/{username:username}/roles"
    title = "Roles"
    representations = (JSON, *page())

    def __init__(self, exchange: Exchange, authority: MemberAuthority) -> None:
        self._exchange = exchange
        self._authority = authority
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ADMIN, NO_QUERY, self.show, summary="A member's roles", answers={200: answers.Roles}
            ),
            "PUT": command(
                Who.ADMIN,
                body_of(RolesAsked),
                self.change,
                summary="Grant and withdraw roles",
                answers={200: answers.Roles},
                problems=kinds(Reason.NOT_FOUND),
            ),
        }

    def forms(self, view: View) -> Iterable[FormUse]:
        roles = view.content.get("roles")
        held = ",".join(roles) if isinstance(roles, list) else ""
        return [use._replace(values={"roles": held}) for use in super().forms(view)]

    async def show(self, call: Call[None, Query]) -> Outcome:
        reply = await self._exchange.ask(GetCredentials(call.word("username")))
        if not isinstance(reply.result, Credentials):
            raise not_found("There is no such member.")
        return done(represent(reply.result), reply.position)

    async def change(self, call: Call[RolesAsked, Query]) -> Outcome:
        roles = tuple(Role(role) for role in call.body.roles)
        if len(set(roles)) < len(roles):
            raise invalid("roles", "each role can be held once")
        change = ChangeRoles(call.word("username"), roles, call.body.reason)
        changed = await self._exchange.carry_out_one(call, change, AccountResult)
        self._authority.forget(changed.result.account_id)
        return done(represent(changed.result), changed.position)


class Actions(Resource):
    """``/v3/staff/actions/``: what staff did, newest first, with who, why and when, and what came of it."""

    pattern = "/v3/staff/actions"
    title = "What staff did"
    representations = (JSON, *page())

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.STAFF,
                query_of(PageQuery),
                self.show,
                summary="What staff did, page by page",
                answers={200: answers.Actions},
            )
        }

    async def show(self, call: Call[None, PageQuery]) -> Outcome:
        query = call.query
        found, position = await self._reader.read(
            call,
            lambda documents: queries.actions(documents, query.sort_text, query.limit, query.cursor),
        )
        content = {
            "actions": [shown(action, _ACTION_FIELDS) for action in found.items],
            "pagination": pagination(call.request, found.next_cursor),
        }
        return done(content, position)


def represent(account: AccountResult | Credentials) -> Json:
    return {
        "username": account.username,
        "staff": account.role is Role.STAFF,
        "roles": [role.value for role in account.roles],
    }
