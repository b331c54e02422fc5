"""Owns made-up resources for the tests of what is generated from declarations.

Never asked to do anything.
Called by the tests of this folder.
"""

from collections.abc import Mapping
from typing import TypedDict

from resources.toolkit.body import body_of
from resources.toolkit.fields import Shape
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import ProblemKind
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
    read,
    remove,
)
from resources.toolkit.visitor import Who

SUNK = ProblemKind("boat-sunk", 409, "The boat has sunk")


class Boat(TypedDict):
    """A boat."""

    name: str


class BoatAsked(Shape):
    name: str


class BoatsQuery(Query, frozen=True):
    limit: int = 20


class Boats(Resource):
    pattern = "/v3/boats"
    title = "Boats"
    representations = (JSON, *page())

    def __init__(self) -> None:
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE, query_of(BoatsQuery), self.show, summary="All boats", answers={200: list[Boat]}
            ),
            "POST": command(
                Who.MEMBER,
                body_of(BoatAsked),
                self.build,
                summary="Build a boat",
                answers={201: Boat},
                idempotent_key=True,
            ),
        }

    async def show(self, _call: Call[None, BoatsQuery]) -> Outcome:
        """Newest first, as ``boats``."""
        return done({}, {})

    async def build(self, _call: Call[BoatAsked, Query]) -> Outcome:
        return created({}, {})


class OneBoat(Resource):
    pattern = "/v3/boats/{boat_id:identity}"
    title = "A boat"

    def __init__(self) -> None:
        self.methods: Mapping[str, Method] = {
            "DELETE": remove(Who.OPERATOR, NO_QUERY, self.sink, summary="Sink a boat", problems=(SUNK,))
        }

    async def sink(self, _call: Call[None, Query]) -> Outcome:
        return done({}, {})


class Elsewhere(Resource):
    pattern = "/"
    title = "Elsewhere"

    def __init__(self) -> None:
        self.methods: Mapping[str, Method] = {"GET": read(Who.ANYONE, NO_QUERY, self.show)}

    async def show(self, _call: Call[None, Query]) -> Outcome:
        return done({}, {})


RESOURCES = (Elsewhere(), Boats(), OneBoat())
