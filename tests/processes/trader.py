"""Owns a member with money before an open market, made over HTTP as staff and members make them.

Never places an order: it has one that may be placed again and again.
Called by the tests of the exchange's outages.
"""

from typing import Final, NamedTuple

import httpx

from scripts.client import Client

PRICE: Final = 100
QUANTITY: Final = 10_000
"""One unit of payout at 1 %."""
TIMEOUT_S: Final = 60


class Trader(NamedTuple):
    """``http`` is signed in; ``order`` rests, as nobody sells."""

    http: httpx.Client
    market_id: str
    contract_id: str

    @property
    def order(self) -> dict[str, str | int]:
        return {
            "market_id": self.market_id,
            "contract_id": self.contract_id,
            "side": "buy",
            "price": PRICE,
            "quantity": QUANTITY,
        }


def trader_at(url: str, staff: Client) -> Trader:
    """Who makes one closes their ``http``."""
    event = {"name": "The final", "type": "sailing", "start_datetime": "2100-01-01T00:00:00Z"}
    event_id = staff.call("POST", "/events/", event, "event")["event"]["id"]
    body = {"event_id": event_id, "name": "Winner", "contracts": [{"name": "Yes"}, {"name": "No"}]}
    market = staff.call("POST", "/markets/", body, "market")["market"]
    staff.call("PATCH", f"/markets/{market['id']}/", {"state": "open"})
    member = {"username": "trader", "password": "the password of trader"}
    token = staff.call("POST", "/members/", member)["token"]
    staff.call("POST", "/accounts/trader/deposits/", {"amount": "1000.00"}, "deposit")
    http = httpx.Client(
        base_url=f"{url}/v3",
        headers={"Authorization": f"Session-Token {token}"},
        timeout=TIMEOUT_S,
        trust_env=False,
    )
    return Trader(http, market["id"], market["contracts"][0]["id"])
