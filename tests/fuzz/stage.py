"""Owns what there has to be before anybody fuzzes: members with money, a market that trades, their ids.

Never fuzzes.
Called by tests/fuzz/run.py.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import requests

from tests.fuzz.sending import Way

PASSWORD: Final = "a long password"
_MEMBER: Final = "fuzzer"
_OTHER: Final = "another"
Json = Any


@dataclass
class Visitor:
    """Somebody who asks; without a username nobody in particular."""

    name: str
    username: str | None = None
    password: str = PASSWORD
    token: str | None = None

    @property
    def is_somebody(self) -> bool:
        return self.username is not None

    @property
    def headers(self) -> Mapping[str, str]:
        return {} if self.token is None else {"Authorization": f"Session-Token {self.token}"}


@dataclass
class Stage:
    """An exchange where something has happened. ``known``: names of fields -> values that lead somewhere."""

    way: Way
    staff_password: str
    anonymous: Visitor = field(init=False)
    forger: Visitor = field(init=False)
    member: Visitor = field(init=False)
    staff: Visitor = field(init=False)
    known: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.anonymous = Visitor("anonymous")
        self.forger = Visitor("forger", token="eyJhbGciOiJub25lIn0.eyJzdWIiOiIxNiJ9.")
        self.staff = Visitor("staff", "staff", self.staff_password)
        self.member = Visitor("member", _MEMBER)
        other = Visitor("other", _OTHER)
        self.sign_in(self.staff)
        for each in (self.member, other):
            assert each.username is not None
            self.ok(self.anonymous, "POST", "/v3/members/", {"username": each.username, "password": PASSWORD})
            self.sign_in(each)
            self.ok(self.staff, "POST", f"/v3/accounts/{each.username}/deposits/", {"amount": "1000000.00"})
        self._make_markets(other)

    @property
    def visitors(self) -> tuple[Visitor, ...]:
        return (self.member, self.staff, self.anonymous, self.member, self.staff, self.forger)

    def sign_in(self, visitor: Visitor) -> None:
        """A new session; the old one may have been ended by what was fuzzed."""
        credentials = {"username": visitor.username, "password": visitor.password}
        visitor.token = self.ok(self.anonymous, "POST", "/v3/sessions/", credentials)["token"]

    def ok(self, visitor: Visitor, method: str, path: str, body: object = None) -> Json:
        """The JSON of an answer that must be a success."""
        data = None if body is None else json.dumps(body)
        headers = {**visitor.headers, "Content-Type": "application/json"}
        request = requests.Request(method, self.way.base_url + path, headers, data=data)
        answer = self.way.send(request.prepare())
        assert answer.status_code in {200, 201}, answer.text
        return json.loads(answer.content)

    def _make_markets(self, other: Visitor) -> None:
        asked = {"name": "Harbour Cup", "type": "sailing", "start_datetime": "2030-05-17T14:00:00Z"}
        event = self.ok(self.staff, "POST", "/v3/events/", asked)["event"]
        made = {
            "event_id": event["id"],
            "name": "Winner",
            "contracts": [{"name": "Gulls"}, {"name": "Herons"}],
        }
        draft = self.ok(self.staff, "POST", "/v3/markets/", made)["market"]
        market = self.ok(self.staff, "POST", "/v3/markets/", made)["market"]
        self.ok(self.staff, "PATCH", f"/v3/markets/{market['id']}/", {"state": "open"})
        contract_ids = [contract["id"] for contract in market["contracts"]]
        orders = list(self._trade(other, market["id"], contract_ids))
        self.known = {
            "ids": [market["id"], event["id"], f"{market['id']},{draft['id']}"],
            "event_id": [event["id"]],
            "event_ids": [event["id"]],
            "market_id": [market["id"]],
            "market_ids": [market["id"]],
            "contract_id": contract_ids,
            "contract_ids": contract_ids,
            "winners": contract_ids,
            "order_id": orders,
            "opponent": [_OTHER],
            "cancel": orders,
            "username": [_MEMBER, _OTHER],
        }

    def _trade(self, other: Visitor, market_id: str, contracts: list[str]) -> Iterator[str]:
        """Both sides of each contract, and a trade; gives the ids of the member's orders."""
        for contract_id in contracts:
            for visitor, side, price in (
                (other, "sell", 6000),
                (self.member, "buy", 4000),
                (self.member, "buy", 6000),
            ):
                order = {
                    "market_id": market_id,
                    "contract_id": contract_id,
                    "side": side,
                    "price": price,
                    "quantity": 100_000,
                }
                placed = self.ok(visitor, "POST", "/v3/orders/", order)
                if visitor is self.member:
                    yield placed["order_id"]
