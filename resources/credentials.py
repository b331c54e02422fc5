"""Owns the resources of what members sign in by: the password, and API keys.

Never shows a key a second time, nor anything that it or a password is checked against.
Called by resources/app.py.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import AccountResult, ApiKeyResult, ApiKeysResult
from actors.machines.messages.commands import ChangePassword, CreateApiKey, GetApiKeys, RevokeApiKey
from actors.machines.messages.words import Reason, Scope
from couch_views.formats import format_time
from resources.answers import members as answers
from resources.api_keys import ApiKeyMaker, ApiKeyText
from resources.authority import MemberAuthority
from resources.exchange import Exchange
from resources.members import PASSWORD_PATTERN, kept, signed_in
from resources.password_checks import PasswordChecks
from resources.passwords import Passwords
from resources.refusals import kinds
from resources.representations import Json
from resources.texts import KeyName, Password
from resources.times import Moment, microseconds
from resources.tokens import Tokens
from resources.toolkit.body import body_of
from resources.toolkit.fields import Shape
from resources.toolkit.idempotency import given_key
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.positions import Position
from resources.toolkit.problems import NOT_ALLOWED, ProblemError, invalid, not_found
from resources.toolkit.query import Query
from resources.toolkit.resource import (
    NO_QUERY,
    Call,
    Method,
    Outcome,
    Resource,
    command,
    created,
    done,
    nothing_to_say,
    read,
    remove,
)
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Who

_KEYS_PATH: Final = "/v3/api_keys/"
_KEYS_PAGE: Final = "api_keys.xhtml"


class NewPasswordAsked(Shape):
    """``password`` is the present one. API keys are revoked unless they are to be kept."""

    password: Annotated[str, msgspec.Meta(title="Present password", max_length=limits.PASSWORD_LENGTH_MAX)]
    new_password: Password
    keep_api_keys: Annotated[
        bool, msgspec.Meta(title="Keep API keys", description="They are revoked otherwise.")
    ] = False


class ApiKeyAsked(Shape):
    """A key that may ``read``, or ``trade`` too; ``expires``: in 90 days if it isn't said."""

    name: Annotated[KeyName, msgspec.Meta(description="What it is for, to tell it from others.")]
    scope: Annotated[Literal["read", "trade"], msgspec.Meta(description="To trade is to read, too.")]
    expires: Annotated[Moment | None, msgspec.Meta(description="In 90 days if nothing is said.")] = None


class ChangedPassword(Resource):
    """``/v3/members/{username}/password/``: whoever was signed in, anywhere, is so no more."""

    pattern = PASSWORD_PATTERN
    title = "Your password"
    representations = (JSON, *page())

    def __init__(
        self,
        exchange: Exchange,
        checks: PasswordChecks,
        passwords: Passwords,
        tokens: Tokens,
        authority: MemberAuthority,
    ) -> None:
        self._exchange = exchange
        self._checks = checks
        self._passwords = passwords
        self._tokens = tokens
        self._authority = authority
        self.methods: Mapping[str, Method] = {
            "PUT": command(
                Who.MEMBER,
                body_of(NewPasswordAsked),
                self.change,
                summary="Change one's password",
                answers={200: answers.Session},
                problems=(NOT_ALLOWED, *kinds(Reason.PASSWORD_CHANGED)),
                cost=limits.COST_PASSWORD,
            ),
        }

    async def change(self, call: Call[NewPasswordAsked, Query]) -> Outcome:
        asked, member = call.body, call.member
        if call.word("username") != member.username:
            raise ProblemError(NOT_ALLOWED, "A password is changed by its member.")
        if asked.new_password == asked.password:
            raise invalid("new_password", "this is the present one")
        # Who was signed out must not go on guessing, and be told when it was right.
        await self._authority.confirm(member)
        credentials = await self._checks.check(member.username, asked.password, call.request.address)
        if credentials is None:
            raise invalid("password", "this is not the present password")
        new_hash = await self._passwords.hash(asked.new_password)
        change = ChangePassword(credentials.password_hash, new_hash, asked.keep_api_keys)
        changed = await self._exchange.carry_out_one(call, change, AccountResult)
        self._authority.forget(member.account_id)
        session = signed_in(self._tokens, changed.result)
        location = f"/v3/members/{member.username}/"
        return done(session, changed.position, location=location, session=kept(session))


