"""Owns the resources of members: registration, the public profile, signing in and out.

Never sees a password longer than it takes to hash or check it; never shows anything private.
Called by resources/app.py, and by resources/credentials.py for passwords and sessions.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, cast
from urllib.parse import parse_qs, urlencode

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import AccountResult, Credentials
from actors.machines.messages.commands import (
    ChangeProfile,
    EndSessions,
    GetAccount,
    GetCredentials,
    RegisterMember,
)
from actors.machines.messages.words import Reason, Role
from actors.machines.stream import names
from couch_views.formats import format_time
from couch_views.queries import accounts as queries
from couch_views.queries.reading import Reads
from couch_views.shapes import MemberDocument
from resources.answers import members as answers
from resources.authority import MemberAuthority
from resources.badges import badges_of
from resources.blocks import standing, standing_forms
from resources.exchange import Exchange
from resources.following import MEMBERS, follow_forms, followed
from resources.password_checks import PasswordChecks
from resources.passwords import Passwords
from resources.privacy import NOBODY
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import Json, account, member, shown
from resources.texts import Bio, DisplayName, Password, Username
from resources.tokens import Tokens
from resources.toolkit.body import body_of
from resources.toolkit.fields import Shape
from resources.toolkit.http import HttpRequest
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import NOT_ALLOWED, NOT_SIGNED_IN, ProblemError, not_found, not_signed_in
from resources.toolkit.query import Query
from resources.toolkit.representing import RETURN_TO
from resources.toolkit.resource import (
    NO_QUERY,
    Cache,
    Call,
    Method,
    Outcome,
    Resource,
    Session,
    command,
    created,
    done,
    nothing_to_say,
    read,
    remove,
)
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Member, Who

_HOME: Final = "/v3/"
# Nothing that a browser could take for another site, and nothing that breaks out of a header.
_OUR_PAGE: Final = re.compile(r"/v3/(?:[A-Za-z0-9._,-]+/)*(?:\?[A-Za-z0-9%&=+._,:~-]*)?")
PASSWORD_PATTERN: Final = "/v3/members/{username:username}/password"  # noqa: S105 (a path)
_PROFILE_FIELDS: Final = ("username", "display_name", "bio", "created_datetime")


class MemberAsked(Shape):
    username: Username
    password: Password
    display_name: DisplayName | None = None


class ProfileAsked(Shape):
    """What is left out stays as it is."""

    display_name: DisplayName | msgspec.UnsetType = msgspec.UNSET
    bio: Bio | msgspec.UnsetType = msgspec.UNSET


class SessionAsked(Shape):
    """Anything may be tried; what can't be somebody's name and password is as wrong as what isn't."""

    username: Annotated[str, msgspec.Meta(max_length=limits.PASSWORD_LENGTH_MAX)]
    password: Annotated[str, msgspec.Meta(max_length=limits.PASSWORD_LENGTH_MAX)]


class Members(Resource):
    """``/v3/members/``: registration."""

    pattern = "/v3/members"
    title = "Members"
    representations = (JSON, *page())

    def __init__(self, exchange: Exchange, passwords: Passwords, tokens: Tokens) -> None:
        self._exchange = exchange
        self._passwords = passwords
        self._tokens = tokens
        self.methods: Mapping[str, Method] = {
            "POST": command(
                Who.ANYONE,
                body_of(MemberAsked),
                self.register,
                summary="Register",
                answers={201: answers.Registered},
                problems=kinds(Reason.USERNAME_TAKEN),
                cost=limits.COST_PASSWORD,
            ),
        }

    async def register(self, call: Call[MemberAsked, Query]) -> Outcome:
        asked = call.body
        password_hash = await self._passwords.hash(asked.password)
        name = asked.username if asked.display_name is None else asked.display_name
        # The key is of this registration alone: repeated by the gateway it finds its own member.
        register = RegisterMember(asked.username, password_hash, name, secrets.token_hex(16))
        made, position = await self._exchange.register(register)
        session = signed_in(self._tokens, made)
        content = {"member": member(made), **session}
        place = f"/v3/members/{asked.username}/"
        if RETURN_TO in call.request.query_string:
            place = place_after(call.request)
        return created(content, position, place, kept(session))


