"""Owns what staff does with markets while members trade: one after the other lives a whole life.

Never trades, never judges; what is so already is not insisted on.
Called by the workload, in a thread of its own.

A market opens by an auction, turns in play, is halted and goes on, loses a contract, closes by an auction, is
settled, and that is corrected. Where it has to wait, it waits no longer than the load goes on.
"""

import itertools
import random
import threading
import time
from typing import Final

from scripts.client import PAUSE_S
from tests.chaos.asking import Asker
from tests.chaos.floor import Floor
from tests.chaos.ledger import ACCEPTED_MAX, MARKETS, Answered, Entry, Json, Member
from tests.chaos.venue import CONTRACT_NAMES, EVENT
from tests.processes.ledger import Contract

STAFF: Final = "staff"
EVENTS: Final = "/events/"
AUCTION_S: Final = (0, 1, 2, 3)
"""0: until staff ends it."""
DELAYS_MS: Final = (100, 400, 1_500)
COMMISSIONS: Final = ("0", "0.03")
BY_HAND_SHARE: Final = 0.5
"""Of the auctions that would end by themselves, those that staff ends, or tries to."""
HALTED_SHARE: Final = 0.4
STAYS_S: Final = (0.5, 4.0)
HALTED_S: Final = (0.1, 1.0)
BEGUN: Final = frozenset({"auction", "open", "halted"})
TRADING: Final = frozenset({"open", "auction", "closed"})
"""Where an answer was lost, it may be in its last auction already, or past that."""
ENDED: Final = frozenset({"closed", "settled", "voided"})
TRIES_MAX: Final = 200


class Operator:
    """Staff at work on markets of its own, which members find on the floor."""

    def __init__(self, asker: Asker, token: str, floor: Floor, chance: random.Random) -> None:
        self._asker = asker
        self._staff = Member(STAFF, 0, "", token)
        self._floor = floor
        self._chance = chance
        self._stop = threading.Event()
        self.problems: list[str] = []

    def work(self, stop: threading.Event) -> None:
        """One market after the other; the last one comes to its end, too."""
        self._stop = stop
        try:
            event = self._create(EVENTS, EVENT)
            for number in itertools.count(1):
                if event is None or (stop.is_set() and number > 1):
                    return
                self._live(event["event"]["id"], number)
        except Exception as error:  # noqa: BLE001 (nobody looks at a thread that has ended)
            self.problems.append(f"{STAFF}: {type(error).__name__}: {error}")

    def _live(self, event_id: str, number: int) -> None:
        """A whole life of a market."""
        opening_s, closing_s = self._chance.choice(AUCTION_S), self._chance.choice(AUCTION_S)
        body = {
            "event_id": event_id,
            "name": f"Life {number}",
            "contracts": [{"name": name} for name in CONTRACT_NAMES],
            "commission": self._chance.choice(COMMISSIONS),
            "in_play_delay_ms": self._chance.choice(DELAYS_MS),
            "opening_auction_s": opening_s,
            "closing_auction_s": closing_s,
        }
        made = self._create(MARKETS, body)
        if made is None:
            return
        market_id = made["market"]["id"]
        contracts = [Contract(market_id, each["id"]) for each in made["market"]["contracts"]]
        self._insist(market_id, "auction", BEGUN)
        self._floor.open(contracts)
        self._collect(market_id, "open", opening_s)
        self._insist(market_id, "open", TRADING)
        self._stay(*STAYS_S)
        self._ask("PATCH", f"{MARKETS}{market_id}/", {"in_play": True})
        self._stay(*STAYS_S)
        self._halt(market_id)
        *_, last = contracts
        self._ask("PUT", f"{MARKETS}{market_id}/contracts/{last.contract_id}/void/", {"reason": "withdrawn"})
        self._stay(*STAYS_S)
        self._move(market_id, "auction")
        self._collect(market_id, "closed", closing_s)
        self._insist(market_id, "closed", ENDED)
        self._floor.close(market_id)
        self._settle(market_id, contracts)

    def _collect(self, market_id: str, then: str, life_s: int) -> None:
        """An auction is under way: members may come at any price; it ends by itself or is ended."""
        self._floor.collect(market_id, collects=True)
        self._stay(*STAYS_S)
        self._halt(market_id)
        if not life_s or self._chance.random() < BY_HAND_SHARE:
            self._move(market_id, then)
        else:
            self._stay(life_s, life_s + 1)
        self._floor.collect(market_id, collects=False)

    def _halt(self, market_id: str) -> None:
        """Now and then it stops, and goes on as it was: what is in an auction can't be opened but by that."""
        if self._chance.random() < HALTED_SHARE:
            self._move(market_id, "halted")
            self._stay(*HALTED_S)
            opened = self._move(market_id, "open")
            if opened is not None and opened.status > ACCEPTED_MAX:
                self._move(market_id, "auction")

    def _insist(self, market_id: str, state: str, reached: frozenset[str]) -> None:
        """Returns once that is reached, however it came about."""
        for _ in range(TRIES_MAX):
            answered = self._move(market_id, state)
            if answered is None or answered.status <= ACCEPTED_MAX:
                return
            shown = self._asker.look(self._staff, f"{MARKETS}{market_id}/")
            if shown is None or shown["markets"][0]["state"] in reached:
                return
            time.sleep(PAUSE_S)
        self.problems.append(f"{STAFF}: market {market_id} is never {state}")

    def _settle(self, market_id: str, contracts: list[Contract]) -> None:
        """A verdict, and one or two that correct it; between them it may be void."""
        first, second, _ = (contract.contract_id for contract in contracts)
        won, other = ({"winners": [winner]} for winner in self._chance.sample((first, second), 2))
        for verdict in (won, *self._chance.choice([(other,), ({"void": True}, other), (other, won)])):
            for _ in range(TRIES_MAX):
                path, body = f"{MARKETS}{market_id}/settlement/", {**verdict, "reason": "it won"}
                answered = self._ask("PUT", path, body)
                if answered is None or answered.status <= ACCEPTED_MAX:
                    break
                # What was decided before is still being applied.
                time.sleep(PAUSE_S)
            else:
                self.problems.append(f"{STAFF}: market {market_id} is not settled")
                return

    def _move(self, market_id: str, state: str) -> Answered | None:
        return self._ask("PATCH", f"{MARKETS}{market_id}/", {"state": state})

    def _create(self, path: str, body: Json) -> Json | None:
        """Something new, under a key; None: there was no answer, or none that tells of it."""
        answered = self._asker.ask(Entry(self._staff, "POST", path, body, f"{path} {body['name']}"))
        return answered.content if answered is not None and answered.status <= ACCEPTED_MAX else None

    def _ask(self, method: str, path: str, body: Json) -> Answered | None:
        return self._asker.ask(Entry(self._staff, method, path, body, None))

    def _stay(self, least_s: float, most_s: float) -> None:
        """The market goes on like this for a while."""
        self._stop.wait(self._chance.uniform(least_s, most_s))
