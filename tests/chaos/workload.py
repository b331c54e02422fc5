"""Owns what the members do: orders, amendments, batches, cancels of every kind, challenges, the same again.

Never stops for what is killed meanwhile, never judges what it is answered.
Called by the command, with a thread for each member and one for staff.
"""

import random
import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from actors.machines.streams import Streams
from tests.chaos.asking import Asker
from tests.chaos.challenging import Challenger
from tests.chaos.drawing import Drawer
from tests.chaos.floor import Floor
from tests.chaos.ledger import ACCEPTED_MAX, ORDERS, PENDING, PREVIEW, Entry, Json, Member, is_order
from tests.chaos.operating import Operator
from tests.chaos.venue import Treasury

RECENT: Final = 50
"""Orders that a member remembers to cancel, and requests that are made again."""
BATCH: Final = (2, 8)
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
        floor: Floor,
        streams: Streams,
        chance: random.Random,
    ) -> None:
        self.member = member
        self.served: list[Served] = []
        self.problems: list[str] = []
        self._asker = asker
        self._challenger = challenger
        self._floor = floor
        self._drawer = Drawer(floor, chance)
        self._streams = streams
        self._chance = chance
        self._count = 0
        self._recent: list[str] = []
        self._resting: dict[str, Json] = {}
        """Orders that rested when they were answered, as they were asked for last."""
        self._entries: list[Entry] = []
        self._actions: tuple[tuple[Callable[[], None], int], ...] = (
            (self._place, 60),
            (self._place_batch, 12),
            (self._preview, 4),
            (self._amend, 24),
            (self._patch, 12),
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

    def _place(self) -> None:
        self._post(self._drawer.order())

    def _place_batch(self) -> None:
        items: list[Json] = [self._drawer.order() for _ in range(self._chance.randint(*BATCH))]
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
        order_id, asked = self._chance.choice(list(self._resting.items()))
        return {"amend": order_id, **self._drawer.change(asked)}

    def _patch(self) -> None:
        """The same of one order, at its own address and without a key."""
        if self._resting:
            order_id, asked = self._chance.choice(list(self._resting.items()))
            path = f"{ORDERS}{order_id}/"
            entry = Entry(self.member, "PATCH", path, self._drawer.change(asked), None)
            self._entries.append(entry)
            self._asker.ask(entry)

    def _preview(self) -> None:
        """Looks at what would become of an order, and doesn't place it."""
        self._asker.ask(Entry(self.member, "POST", PREVIEW, self._drawer.order(), None))

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
        query = f"?market_id={self._floor.draw(self._chance).market_id}"
        path = ORDERS + self._chance.choice(("", query))
        self._asker.ask(Entry(self.member, "DELETE", path, None, None))

    def _offer(self) -> None:
        self._note(self._challenger.offer(self._drawer.terms(), self._key()))

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

    def __init__(self, traders: list[Trader], cashier: Cashier, operator: Operator) -> None:
        self.traders = traders
        self.pause_s = 0.0
        self._cashier = cashier
        self._operator = operator
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=trader.work, args=(self._stop, lambda: self.pause_s))
            for trader in traders
        ]
        self._threads += [
            threading.Thread(target=staff.work, args=(self._stop,)) for staff in (cashier, operator)
        ]

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
        everybody: tuple[Cashier | Operator | Trader, ...] = (self._cashier, self._operator, *self.traders)
        return [problem for one in everybody for problem in one.problems]

    def set_pace(self, orders_per_s: float) -> None:
        """About so many requests a second, while all are answered at once."""
        self.pause_s = len(self.traders) / orders_per_s

    def stop(self) -> None:
        """Returns when every doubt is cleared up, or given up."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
