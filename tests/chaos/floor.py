"""Owns what members may trade in now: contracts of markets that open and close while they trade.

Never asks the exchange: who runs a market says what becomes of it.
Called by the operator, who changes it, and by every trader.
"""

import random
import threading
from collections import Counter
from collections.abc import Iterable

from tests.processes.ledger import PRICE_SCALE, Contract


class Floor:
    """The contracts that are traded, and which of their markets collect orders for an auction."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._lock = threading.Lock()
        self._contracts = tuple(contracts)
        self._collecting: frozenset[str] = frozenset()

    def open(self, contracts: Iterable[Contract]) -> None:
        with self._lock:
            self._contracts += tuple(contracts)

    def close(self, market_id: str) -> None:
        with self._lock:
            self._contracts = tuple(each for each in self._contracts if each.market_id != market_id)

    def collect(self, market_id: str, *, collects: bool) -> None:
        """Says whether orders at any price may be sent there."""
        with self._lock:
            self._collecting = self._collecting - {market_id} | ({market_id} if collects else set())

    def draw(self, chance: random.Random) -> Contract:
        return chance.choice(self._contracts)

    def is_collecting(self, market_id: str) -> bool:
        return market_id in self._collecting

    def worth(self, market_id: str) -> int:
        """What a contract is worth if none of its market is better than the others; in tens of ticks."""
        of_markets = Counter(contract.market_id for contract in self._contracts)
        return PRICE_SCALE // max(2, of_markets[market_id]) // 10 * 10
