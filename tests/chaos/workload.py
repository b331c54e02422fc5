"""Owns what the members do: orders, amendments, batches, cancels of every kind, challenges, the same again.

Never stops for what is killed meanwhile, never judges what it is answered.
Called by the command, with a thread for each member and one for staff.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from actors.machines.messages.words import TimeInForce
from actors.machines.streams import Streams
from couch_views.formats import format_time
from tests.chaos.asking import Asker
from tests.chaos.challenging import Challenger
from tests.chaos.ledger import ACCEPTED_MAX, ORDERS, PENDING, Entry, Json, Member, is_order
from tests.chaos.venue import Treasury
from tests.processes.ledger import PRICE_SCALE, Contract

RECENT: Final = 50
"""Orders that a member remembers to cancel, and requests that are made again."""
BATCH: Final = (2, 8)
AROUND: Final = range(-60, 70, 10)
"""Ticks beside what a contract is worth if none of its market is better than the others."""
LOTS: Final = (1, 9)
TYPES: Final = {
    TimeInForce.GOOD_TIL_CANCELLED: 12,
    TimeInForce.IMMEDIATE_OR_CANCEL: 3,
    TimeInForce.FILL_OR_KILL: 2,
    TimeInForce.GOOD_TIL_DATE: 3,
}
RESTING: Final = (TimeInForce.GOOD_TIL_CANCELLED, TimeInForce.GOOD_TIL_DATE)
POST_ONLY_SHARE: Final = 0.2
GOOD_FOR_S: Final = (0.5, 6.0)
AMENDED_AT_ONCE: Final = (1, 3)
MONEY_MOVED_EVERY_S: Final = (0.2, 1.0)
SETTLED_TRIES: Final = 20


class Served(NamedTuple):
    """An order that was accepted: when it was last sent, when answered, who decided it.

    ``market_stream`` is empty if the market had not spoken yet.
    """

    sent: float
    answered: float
    account_stream: str
    market_stream: str


class Trader:
    """A member at work, in a thread of its own."""

    def __init__(
        self,
        member: Member,
        asker: Asker,
        challenger: Challenger,
        contracts: tuple[Contract, ...],
        streams: Streams,
        chance: random.Random,
    ) -> None:
        self.member = member
        self.served: list[Served] = []
        self.problems: list[str] = []
        self._asker = asker
        self._challenger = challenger
        self._contracts = contracts
        self._streams = streams
        self._chance = chance
        self._count = 0
        self._recent: list[str] = []
        self._resting: dict[str, Json] = {}
        """Orders that rested when they were answered, as they were asked for last."""
        of_markets = Counter(contract.market_id for contract in contracts)
        self._worth = {market: PRICE_SCALE // count // 10 * 10 for market, count in of_markets.items()}
        self._entries: list[Entry] = []
        self._actions: tuple[tuple[Callable[[], None], int], ...] = (
            (self._place, 60),
            (self._place_batch, 12),
            (self._amend, 24),
            (self._cancel, 14),
            (self._delete, 6),
            (self._repeat, 6),
            (self._cancel_all, 2),
            (self._offer, 10),
            (lambda: self._note(challenger.accept()), 12),
            (lambda: self._note(challenger.decline()), 2),
            (lambda: self._note(challenger.withdraw()), 2),
        )

    def work(self, stop: threading.Event, pause_s: Callable[[], float]) -> None:
        """Trades until told to stop, then clears up every doubt. Problems are noted, not raised."""
        actions, weights = zip(*self._actions, strict=True)
        try:
            while not stop.wait(self._chance.expovariate(1) * pause_s()):
                self._chance.choices(actions, weights)[0]()
            self._resolve()
        except Exception as error:  # noqa: BLE001 (nobody looks at a thread that has ended)
            self.problems.append(f"{self.member.username}: {type(error).__name__}: {error}")

    def _key(self) -> str:
        self._count += 1
        return str(self._count)

    def _order(self) -> Json:
        market_id, contract_id = self._chance.choice(self._contracts)
        (kind,) = self._chance.choices(tuple(TYPES), tuple(TYPES.values()))
        timed = kind is TimeInForce.GOOD_TIL_DATE
        good_til = time.time() + self._chance.uniform(*GOOD_FOR_S)
        return {
            "market_id": market_id,
            "contract_id": contract_id,
            "side": self._chance.choice(("buy", "sell")),
            "price": self._price(market_id),
            "quantity": PRICE_SCALE * self._chance.randint(*LOTS),
            "type": kind.value,
            "reference_id": f"r{self._key()}",
            "post_only": kind in RESTING and self._chance.random() < POST_ONLY_SHARE,
            "good_til": format_time(round(good_til * 1_000_000)) if timed else None,
        }

    def _price(self, market_id: str) -> int:
        return self._worth[market_id] + self._chance.choice(AROUND)

    def _place(self) -> None:
        self._post(self._order())

    def _place_batch(self) -> None:
        items: list[Json] = [self._order() for _ in range(self._chance.randint(*BATCH))]
        for _ in range(self._chance.randint(0, 2)):
            # An order of this very batch, or one from before.
            reference = self._chance.choice(items[:1])["reference_id"]
            items.append({"cancel_reference_id": reference} if not self._recent else self._cancel_item())
        self._post(items)

    def _amend(self) -> None:
        """Some orders become less in their places, or other orders under the same id."""
        if self._resting:
            self._post([self._amend_item() for _ in range(self._chance.randint(*AMENDED_AT_ONCE))])

    def _amend_item(self) -> Json:
        order_id = self._chance.choice(list(self._resting))
        asked = self._resting[order_id]
        if self._chance.random() < 0.5:
            return {"amend": order_id, "quantity": self._chance.randint(1, asked["quantity"])}
        quantity = PRICE_SCALE * self._chance.randint(*LOTS)
        return {"amend": order_id, "quantity": quantity, "price": self._price(asked["market_id"])}

    def _cancel_item(self) -> Json:
        return {"cancel": self._chance.choice(self._recent)}

    def _cancel(self) -> None:
        if self._recent:
            self._post([self._cancel_item()])

    def _delete(self) -> None:
        if self._recent:
            entry = Entry(self.member, "DELETE", f"{ORDERS}{self._chance.choice(self._recent)}/", None, None)
            self._entries.append(entry)
            self._asker.ask(entry)

    def _cancel_all(self) -> None:
        query = f"?market_id={self._chance.choice(self._contracts).market_id}"
        path = ORDERS + self._chance.choice(("", query))
        self._asker.ask(Entry(self.member, "DELETE", path, None, None))

    def _offer(self) -> None:
        self._note(self._challenger.offer(self._order(), self._key()))

    def _note(self, entry: Entry | None) -> None:
        """To be asked again; None: there was nothing to do."""
        if entry is not None:
            self._entries.append(entry)

    def _repeat(self) -> None:
        if self._entries:
            self._asker.ask_again(self._chance.choice(self._entries[-RECENT:]))

    def _post(self, body: Json) -> None:
        entry = Entry(self.member, "POST", ORDERS, body, self._key())
        answered = self._asker.ask(entry)
        self._entries.append(entry)
        if answered is None:
            return
        for item, (status, content) in zip(entry.items, entry.results(0), strict=True):
            if status <= ACCEPTED_MAX and is_order(item):
                self._recent = [*self._recent[1 - RECENT :], content["order_id"]]
                if content["available_quantity"]:
                    self._resting[content["order_id"]] = item
                if len(self._resting) > RECENT:
                    del self._resting[next(iter(self._resting))]
                market_stream = self._streams.of_market(int(item["market_id"])) if status != PENDING else ""
                self.served.append(Served(entry.last_sent, answered.at, self.member.stream, market_stream))

    def _resolve(self) -> None:
        """Asks again for everything that was ever in doubt, or that the market had not spoken of."""
        for entry in self._entries:
            if entry.doubts:
                self._asker.ask_again(entry)
            for _ in range(SETTLED_TRIES):
                if entry.is_settled:
                    break
                self._asker.ask_again(entry)


class Cashier:
    """Staff at work: money comes and goes while orders flow."""

    def __init__(self, treasury: Treasury, members: tuple[Member, ...], chance: random.Random) -> None:
        self._treasury = treasury
        self._members = members
        self._chance = chance
        self.problems: list[str] = []

    def work(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(self._chance.uniform(*MONEY_MOVED_EVERY_S)):
                member = self._chance.choice(self._members)
                move = self._chance.choice(
                    (self._treasury.deposit, self._treasury.deposit, self._treasury.withdraw)
                )
                move(member, self._chance.randint(1, 5))
        except Exception as error:  # noqa: BLE001 (nobody looks at a thread that has ended)
            self.problems.append(f"staff: {type(error).__name__}: {error}")


class Load:
    """All members and staff at work together, at a pace that can be changed meanwhile."""

    def __init__(self, traders: list[Trader], cashier: Cashier) -> None:
        self.traders = traders
        self.pause_s = 0.0
        self._cashier = cashier
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=trader.work, args=(self._stop, lambda: self.pause_s))
            for trader in traders
        ]
        self._threads.append(threading.Thread(target=cashier.work, args=(self._stop,)))

    def start(self) -> None:
        self.began = time.monotonic()
        for thread in self._threads:
            thread.start()

    @property
    def accepted(self) -> int:
        """How many orders were accepted so far."""
        return sum(len(trader.served) for trader in self.traders)

    @property
    def served(self) -> list[Served]:
        """Every accepted order, in the order of the answers."""
        return sorted((one for trader in self.traders for one in trader.served), key=lambda one: one.answered)

    @property
    def problems(self) -> list[str]:
        return [*self._cashier.problems, *(one for trader in self.traders for one in trader.problems)]

    def set_pace(self, orders_per_s: float) -> None:
        """About so many requests a second, while all are answered at once."""
        self.pause_s = len(self.traders) / orders_per_s

    def stop(self) -> None:
        """Returns when every doubt is cleared up, or given up."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
