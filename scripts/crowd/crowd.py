"""Owns the crowd at work: its members join, are given money, and act at drawn moments until the time is over.

Never decides what a member does: traders and talk do, by what the member's own seed draws.
Called by the crowd's command, and by tests.
"""

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from scripts.client import AsyncClient, OutcomeUnknownError, RefusedError, UnansweredError
from scripts.client.operations import account, contracts, markets, orders, positions, quotes, register
from scripts.client.shapes import Contract, Market
from scripts.crowd import talk
from scripts.crowd.scene import Act, Scene
from scripts.crowd.traders import Kind, Trader

FIRST_NAMES: Final = (
    "anouk", "bela", "carla", "dario", "edda", "finn", "greta", "hugo", "ines", "jonas", "kaja", "lars",
    "mira", "nils", "olga", "pavel", "rosa", "sven", "tilda", "ulla", "vera", "wanda", "yann", "zoe",
)  # fmt: skip
KINDS: Final = (Kind.BELIEVER, Kind.BELIEVER, Kind.PATIENT, Kind.PATIENT, Kind.TREND, Kind.DABBLER)
"""How the kinds are spread: member by member, again and again."""
MONEY: Final = "1000.00"
TALKS: Final = 0.15
"""How often somebody does something beside trading."""


class Limits(NamedTuple):
    """``pause_s``: between two acts of one member, on average."""

    seconds: float
    acts: int
    pause_s: float


class CrowdError(Exception):
    """There is nothing to do for a crowd; the message says why."""


class Place(NamedTuple):
    """Where the crowd trades: each open market with its contracts."""

    markets: tuple[tuple[Market, tuple[Contract, ...]], ...]


class Tally:
    """What the crowd has done so far, by name; what was refused, by reason."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    @property
    def acts(self) -> int:
        return self.done.total() + self.refused.total()


def names(seed: int, count: int) -> list[str]:
    """The usernames of a crowd: the same seed, the same members."""
    draw = random.Random(f"names/{seed}")
    first = [draw.choice(FIRST_NAMES) for _ in range(count)]
    return [f"{name}-{seed}-{number}" for number, name in enumerate(first, 1)]


async def look_around(client: AsyncClient) -> Place:
    """The open markets. Raises ``CrowdError`` if there is none."""
    found = await client.do(markets())
    if not found:
        raise CrowdError("there is no open market")
    places = [(market, await client.do(contracts(market.id))) for market in found]
    return Place(tuple(places))


class Member:
    """One of the crowd, signed in."""

    def __init__(self, name: str, kind: Kind, seed: int, client: AsyncClient) -> None:
        self.name = name
        self._client = client
        self._draw = random.Random(f"{seed}/{name}")
        self._trader = Trader(kind, self._draw)

    async def join(self, password: str, staff: AsyncClient) -> None:
        """Registers, or signs in who is there from before; and is given money where there is none."""
        try:
            self._client.use_token((await self._client.do(register(self.name, password))).token)
        except RefusedError as error:
            if error.reason != "USERNAME_TAKEN":
                raise
            await self._client.sign_in(self.name, password)
        if (await self._client.do(account())).balance == 0:
            await staff.call("POST", f"/accounts/{self.name}/deposits/", {"amount": MONEY})

    async def live(
        self, place: Place, others: list[str], limits: Limits, tally: Tally, now: Callable[[], dt.datetime]
    ) -> None:
        """Acts at drawn moments, until there have been enough acts of all."""
        while tally.acts < limits.acts:
            await asyncio.sleep(self._draw.expovariate(1 / limits.pause_s))
            try:
                act = await self._next(place, others, now())
                if act is not None:
                    await self._client.do(act.operation)
                    tally.done[act.name] += 1
            except RefusedError as error:
                tally.refused[error.reason] += 1
            except (UnansweredError, OutcomeUnknownError):
                tally.refused["UNANSWERED"] += 1

    async def _next(self, place: Place, others: list[str], now: dt.datetime) -> Act | None:
        market, its_contracts = self._draw.choice(place.markets)
        scene = await self._look(market, its_contracts)
        if not others or self._draw.random() >= TALKS:
            return self._trader.act(scene)
        match self._draw.randrange(4):
            case 0:
                return talk.comment(self._draw, scene, others)
            case 1:
                return talk.follow(self._draw, scene, others)
            case 2:
                return talk.challenge(self._draw, scene, others, now)
            case _:
                found = await self._client.do(talk.offered())
                return talk.answer(self._draw, found["challenges"])

    async def _look(self, market: Market, its_contracts: tuple[Contract, ...]) -> Scene:
        books = await self._client.do(quotes(market.id, depth=1))
        mine = await self._client.do(orders(market_ids=[market.id]))
        held = {each.contract_id: each.quantity for each in await self._client.do(positions())}
        return Scene(market, its_contracts, books, mine, held)


async def live_together(
    members: list[Member], place: Place, limits: Limits, tally: Tally, now: Callable[[], dt.datetime]
) -> None:
    """All of them at a time, until the time is over or enough was done."""
    everybody = [member.name for member in members]
    try:
        async with asyncio.timeout(limits.seconds), asyncio.TaskGroup() as together:
            for member in members:
                others = [name for name in everybody if name != member.name]
                together.create_task(member.live(place, others, limits, tally, now))
    except TimeoutError:
        return