class Profile(Resource):
    """``/v3/members/{username}/``."""

    pattern = "/v3/members/{username:username}"
    title = "Member"
    representations = (JSON, *page("member.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader, authority: MemberAuthority) -> None:
        self._exchange = exchange
        self._reader = reader
        self._authority = authority
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="A member's public profile",
                answers={200: answers.MemberAnswer},
            ),
            "PATCH": command(
                Who.MEMBER,
                body_of(ProfileAsked),
                self.change,
                summary="Change one's own profile",
                answers={200: answers.MemberAnswer},
                problems=(NOT_ALLOWED,),
            ),
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        username = call.word("username")

        def find(documents: Reads) -> tuple[MemberDocument, Json]:
            found = queries.member(documents, username)
            if found is None:
                raise not_found("There is no such member.")
            badges = badges_of(documents, NOBODY, found) if call.for_page else []
            return found, {"badges": badges, **_standing(documents, call, int(found["account_id"]))}

        (document, aside), position = await self._reader.read(call, find)
        aside |= await self._money_of(call, username)
        return done({"member": shown(document, _PROFILE_FIELDS)}, position, aside=aside)

    async def _money_of(self, call: Call[None, Query], username: str) -> Json:
        """What a page shows to who moves this member's money."""
        if not call.for_page or call.visitor is None or not await self._moves_money(call.visitor):
            return {}
        known = (await self._exchange.ask(GetCredentials(username))).result
        if not isinstance(known, Credentials):
            return {}
        reply = await self._exchange.ask(GetAccount(known.account_id))
        assert isinstance(reply.result, AccountResult), "who has credentials has an account"
        return {"money": account(reply.result)}

    async def _moves_money(self, visitor: Member) -> bool:
        """Whether it is a treasurer's now: in public nobody was asked whether the session still lives."""
        try:
            return (await self._authority.confirm(visitor)).holds(Role.TREASURER)
        except ProblemError:
            return False

    def heading(self, view: View, /) -> str:
        profile = cast("Json", view.content["member"])
        return str(profile["display_name"] or profile["username"])

    def links(self, view: View, /) -> Iterable[Link]:
        visitor, username = view.visitor, cast("Json", view.content["member"])["username"]
        yield Link("related", f"{view.path}activity/", "Activity")
        yield Link("related", f"{view.path}badges/", "Badges")
        yield Link("related", f"{view.path}followers/", "Followers")
        yield Link("related", f"{view.path}following/", "Following")
        if visitor is not None and visitor.username == username:
            yield Link("related", "/v3/privacy/", "Who may see what of you")
            yield Link("related", "/v3/api_keys/", "Your API keys")
        if visitor is not None and visitor.holds(Role.ADMIN):
            yield Link("related", f"{view.path}roles/", "Roles")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """Its member changes it; others follow, mute or block the member; staff moves the member's money."""
        profile = cast("Json", view.content["member"])
        yield from follow_forms(view, MEMBERS, profile["username"])
        yield from standing_forms(view, str(profile["username"]))
        if view.visitor is not None and view.visitor.username == profile["username"]:
            values = {"display_name": str(profile["display_name"]), "bio": str(profile["bio"])}
            yield FormUse("PATCH", self.pattern, view.path, values=values, title="Change your profile")
            yield FormUse("PUT", PASSWORD_PATTERN, f"{view.path}password/", title="Change your password")
        for name in ("deposits", "withdrawals"):
            path = f"/v3/accounts/{profile['username']}/{name}/"
            yield FormUse("POST", f"/v3/accounts/{{username:username}}/{name}", path)

    async def change(self, call: Call[ProfileAsked, Query]) -> Outcome:
        if call.word("username") != call.member.username:
            raise ProblemError(NOT_ALLOWED, "A profile is changed by its member.")
        change = ChangeProfile(
            None if call.body.display_name is msgspec.UNSET else call.body.display_name,
            None if call.body.bio is msgspec.UNSET else call.body.bio,
        )
        changed = await self._exchange.carry_out_one(call, change, AccountResult)
        return done({"member": member(changed.result)}, changed.position)


def _standing(documents: Reads, call: Call[None, Query], account_id: int) -> Json:
    """What a page shows to who is signed in of what they have to do with the member."""
    visitor = call.visitor
    if not call.for_page or visitor is None or visitor.account_id == account_id:
        return {}
    follows = followed(documents, visitor, names.of_member(account_id))
    return {**follows, **standing(documents, visitor, account_id)}


class Sessions(Resource):
    """``/v3/sessions/``: signing in, and out everywhere."""

    pattern = "/v3/sessions"
    title = "Sign in"
    representations = (JSON, *page("sessions.xhtml"))

    def __init__(
        self, exchange: Exchange, checks: PasswordChecks, tokens: Tokens, authority: MemberAuthority
    ) -> None:
        self._exchange = exchange
        self._checks = checks
        self._tokens = tokens
        self._authority = authority
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="Who is signed in",
                answers={200: answers.Visitor},
                cache=Cache.PRIVATE,
            ),
            "POST": command(
                Who.ANYONE,
                body_of(SessionAsked),
                self.sign_in,
                summary="Sign in",
                answers={200: answers.Session},
                problems=(NOT_SIGNED_IN,),
                cost=limits.COST_PASSWORD,
            ),
            "DELETE": remove(Who.MEMBER, NO_QUERY, self.sign_out, summary="Sign out everywhere"),
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        username = None if call.visitor is None else call.visitor.username
        return done({"username": username}, {})

    def forms(self, view: View) -> Iterable[FormUse]:
        """A page for who comes new: signing in, and registration; both lead back to where somebody was."""
        query = view.request.query_string
        back = f"?{urlencode({RETURN_TO: place_after(view.request)})}" if query else ""
        yield FormUse("POST", self.pattern, f"{view.path}{back}")
        yield FormUse("POST", Members.pattern, f"{Members.pattern}/{back}")
        yield FormUse("DELETE", self.pattern, view.path)

    def heading(self, view: View, /) -> str:
        return self.title if view.visitor is None else "Your session"

    def links(self, view: View, /) -> Iterable[Link]:
        if view.visitor is not None and view.visitor.is_staff:
            yield Link("related", "/v3/staff/actions/", "What staff did")
        if view.visitor is not None and view.visitor.holds(Role.OPERATOR):
            yield Link("related", "/v3/staff/reports/", "Reported comments")

    async def sign_in(self, call: Call[SessionAsked, Query]) -> Outcome:
        asked = call.body
        credentials = await self._checks.check(asked.username, asked.password, call.request.address)
        if credentials is None:
            raise not_signed_in("There is no member with this username and password.")
        session = signed_in(self._tokens, credentials)
        return done(session, {}, location=place_after(call.request), session=kept(session))

    async def sign_out(self, call: Call[None, Query]) -> Outcome:
        ended = await self._exchange.carry_out_one(call, EndSessions(), AccountResult)
        self._authority.forget(call.member.account_id)
        return nothing_to_say(ended.position, Session(None))


def place_after(request: HttpRequest) -> str:
    """Where a browser goes after signing in: back to a page of ours that the URL names, or home."""
    place = parse_qs(request.query_string).get(RETURN_TO, [_HOME])[-1]
    return place if _OUR_PAGE.fullmatch(place) else _HOME


def kept(session: Json) -> Session:
    """The session as a browser keeps it."""
    return Session(str(session["token"]), limits.SESSION_LIFE_S)


def signed_in(tokens: Tokens, account: AccountResult | Credentials) -> Json:
    """A new session of the member, as registration and signing in answer it."""
    staff = account.role is Role.STAFF
    token = tokens.issue(Member(account.account_id, account.username, account.generation, staff))
    return {
        "token": token.text,
        "expires": format_time(token.expires),
        "account_id": str(account.account_id),
    }
