"""Owns a resource of no exchange, and an authority over made-up tokens, to try the toolkit on.

Never looks like a resource of ours.
Called by the tests of the toolkit.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Final

import msgspec

from resources.toolkit.answering import Responder
from resources.toolkit.body import body_of
from resources.toolkit.browsers import Browsers
from resources.toolkit.fields import Shape
from resources.toolkit.media.page import page
from resources.toolkit.problems import not_found, not_signed_in, unavailable
from resources.toolkit.query import Query, query_of
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
    pending,
    read,
    remove,
)
from resources.toolkit.visitor import Admission, Authority, Member, Who

MEMBERS: Final = {
    "ada's": Member(1, "ada", 1, staff=False),
    "boss's": Member(2, "boss", 1, staff=True),
    "ended": Member(3, "cleo", 1, staff=False),
}
AT: Final = {"things-0": 7}


class TokenAuthority:
    """Believes the tokens above; notes who it was asked to confirm."""

    def __init__(self) -> None:
        self.confirmed: list[str] = []

    async def identify(self, authorization: str, address: str) -> Member:
        member = MEMBERS.get(authorization.removeprefix("Session-Token "))
        if member is None:
            raise not_signed_in("Unknown token.")
        return member

    async def confirm(self, member: Member) -> Member:
        self.confirmed.append(member.username)
        if member is MEMBERS["ended"]:
            raise not_signed_in("The session has ended.")
        return member


class Turnstile:
    """Lets in who isn't named; notes who came, and what for."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.came: list[tuple[str, bool]] = []

    def admit(self, member: Member | None, address: str, *, reading: bool, cost: int) -> Mapping[str, str]:
        username = "anyone" if member is None else member.username
        self.came.append((username, reading))
        if username in self.refused:
            raise unavailable("Nothing was done: too much.")
        return {"ratelimit": f'"member";r={100 - cost};t=1'}


def responder(
    report: Callable[[Exception], None],
    authority: Authority | None = None,
    admission: Admission | None = None,
    more: Iterable[Resource] = (),
) -> Responder:
    """A responder for the things; tests give the parts that they look at."""
    return Responder(
        (Thing(), Secret(), *more),
        authority or TokenAuthority(),
        admission or Turnstile(),
        Browsers(b"a secret", secure=False),
        lambda _, error: report(error),
        page("problem.xhtml"),
    )


class ThingAsked(Shape):
    name: str


class ThingQuery(Query, frozen=True):
    size: Annotated[int, msgspec.Meta(ge=0)] = 1


class Thing(Resource):
    """One of everything that a method can come to."""

    pattern = "/things/{name:word}"

    def __init__(self) -> None:
        self.methods: Mapping[str, Method] = {
            "GET": read(Who.ANYONE, query_of(ThingQuery), self.show),
            "POST": command(Who.MEMBER, body_of(ThingAsked), self.make),
            "PATCH": command(Who.MEMBER, body_of(ThingAsked), self.change),
            "PUT": command(Who.STAFF, body_of(ThingAsked), self.replace),
            "DELETE": remove(Who.MEMBER, NO_QUERY, self.remove),
        }

    async def show(self, call: Call[None, ThingQuery]) -> Outcome:
        name = call.word("name")
        if name == "nowhere":
            raise not_found()
        if name == "broken":
            message = "nobody foresaw this"
            raise RuntimeError(message)
        visitor = None if call.visitor is None else call.visitor.username
        return done({"name": name, "size": call.query.size, "visitor": visitor}, AT)

    async def make(self, call: Call[ThingAsked, Query]) -> Outcome:
        return created({"name": call.body.name, "owner": call.member.username}, AT, "/things/new/")

    async def change(self, call: Call[ThingAsked, Query]) -> Outcome:
        return pending({"name": call.body.name}, {})

    async def replace(self, call: Call[ThingAsked, Query]) -> Outcome:
        return done({"name": call.body.name}, {})

    async def remove(self, _call: Call[None, Query]) -> Outcome:
        return nothing_to_say(AT)


class Secret(Resource):
    """Something that only members see."""

    pattern = "/secret"

    def __init__(self) -> None:
        self.methods: Mapping[str, Method] = {"GET": read(Who.MEMBER, NO_QUERY, self.show)}

    async def show(self, call: Call[None, Query]) -> Outcome:
        return done({"of": call.member.username}, {})


class Mirror(Resource):
    """Something that everybody sees, and everybody otherwise."""

    pattern = "/mirror"

    def __init__(self) -> None:
        self.methods: Mapping[str, Method] = {
            "GET": read(Who.ANYONE, NO_QUERY, self.show, personal=True),
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        visitor = None if call.visitor is None else call.visitor.username
        return done({"visitor": visitor, "public": call.public}, {})
