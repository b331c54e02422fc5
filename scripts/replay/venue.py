"""Owns where a replay takes place: a market of its own and its members, with enough money.

Never sends an order.
Called by the replay's command, before the clock runs and after.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Final, NamedTuple

from actors.machines import limits
from actors.machines.money import format_money
from scripts.client import Client

CONTRACTS: Final = ("Up", "Down")
COMMISSION: Final = "0.02"
"""Not nothing, so that the money's way through a settlement is tried as well."""


class Member(NamedTuple):
    """A member of the replay, signed in; ``deposited`` in 1/10^8 of a currency unit."""

    username: str
    token: str
    deposited: int


class Venue(NamedTuple):
    """The market that trades, and who trades there; ``name`` is unlike that of any other replay."""

    name: str
    market_id: str
    contract_id: str
    members: Sequence[Member]


def open_venue(staff: Client, visitor: Client, funds: Sequence[int]) -> Venue:
    """Makes the market and a member for each amount of ``funds`` (currency units), and opens the market."""
    name = f"replay-{secrets.token_hex(4)}"
    market_id, contract_id = _make_market(staff, name)
    members = [
        _make_member(staff, visitor, f"{name}-{number}", amount * limits.MONEY_SCALE)
        for number, amount in enumerate(funds)
    ]
    staff.call("PATCH", f"/markets/{market_id}/", {"state": "open"})
    return Venue(name, market_id, contract_id, members)


def settle(staff: Client, venue: Venue) -> None:
    """Closes the market, which cancels what still rests, and settles it for the contract that traded."""
    staff.call("PATCH", f"/markets/{venue.market_id}/", {"state": "closed"})
    verdict = {"winners": [venue.contract_id], "reason": "The end of the replay."}
    staff.call("PUT", f"/markets/{venue.market_id}/settlement/", verdict)


def _make_market(staff: Client, name: str) -> tuple[str, str]:
    """The ids of a new market and of its first contract."""
    start = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    event = {"name": name, "type": "replay", "start_datetime": f"{start:%Y-%m-%dT%H:%M:%SZ}"}
    event_id = staff.call("POST", "/events/", event, key=f"{name}/event")["event"]["id"]
    market = {
        "event_id": event_id,
        "name": name,
        "contracts": [{"name": contract} for contract in CONTRACTS],
        "commission": COMMISSION,
    }
    made = staff.call("POST", "/markets/", market, key=f"{name}/market")["market"]
    return made["id"], made["contracts"][0]["id"]


def _make_member(staff: Client, visitor: Client, username: str, money: int) -> Member:
    body = {"username": username, "password": secrets.token_urlsafe(16)}
    token = visitor.call("POST", "/members/", body)["token"]
    for number, start in enumerate(range(0, money, limits.DEPOSIT_MAX)):
        amount = {"amount": format_money(min(money - start, limits.DEPOSIT_MAX))}
        staff.call("POST", f"/accounts/{username}/deposits/", amount, key=f"{username}/{number}")
    return Member(username, token, money)
