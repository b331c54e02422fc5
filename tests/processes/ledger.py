"""Owns a member's own ledger: what was asked, what was answered, and what must therefore be true.

Never trusts the exchange: money is counted here from the answers and executions alone, as integers.
Called by test_kill and test_takeover.
"""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from scripts.client import Client, RefusedError

MONEY_SCALE: Final = 10**8
PRICE_SCALE: Final = 10_000
PATIENCE_S: Final = 40.0
PAGE: Final = 1_000
REPEATED: Final = 0.15
"""The share of answers that are asked for again, with the same key."""

Json = Any  # what the API answers is judged field by field below


class Contract(NamedTuple):
    market_id: str
    contract_id: str


@dataclass
class Trader:
    """A member who trades over a connection of its own, and writes down every answer."""

    client: Client
    username: str
    password: str
    contracts: tuple[Contract, ...]
    chance: random.Random
    deposited: int = 0
    pause_s: float = 0.0
    """Between two requests."""
    placed: dict[str, Json] = field(default_factory=dict)
    """Key (and reference) -> the answer to an order that was accepted."""
    refused: Counter[str] = field(default_factory=Counter)
    cancelled: dict[str, Json] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    asked: int = 0

    def register(self) -> None:
        body = {"username": self.username, "password": self.password}
        self.client.use_token(self.client.call("POST", "/members/", body)["token"])

    def trade_until(self, stop: threading.Event) -> None:
        """Whatever goes wrong is a problem to report, not the end of a thread that nobody looks at."""
        try:
            while not stop.is_set():
                if self.placed and self.chance.random() < 0.25:
                    self._cancel()
                elif self.chance.random() < 0.1:
                    self._place_batch()
                else:
                    self._place()
                stop.wait(self.pause_s)
        except Exception as error:  # noqa: BLE001
            self.problems.append(f"{type(error).__name__}: {error}")

    def _order(self) -> Json:
        self.asked += 1
        market_id, contract_id = self.chance.choice(self.contracts)
        return {
            "market_id": market_id,
            "contract_id": contract_id,
            "side": self.chance.choice(("buy", "sell")),
            "price": 5_000 + 10 * self.chance.randint(-6, 6),
            "quantity": PRICE_SCALE * self.chance.randint(1, 9),
            "type": self.chance.choice(("good_til_cancelled",) * 4 + ("immediate_or_cancel",)),
            "reference_id": f"{self.username}-{self.asked}",
        }

    def _place(self) -> None:
        order = self._order()
        key = order["reference_id"]
        try:
            answer = self.client.call("POST", "/orders/", order, key)
        except RefusedError as error:
            self.refused[str(error.problem.get("error_type"))] += 1
            return
        self._note(key, answer)
        if self.chance.random() < REPEATED:
            self._same(answer, self.client.call("POST", "/orders/", order, key), key)

    def _place_batch(self) -> None:
        orders = [self._order() for _ in range(self.chance.randint(2, 6))]
        key = f"batch-{orders[0]['reference_id']}"
        results = self.client.call("POST", "/orders/", orders, key)["results"]
        for order, result in zip(orders, results, strict=True):
            if result["status"] < 300:
                self._note(order["reference_id"], result)
            else:
                self.refused[result["error_type"]] += 1
        if self.chance.random() < REPEATED:
            again = self.client.call("POST", "/orders/", orders, key)["results"]
            for order, result, repeated in zip(orders, results, again, strict=True):
                if result["status"] < 300:
                    self._same(result, repeated, order["reference_id"])

    def _cancel(self) -> None:
        reference = self.chance.choice(list(self.placed))
        order_id = self.placed[reference]["order_id"]
        try:
            self.cancelled[reference] = self.client.call("DELETE", f"/orders/{order_id}/")
        except RefusedError as error:
            self.refused[str(error.problem.get("error_type"))] += 1

    def _note(self, reference: str, answer: Json) -> None:
        if reference in self.placed:
            self.problems.append(f"{reference} was accepted twice")
        self.placed[reference] = answer

    def _same(self, first: Json, second: Json, key: str) -> None:
        """A final answer is repeated as it was; one that was pending may have been settled since."""
        same = first["order_id"] == second["order_id"] and (first["state"] == "pending" or first == second)
        if not same:
            self.problems.append(f"{key}: answered {first}, then {second}")

    # What the exchange shows afterwards.

    def orders(self) -> list[Json]:
        return self._pages("/orders/", "orders")

    def executions(self) -> list[Json]:
        return self._pages("/executions/", "executions")

    def account(self) -> Json:
        return self.client.get("/accounts/")["account"]

    def _pages(self, path: str, name: str) -> list[Json]:
        found: list[Json] = []
        query: str | None = f"?limit={PAGE}"
        while query is not None:
            page = self.client.get(path + query)
            found += page[name]
            query = page["pagination"]["next_page"]
        return found


def money(text: str) -> int:
    """Money of the API in units of 1/10^8."""
    units = Decimal(text) * MONEY_SCALE
    assert units == units.to_integral_value(), text
    return int(units)


def result_of(executions: list[Json], winners: dict[str, str]) -> int:
    """What these executions of one member bring once each market has its winner (market -> contract)."""
    total = 0
    for execution in executions:
        price, quantity = execution["price"], execution["quantity"]
        won = winners[execution["market_id"]] == execution["contract_id"]
        gain = quantity * ((PRICE_SCALE if won else 0) - price)
        total += gain if execution["side"] == "buy" else -gain
    return total
