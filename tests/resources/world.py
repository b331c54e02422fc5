"""Owns a whole exchange for tests of the web: actors in one thread, documents in memory, app and visitors.

Never starts a thread of its own, a process or a server; its clock moves a little whenever it is read.
Called by the tests of resources.
"""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from falcon import testing

from actors.machines.account_stream.account import Account
from actors.machines.account_stream.accounts import Accounts
from actors.machines.canonical import canonical_hash
from actors.machines.market_stream.markets import Markets
from actors.machines.messages.commands import RegisterMember
from actors.machines.stream.social import Social
from actors.processes.local import LocalExchange, SteppingClock
from actors.processes.projector_core import Projector
from actors.processes.settings import Settings
from couch_views.opening import open_documents
from rabbit.memory import MemoryLog
from resources.app import create_app
from resources.passwords import hash_password

STAFF_PASSWORD: Final = "the staff's password"
PASSWORD: Final = "a long password"
Json = Any
_PAGES_MAX: Final = 20


class ProjectorFollower:
    """The projector as a follower of the local exchange; it can be made to lag."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector
        self.lags = False

    def step(self) -> bool:
        return not self.lags and self._projector.step(0) > 0


class Visitor:
    """Somebody who talks to the API, signed in or not."""

    def __init__(self, client: testing.TestClient, token: str | None = None) -> None:
        self._client = client
        self.token = token

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        raw: bytes | None = None,
    ) -> testing.Result:
        """One request; ``body`` is sent as JSON, ``raw`` as it is, named JSON unless the headers differ."""
        given = {} if self.token is None else {"Authorization": f"Session-Token {self.token}"}
        content = raw if body is None else json.dumps(body).encode()
        if content is not None:
            given["Content-Type"] = "application/json"
        path, _, query = path.partition("?")
        return self._client.simulate_request(
            method, path, query_string=query, headers={**given, **(headers or {})}, body=content
        )

    def get(self, path: str, **headers: str) -> testing.Result:
        return self.send(
            "GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )

    def post(self, path: str, body: object) -> testing.Result:
        return self.send("POST", path, body)

    def ok(self, method: str, path: str, body: object = None) -> Json:
        """The JSON of an answer that must be a success."""
        result = self.send(method, path, body)
        assert result.status_code in {200, 201}, result.text
        return result.json


def all_pages(visitor: Visitor, path: str, query: str, name: str) -> list[Json]:
    """The items of a list, page by page from this query on."""
    items: list[Json] = []
    next_page: str | None = query
    for _ in range(_PAGES_MAX):
        if next_page is None:
            return items
        page = visitor.ok("GET", f"{path}{next_page}")
        items += page[name]
        next_page = page["pagination"]["next_page"]
    raise AssertionError(f"{path} has no last page")


class World:
    """An exchange with its web. Money comes from ``member``; markets from ``open_market``."""

    def __init__(self, var: Path, *, keep_answers: bool = False) -> None:
        self.log = MemoryLog()
        self.documents = open_documents("memory", var, writer=True)
        self.follower = ProjectorFollower(Projector(self.log, self.documents))
        self.clock = SteppingClock()
        self.exchange = LocalExchange(log=self.log, clock=self.clock, followers=(self.follower,))
        self.settings = Settings(var=var, hashing_cost="cheap", secret="a secret of the tests only")
        self.settings.first_start_marker.touch()
        self.app = create_app(
            self.exchange.gateway, self.documents, self.settings, self.clock, keep_answers=keep_answers
        )
        self.client = testing.TestClient(self.app)
        self.anyone = Visitor(self.client)
        register = RegisterMember(
            "staff", hash_password(STAFF_PASSWORD, "cheap"), "Staff", "first start", staff=True
        )
        asyncio.run(self.exchange.gateway.ask(register))
        self.staff = self.sign_in("staff", STAFF_PASSWORD)

    def sign_in(self, username: str, password: str = PASSWORD) -> Visitor:
        session = self.anyone.ok("POST", "/v3/sessions/", {"username": username, "password": password})
        return Visitor(self.client, session["token"])

    def member(self, username: str, money: str | None = "1000.00") -> Visitor:
        """A new member, signed in, with this much money."""
        body = {"username": username, "password": PASSWORD}
        visitor = Visitor(self.client, self.anyone.ok("POST", "/v3/members/", body)["token"])
        if money is not None:
            self.staff.ok("POST", f"/v3/accounts/{username}/deposits/", {"amount": money})
        return visitor

    def event(self, name: str = "Harbour Cup") -> Json:
        body = {"name": name, "type": "sailing", "start_datetime": "2026-05-17T14:00:00Z"}
        return self.staff.ok("POST", "/v3/events/", body)["event"]

    def market(self, *contracts: str, state: str = "open", **fields: object) -> Json:
        """A market of a new event, in this state; the answer to its making."""
        body = {
            "event_id": self.event()["id"],
            "name": "Winner",
            "contracts": [{"name": name} for name in contracts or ("Gulls", "Herons")],
            **fields,
        }
        market = self.staff.ok("POST", "/v3/markets/", body)["market"]
        steps = {"draft": (), "open": ("open",), "halted": ("open", "halted"), "closed": ("open", "closed")}
        for step in steps[state]:
            self.staff.ok("PATCH", f"/v3/markets/{market['id']}/", {"state": step})
        return market

    def close(self) -> None:
        self.documents.close()

    def state_hashes(self) -> dict[str, str]:
        """What every stream's machines hold, as digests."""
        return self.exchange.state_hashes()

    def substance(self) -> str:
        """A digest of all that a refusal must leave alone: everything but that it was asked for.

        Members' requests, refused ones too, are remembered under their keys, and posted messages are counted.
        """
        return canonical_hash([_substance(host._stream.machines) for host in self.exchange._hosts.values()])


def _substance(machines: Accounts | Markets | Social) -> object:
    if isinstance(machines, Social):
        # How far it has followed the others moves with whatever they have logged.
        return {name: value for name, value in vars(machines).items() if name != "read"}
    if not isinstance(machines, Accounts):
        return machines
    accounts = [
        {name: getattr(account, name) for name in Account.__slots__ if not name.endswith("keys")}
        for account in machines.accounts.values()
    ]
    sums = [machines.external, machines.commission, machines.clearing]
    return [accounts, sums, machines.usernames, machines.markets]


def order_in(market: Json, **fields: object) -> dict[str, object]:
    """An order in a market's first contract: buys 1.00 of payout at 50 %, unless the fields say otherwise."""
    return {
        "market_id": market["id"],
        "contract_id": market["contracts"][0]["id"],
        "side": "buy",
        "price": 5000,
        "quantity": 10_000,
        **fields,
    }


def challenge_in(market: Json, **fields: object) -> dict[str, object]:
    """A challenge in a market's first contract, as ``order_in``, until the end of the year."""
    return {**order_in(market, price=4000), "expires_datetime": "2026-12-31T12:00:00Z", **fields}