class ApiKeys(Resource):
    """``/v3/api_keys/``: one's own keys, and new ones."""

    pattern = "/v3/api_keys"
    title = "Your API keys"
    representations = (JSON, *page(_KEYS_PAGE))

    def __init__(self, exchange: Exchange, maker: ApiKeyMaker) -> None:
        self._exchange = exchange
        self._maker = maker
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER, NO_QUERY, self.show, summary="One's API keys", answers={200: answers.ApiKeys}
            ),
            "POST": command(
                Who.MEMBER,
                body_of(ApiKeyAsked),
                self.create,
                summary="Make an API key",
                answers={201: answers.NewApiKey},
                problems=kinds(Reason.INVALID_EXPIRY, Reason.LIMIT_EXCEEDED),
                idempotent_key=True,
            ),
        }

    def links(self, view: View) -> Iterable[Link]:
        keys = view.content.get("api_keys")
        for key in keys if isinstance(keys, list) else ():
            yield Link("item", f"{_KEYS_PATH}{key['id']}/", str(key["name"]))

    async def show(self, call: Call[None, Query]) -> Outcome:
        keys, position = await keys_of(self._exchange, call.member.account_id)
        return done({"api_keys": [represent(key) for key in keys]}, position)

    async def create(self, call: Call[ApiKeyAsked, Query]) -> Outcome:
        asked, member = call.body, call.member
        session = (member.account_id, member.generation)
        secret = self._maker.new_secret(session, given_key(call.request))
        expires = None if asked.expires is None else microseconds("expires", asked.expires)
        create = CreateApiKey(asked.name, Scope(asked.scope), expires, self._maker.digest(secret))
        made = await self._exchange.carry_out_one(call, create, ApiKeyResult)
        key = ApiKeyText(made.result.api_key_id, secret)
        content = {"api_key": represent(made.result), "key": key.text}
        location = f"{_KEYS_PATH}{key.api_key_id}/"
        shown_so = created(content, made.position, location)
        return msgspec.structs.replace(shown_so, shown_once=True, template=_KEYS_PAGE)


class ApiKey(Resource):
    """``/v3/api_keys/{id}/``: one of one's own."""

    pattern = "/v3/api_keys/{api_key_id:identity}"
    title = "API key"
    representations = (JSON, *page(_KEYS_PAGE))

    def __init__(self, exchange: Exchange, authority: MemberAuthority) -> None:
        self._exchange = exchange
        self._authority = authority
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                NO_QUERY,
                self.show,
                summary="One of one's API keys",
                answers={200: answers.ApiKeyAnswer},
            ),
            "DELETE": remove(Who.MEMBER, NO_QUERY, self.revoke, summary="Revoke an API key"),
        }

    def forms(self, view: View) -> Iterable[FormUse]:
        return [use._replace(title="Revoke") for use in super().forms(view)]

    async def show(self, call: Call[None, Query]) -> Outcome:
        keys, position = await keys_of(self._exchange, call.member.account_id)
        for key in keys:
            if key.api_key_id == call.identity("api_key_id"):
                return done({"api_key": represent(key)}, position)
        raise not_found("There is no such API key.")

    async def revoke(self, call: Call[None, Query]) -> Outcome:
        revoke = RevokeApiKey(call.identity("api_key_id"))
        revoked = await self._exchange.carry_out_one(call, revoke, ApiKeyResult)
        self._authority.forget(call.member.account_id)
        return msgspec.structs.replace(nothing_to_say(revoked.position), location=_KEYS_PATH)


async def keys_of(exchange: Exchange, account_id: int) -> tuple[tuple[ApiKeyResult, ...], Position]:
    """The live keys, as the account itself has them: what is revoked is not there any more."""
    reply = await exchange.ask(GetApiKeys(account_id))
    assert isinstance(reply.result, ApiKeysResult), "who was just confirmed has an account"
    return reply.result.api_keys, reply.position


def represent(key: ApiKeyResult) -> Json:
    return {
        "id": str(key.api_key_id),
        "name": key.name,
        "scope": key.scope.value,
        "created_datetime": format_time(key.created_time),
        "expires": format_time(key.expires_time),
    }
