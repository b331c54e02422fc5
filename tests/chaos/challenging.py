"""Owns what members do with challenges: offer them, tell each other, and answer those they were told of.

Never judges, and never waits for anybody: who is quicker answers.
Called by the workload, each member with a challenger of their own and one board for all.

Who answers a challenge has seen it before: it is looked for until it is there.
"""

import random
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from tests.chaos.asking import Asker
from tests.chaos.ledger import ACCEPTED_MAX, CHALLENGES, Entry, Json, Member

KEPT_MAX: Final = 24
NAMED_SHARE: Final = 0.5
LIVES_S: Final = (3.0, 60.0, 60.0)
"""Some run out while processes are killed."""
TERMS: Final = ("market_id", "contract_id", "side", "price", "quantity")


class Told(NamedTuple):
    """A challenge as its challenger tells of it. ``key`` is its link's, ``None`` if it names an opponent."""

    challenge_id: str
    challenger: str
    opponent: str | None
    key: str | None


class Board:
    """The challenges that members told each other of last. Nothing is taken off: two may answer the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: deque[Told] = deque(maxlen=KEPT_MAX)

    def tell(self, told: Told) -> None:
        with self._lock:
            self._told.append(told)

    def draw(self, chance: random.Random, wanted: Callable[[Told], bool]) -> Told | None:
        """One of those that are wanted."""
        with self._lock:
            found = [told for told in self._told if wanted(told)]
        return chance.choice(found) if found else None


class Challenger:
    """One member's part in challenges. ``others`` are the members who may be named as opponents."""

    def __init__(
        self, member: Member, asker: Asker, board: Board, others: tuple[str, ...], chance: random.Random
    ) -> None:
        self._member = member
        self._asker = asker
        self._board = board
        self._others = others
        self._chance = chance

    def offer(self, order: Json, key: str) -> Entry:
        """Offers what would have been an order."""
        lasts = timedelta(seconds=self._chance.choice(LIVES_S))
        body = {name: order[name] for name in TERMS}
        body["expires_datetime"] = (datetime.now(UTC) + lasts).isoformat()
        if self._chance.random() < NAMED_SHARE:
            body["opponent"] = self._chance.choice(self._others)
        entry = Entry(self._member, "POST", CHALLENGES, body, key)
        answered = self._asker.ask(entry)
        if answered is not None and answered.status <= ACCEPTED_MAX:
            challenge = answered.content["challenge"]
            _, _, link_key = challenge.get("link", "").partition("?key=")
            told = Told(challenge["id"], self._member.username, challenge["opponent"], link_key or None)
            self._board.tell(told)
        return entry

    def accept(self) -> Entry | None:
        """Takes the other side of one that is for this member, if they know of any."""
        return self._answer("accepted", self._is_for)

    def decline(self) -> Entry | None:
        return self._answer("declined", lambda told: told.opponent == self._member.username)

    def withdraw(self) -> Entry | None:
        return self._answer("withdrawn", lambda told: told.challenger == self._member.username)

    def _is_for(self, told: Told) -> bool:
        named = {None, self._member.username}
        return told.challenger != self._member.username and told.opponent in named

    def _answer(self, state: str, wanted: Callable[[Told], bool]) -> Entry | None:
        told = self._board.draw(self._chance, wanted)
        if told is None:
            return None
        path = f"{CHALLENGES}{told.challenge_id}/"
        query = "" if told.key is None else f"?key={told.key}"
        if not self._asker.see(self._member, path + query):
            return None
        body = {"state": state} | ({} if told.key is None else {"key": told.key})
        entry = Entry(self._member, "PATCH", path, body, None)
        self._asker.ask(entry)
        return entry
