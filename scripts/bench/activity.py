"""Owns the benchmark of activity: how long pages of streams take, and what a social stream needs to be held.

Never measures a network: requests are answered within this process, by all of the web but the server.
Called by ``make bench-activity``.

A town of many members trades until there are so many entries; then some who follow others look what happened.
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple, cast

import httpx
import psutil

from actors.machines.messages.answers import AccountResult
from actors.machines.messages.commands import RegisterMember
from actors.processes.local import LocalExchange
from actors.processes.settings import Settings
from couch_views.client import Documents
from couch_views.design_documents import load_designs
from couch_views.opening import open_documents
from resources.app import create_app
from resources.tokens import Tokens
from resources.toolkit.visitor import Member
from scripts.bench.activity_town import Town
from scripts.bench.table import Row, print_table

MEMBERS: Final = 100_000
ENTRIES: Final = 1_000_000
MARKETS: Final = 1_000
VIEWERS: Final = 20
LOOKS: Final = 200
"""Of each page, by its viewers in turn."""
_MIB: Final = 1 << 20


class Follower(NamedTuple):
    """Somebody who looks: how many members and markets they follow."""

    members: int
    markets: int


FOLLOWERS: Final = (Follower(85, 15), Follower(1_700, 300))
"""As most do; and as much as anybody may."""
PATHS: Final = (
    ("a member's stream", "/v3/members/member-0/activity/"),
    ("a market's stream", "/v3/markets/1/activity/"),
    ("the exchange's stream", "/v3/exchange/activity/"),
    ("a leaderboard", "/v3/leaderboards/streak/"),
)


def main() -> None:
    """Prints both tables: ``python -m scripts.bench.activity [members entries]``."""
    members, entries = (int(given) for given in sys.argv[1:]) if sys.argv[1:] else (MEMBERS, ENTRIES)
    with tempfile.TemporaryDirectory() as folder, shelf(Path(folder)) as documents:
        town, held = settled_town(documents, members, entries)
        title = f"Activity: pages of {members:,} members and {entries:,} entries, in ms of the whole answer"
        print_table(title, asyncio.run(measured(town, documents, Path(folder))))
        print_table("Activity: a social stream's machine in MiB", [{"entries": entries, "held": held}])


@contextmanager
def shelf(folder: Path) -> Iterator[Documents]:
    """Documents in files, with their views."""
    documents = open_documents("sqlite", folder, writer=True)
    documents.ensure_database()
    documents.ensure_designs(load_designs())
    yield documents
    documents.close()


def settled_town(documents: Documents, members: int, entries: int) -> tuple[Town, int]:
    """The town, and how many MiB this process has more for it."""
    before = psutil.Process().memory_info().rss
    town = Town(documents, members, min(MARKETS, members))
    town.settle_down()
    town.trade(entries)
    gc.collect()
    return town, (psutil.Process().memory_info().rss - before) // _MIB


async def measured(town: Town, documents: Documents, folder: Path) -> list[Row]:
    exchange = LocalExchange()
    settings = Settings(var=folder, hashing_cost="cheap")
    app = create_app(exchange.gateway, documents, settings, now_us)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://127.0.0.1")
    tokens = Tokens(settings.signing_secret(), now_us)
    rows = []
    for number, follower in enumerate(FOLLOWERS):
        sessions = [
            await arrived(exchange, town, f"viewer-{number}-{place}", follower, tokens)
            for place in range(VIEWERS)
        ]
        followed = min(follower.members, town.members) + min(follower.markets, town.markets)
        rows.append(await row(f"home, following {followed}", client, "/v3/activity/", sessions))
    rows += [await row(name, client, path, [""]) for name, path in PATHS]
    return rows


async def arrived(
    exchange: LocalExchange, town: Town, username: str, follower: Follower, tokens: Tokens
) -> str:
    """A new member who follows some of the town; their session."""
    register = RegisterMember(username, "", username, username)
    made = (await exchange.gateway.ask(register)).result
    assert isinstance(made, AccountResult), made
    streams = town.some_streams(min(follower.members, town.members), min(follower.markets, town.markets))
    town.follow(made.account_id, username, streams)
    return tokens.issue(Member(made.account_id, username, made.generation, staff=False)).text


async def row(name: str, client: httpx.AsyncClient, path: str, sessions: list[str]) -> Row:
    """The median, and the slowest but one in a hundred, after each has looked once."""
    for token in sessions:
        await look(client, path, token)
    times = sorted([await look(client, path, token) for token in sessions * (LOOKS // len(sessions))])
    return {"page": name, "median": median(times), "p99": times[len(times) * 99 // 100]}


async def look(client: httpx.AsyncClient, path: str, token: str) -> float:
    """Milliseconds until the page is there."""
    headers = {"Authorization": f"Session-Token {token}"} if token else {}
    began = time.perf_counter()
    answer = await client.get(path, headers=headers)
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    return took * 1_000


def now_us() -> int:
    return time.time_ns() // 1_000


if __name__ == "__main__":
    main()
