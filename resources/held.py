"""Owns what the actors say that accounts hold, the house's and the members', some at a time.

Never reads a document: what it tells is what documents are held against.
Called by resources/ledger.py.

Nobody has a list of all accounts, and none is needed: the ids of a stream's members follow each other, so
the first that is unknown is the end.
"""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import Final, NamedTuple

from actors.machines import limits
from actors.machines.messages.answers import AccountResult, HouseResult
from actors.machines.messages.commands import GetAccount, GetHouse
from actors.machines.streams import ID_STREAM_BITS, account_stream_of_id, make_id
from couch_views.projection.ledger import COMMISSION, EXTERNAL, clearing_account, member_account
from couch_views.queries.ledger import Booked
from couch_views.queries.reconciliation import Held
from resources.exchange import Exchange

CURSOR: Final = r"^(house|members)-[0-9]{1,19}\Z"
FIRST: Final = "house-0"


class Portion(NamedTuple):
    """Some of all accounts, and the cursor of those that follow; None: there are no more."""

    held: list[Held]
    next_cursor: str | None


async def portion(exchange: Exchange, streams: Sequence[str], cursor: str, limit: int) -> Portion:
    """What the accounts after the cursor hold: the house's first, then up to ``limit`` members' by id.

    ``streams`` are those of accounts, not more than ``limit``. Raises ``ProblemError`` if not all of them
    answer.
    """
    kind, _, number = cursor.partition("-")
    if kind == "house":
        return await _house(exchange, streams, int(number))
    return await _members(exchange, streams, int(number), limit)


async def _house(exchange: Exchange, streams: Sequence[str], after_market_id: int) -> Portion:
    asked = (exchange.ask(GetHouse(make_id(1, stream), after_market_id)) for stream in streams)
    replies = await asyncio.gather(*asked)
    houses: dict[str, HouseResult] = {}
    for stream, reply in zip(streams, replies, strict=True):
        assert isinstance(reply.result, HouseResult)
        houses[stream] = reply.result
    # Where an answer was full there are more markets, and the streams must go on together.
    full = [
        house.clearing[-1][0]
        for house in houses.values()
        if len(house.clearing) == limits.CLEARING_PER_ANSWER_MAX
    ]
    last = min(full, default=None)
    held = [
        Held(Booked(account, stream), reply.position[stream], money)
        for (stream, house), reply in zip(houses.items(), replies, strict=True)
        for account, money in _accounts_of(house, after_market_id, last)
    ]
    return Portion(held, "members-0" if last is None else f"house-{last}")


def _accounts_of(house: HouseResult, after_market_id: int, last: int | None) -> Iterator[tuple[str, int]]:
    if not after_market_id:
        yield EXTERNAL, house.external
        yield COMMISSION, house.commission
    for market_id, money in house.clearing:
        if last is None or market_id <= last:
            yield clearing_account(market_id), money


async def _members(exchange: Exchange, streams: Sequence[str], after_account_id: int, limit: int) -> Portion:
    account_ids = list(islice(_account_ids(streams, after_account_id), limit))
    replies = await asyncio.gather(*(exchange.ask(GetAccount(account_id)) for account_id in account_ids))
    held: list[Held] = []
    ended: set[str] = set()
    for account_id, reply in zip(account_ids, replies, strict=True):
        stream = account_stream_of_id(account_id)
        if isinstance(reply.result, AccountResult):
            booked = Booked(member_account(account_id), stream)
            held.append(Held(booked, reply.position[stream], reply.result.balance))
        else:
            ended.add(stream)
    return Portion(held, None if len(ended) == len(streams) else f"members-{account_ids[-1]}")


def _account_ids(streams: Sequence[str], after: int) -> Iterator[int]:
    """The ids that members have, or would have, in their order."""
    for counter in count(max(1, after >> ID_STREAM_BITS)):
        for stream in streams:
            account_id = make_id(counter, stream)
            if account_id > after:
                yield account_id
