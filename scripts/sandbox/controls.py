"""Owns the sandbox's control resources: the clock, the faults, the beginning again.

Never stands in a real exchange: its application is made elsewhere, of other resources.
Called by the sandbox's application, for what is below ``/sandbox/``.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Final, Protocol

import msgspec

from couch_views.formats import format_time
from resources.app import note_failure
from resources.middleware.asgi import Application
from resources.middleware.stack import surrounded
from resources.times import Moment, microseconds
from resources.toolkit.admission import Gates
from resources.toolkit.answering import Responder
from resources.toolkit.body import body_of
from resources.toolkit.browsers import Browsers
from resources.toolkit.falcon_host import host
from resources.toolkit.fields import Shape
from resources.toolkit.http import NO_HEADERS
from resources.toolkit.problems import invalid, not_signed_in
from resources.toolkit.query import Query
from resources.toolkit.resource import (
    NO_QUERY,
    Cache,
    Call,
    Method,
    Outcome,
    Resource,
    command,
    done,
    put,
    read,
    remove,
)
from resources.toolkit.visitor import Member, Who
from scripts.first_start.demo import MEMBERS
from scripts.sandbox.faults import FAULTS_MAX, Fault, FaultKind, Faults
from scripts.sandbox.world import PASSWORD

PLACE: Final = "/sandbox"
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
ADVANCE_MS_MAX: Final = 366 * 24 * 3_600 * 1_000
_OF_A_MARKET: Final = frozenset({FaultKind.MARKET_HALTED})


class Sandboxed(Protocol):
    """What the controls control."""

    faults: Faults

    @property
    def seed(self) -> int: ...

    @property
    def now(self) -> int:
        """Microseconds since 1970."""

    def set_time(self, now: int) -> None: ...

    def reset(self) -> None: ...


class ClockAsked(Shape):
    """Where the clock is to be set: ``now``, or ``advance_ms`` later than it is."""

    now: Moment | None = None
    advance_ms: Annotated[int, msgspec.Meta(ge=0, le=ADVANCE_MS_MAX)] | None = None


class Nobody:
    """Nobody is signed in to the sandbox itself, whatever they show."""

    async def identify(self, authorization: str, address: str) -> Member:
        del authorization, address
        raise not_signed_in("The sandbox's own resources are for anyone.")

    async def confirm(self, member: Member) -> Member:
        return member


class Everybody:
    """Whoever comes is let in."""

    def admit(self, member: Member | None, address: str, *, reading: bool, cost: int) -> Mapping[str, str]:
        del member, address, reading, cost
        return NO_HEADERS


class Home(Resource):
    """``/sandbox/``: what it is, and who is in it."""

    pattern = PLACE

    def __init__(self, sandbox: Sandboxed) -> None:
        self._sandbox = sandbox
        self.methods: Mapping[str, Method] = {"GET": read(Who.ANYONE, NO_QUERY, self.show, cache=Cache.NEVER)}

    async def show(self, _call: Call[None, Query]) -> Outcome:
        told = {
            "seed": self._sandbox.seed,
            "now": format_time(self._sandbox.now),
            "usernames": ["staff", *MEMBERS],
            "password": PASSWORD,
            "faults": [msgspec.to_builtins(fault) for fault in self._sandbox.faults.waiting],
        }
        return done({"sandbox": told}, {})


class Clock(Resource):
    """``/sandbox/clock/``: it stands still until it is set, and what is due by then happens."""

    pattern = f"{PLACE}/clock"

    def __init__(self, sandbox: Sandboxed) -> None:
        self._sandbox = sandbox
        self.methods: Mapping[str, Method] = {
            "GET": read(Who.ANYONE, NO_QUERY, self.show, cache=Cache.NEVER),
            "PUT": command(Who.ANYONE, body_of(ClockAsked), self.set),
        }

    async def show(self, _call: Call[None, Query]) -> Outcome:
        return done({"clock": {"now": format_time(self._sandbox.now)}}, {})

    async def set(self, call: Call[ClockAsked, Query]) -> Outcome:
        asked = call.body
        if (asked.now is None) == (asked.advance_ms is None):
            raise invalid("now", "either now or advance_ms is needed")
        if asked.now is not None and asked.now > LATEST:
            raise invalid("now", f"a time up to {LATEST:%Y-%m-%d} is needed")
        now = (
            self._sandbox.now + (asked.advance_ms or 0) * 1_000
            if asked.now is None
            else microseconds("now", asked.now)
        )
        if now < self._sandbox.now:
            raise invalid("now", "the clock doesn't go back; a reset begins anew")
        self._sandbox.set_time(now)
        return done({"clock": {"now": format_time(self._sandbox.now)}}, {})


class FaultSwitches(Resource):
    """``/sandbox/faults/``: what is to go wrong."""

    pattern = f"{PLACE}/faults"

    def __init__(self, sandbox: Sandboxed) -> None:
        self._sandbox = sandbox
        self.methods: Mapping[str, Method] = {
            "GET": read(Who.ANYONE, NO_QUERY, self.show, cache=Cache.NEVER),
            "POST": command(Who.ANYONE, body_of(Fault), self.switch_on),
            "DELETE": remove(Who.ANYONE, NO_QUERY, self.clear),
        }

    async def show(self, _call: Call[None, Query]) -> Outcome:
        return done({"faults": [msgspec.to_builtins(each) for each in self._sandbox.faults.waiting]}, {})

    async def switch_on(self, call: Call[Fault, Query]) -> Outcome:
        if (call.body.kind in _OF_A_MARKET) != (call.body.market_id is not None):
            raise invalid("market_id", f"it is needed for {FaultKind.MARKET_HALTED}, and only there")
        if call.body.kind is FaultKind.ANSWER_LATE and not call.body.delay_ms:
            raise invalid("delay_ms", f"how late an answer is, is needed for {FaultKind.ANSWER_LATE}")
        if len(self._sandbox.faults.waiting) >= FAULTS_MAX:
            raise invalid("kind", f"{FAULTS_MAX} faults are waiting already")
        self._sandbox.faults.switch_on(call.body)
        return Outcome({"fault": msgspec.to_builtins(call.body)}, {}, 201)

    async def clear(self, call: Call[None, Query]) -> Outcome:
        self._sandbox.faults.clear()
        return await self.show(call)


class Reset(Resource):
    """``/sandbox/reset/``: everything is as it was when the sandbox was started."""

    pattern = f"{PLACE}/reset"

    def __init__(self, sandbox: Sandboxed) -> None:
        self._sandbox = sandbox
        self.methods: Mapping[str, Method] = {"POST": put(Who.ANYONE, self.reset)}

    async def reset(self, _call: Call[None, Query]) -> Outcome:
        self._sandbox.reset()
        return done({"clock": {"now": format_time(self._sandbox.now)}}, {})


RESOURCES: Final[tuple[Callable[[Sandboxed], Resource], ...]] = (Home, Clock, FaultSwitches, Reset)


def controls(sandbox: Sandboxed) -> Application:
    """The ASGI app of the control resources."""
    resources = [make(sandbox) for make in RESOURCES]
    browsers = Browsers(b"nobody is signed in here", secure=False)
    responder = Responder(resources, Nobody(), Everybody(), browsers, note_failure)
    return surrounded(host(resources, responder, Gates()))
