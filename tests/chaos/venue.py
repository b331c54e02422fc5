"""Owns where the chaos takes place: open markets on every market stream, members on every account stream.

Never trades.
Called by the command before anything is killed, and to settle once all has come to rest; by the kill test.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from actors.machines.streams import Streams
from scripts.client import Client
from tests.chaos.asking import Asker
from tests.chaos.ledger import Entry, Json, Member
from tests.processes.ledger import Contract

MARKETS_PER_STREAM: Final = 2
COMMISSIONS: Final = ("0", "0.02", "0.0175")
"""Not all of them nothing, so that the one place that rounds is tried."""
CONTRACT_NAMES: Final = ("Yes", "No", "Neither")

CROSS_MATCHED: Final = 1
"""The number of the market in which all contracts may meet, if one is wanted: it has three."""

EVENT: Final = {"name": "The final", "type": "sailing", "start_datetime": "2030-05-17T14:00:00Z"}

Contracts = dict[str, list[Contract]]
"""Market stream -> the contracts of its markets."""


def username_on(streams: Streams, stream: str, number: int) -> str:
    """A name that belongs to this account stream."""
    names = (f"trader-{number}-{attempt}" for attempt in itertools.count())
    return next(name for name in names if streams.of_username(name) == stream)


def open_markets(
    staff: Client, streams: Streams, commissions: tuple[str, ...] = ("0",), *, cross_matched: bool = False
) -> Contracts:
    """The same number of open markets on every market stream, with two or three contracts each."""
    event_id = staff.call("POST", "/events/", EVENT, "event")["event"]["id"]
    made: dict[str, list[Json]] = defaultdict(list)
    numbers = itertools.count()
    while any(len(made[stream]) < MARKETS_PER_STREAM for stream in streams.market_names):
        number = next(numbers)
        body = {
            "event_id": event_id,
            "name": f"Market {number}",
            "contracts": [{"name": name} for name in CONTRACT_NAMES[: 2 + number % 2]],
            "commission": commissions[number % len(commissions)],
            "cross_matching": cross_matched and number == CROSS_MATCHED,
        }
        market = staff.call("POST", "/markets/", body, f"market-{number}")["market"]
        made[streams.of_market(int(market["id"]))].append(market)
        staff.call("PATCH", f"/markets/{market['id']}/", {"state": "open"})
    return {
        stream: [Contract(market["id"], one["id"]) for market in markets for one in market["contracts"]]
        for stream, markets in made.items()
    }


def settle_markets(staff: Client, contracts: Contracts) -> None:
    """Closes every market, which cancels what rests, and settles it for one of its contracts."""
    winners = {one.market_id: one.contract_id for several in contracts.values() for one in several}
    for market_id, winner in winners.items():
        staff.call("PATCH", f"/markets/{market_id}/", {"state": "closed"})
        verdict = {"winners": [winner], "reason": "it won"}
        staff.call("PUT", f"/markets/{market_id}/settlement/", verdict)


def register(visitor: Client, streams: Streams, username: str) -> Member:
    """A new member, signed in."""
    answer = visitor.call("POST", "/members/", {"username": username, "password": f"password of {username}"})
    return Member(username, int(answer["account_id"]), streams.of_username(username), answer["token"])


class Treasury:
    """Moves money for staff, no two moves of the same amount, each under a key of its own."""

    def __init__(self, asker: Asker, token: str) -> None:
        self._asker = asker
        self._staff = Member("staff", 0, "", token)
        self._numbers: Iterator[int] = itertools.count(1)

    def deposit(self, member: Member, currency_units: int) -> None:
        self._move(member, "deposits", currency_units)

    def withdraw(self, member: Member, currency_units: int) -> None:
        self._move(member, "withdrawals", currency_units)

    def _move(self, member: Member, kind: str, currency_units: int) -> None:
        number = next(self._numbers)
        body = {"amount": f"{currency_units}.{number:08}"}
        path = f"/accounts/{member.username}/{kind}/"
        self._asker.ask(Entry(self._staff, "POST", path, body, str(number)))
