"""Owns a market maker at work: round after round it looks, and changes its orders to what it wants.

Never takes part in more than one market; whatever ends it, it cancels its orders there first.
Called by the market maker's command, and by tests.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from scripts.client import Client, ClientError, OutcomeUnknownError, UnansweredError
from scripts.client.operations import (
    BATCH_MAX,
    cancel_all,
    contracts,
    last_prices,
    markets,
    orders,
    place_orders,
    positions,
)
from scripts.client.shapes import Instruction, Market, Refusal
from scripts.maker.strategy import Quote, Style, changes, followed, opening, wanted

OPEN: Final = "open"


class MakerError(Exception):
    """There is nothing to quote, or orders may be left; the message says why."""


class Maker:
    """Quotes one market for a client that is signed in."""

    def __init__(self, client: Client, market_id: str, style: Style, given: Mapping[str, int]) -> None:
        """``given``: fair values (ticks) by the contract's id, which then don't follow the trades."""
        self._client = client
        self._style = style
        self._given = given
        self.market = _open_market(client, market_id)
        ids = [contract.id for contract in client.do(contracts(market_id))]
        if unknown := set(given) - set(ids):
            raise MakerError(f"market {market_id} has no contract {', '.join(sorted(unknown))}")
        self.fair = opening(ids, given, client.do(last_prices(market_id)))
        self.placed = 0
        self.cancelled = 0
        self.refused: Counter[str] = Counter()

    def round(self) -> None:
        """Looks once, and makes what rests what is wanted."""
        self._follow()
        resting = self._client.every(orders(market_ids=[self.market.id]))
        cancels, news = changes(self.market.id, self._wanted(), resting)
        instructions: list[Instruction] = [*cancels, *news]
        for first in range(0, len(instructions), BATCH_MAX):
            answers = self._client.do(place_orders(instructions[first : first + BATCH_MAX]))
            self.refused.update(answer.error_type for answer in answers if isinstance(answer, Refusal))
        self.placed += len(news)
        self.cancelled += len(cancels)

    def stop(self) -> None:
        """Cancels all of its orders in the market. Raises ``MakerError``: then some may still rest."""
        asked = cancel_all(self.market.id)
        try:
            try:
                self._client.do(asked)
            except KeyboardInterrupt:
                # Mostly the same one again: make hands on what the whole group was sent.
                self._client.do(asked)
        except (ClientError, KeyboardInterrupt) as error:
            why = str(error) or "it was interrupted"
            raise MakerError(f"orders may still rest in market {self.market.id}: {why}") from error

    def run(self, go_on: Callable[[], bool], told: Callable[[], None]) -> None:
        """Rounds for as long as ``go_on`` says so, which also waits between them; then all is cancelled."""
        try:
            while go_on():
                try:
                    self.round()
                except (UnansweredError, OutcomeUnknownError):
                    # The exchange is away: what rests there is looked at when it is back.
                    self.refused["UNANSWERED"] += 1
                told()
        finally:
            self.stop()

    def _wanted(self) -> list[Quote]:
        held = {each.contract_id: each.quantity for each in self._client.every(positions())}
        possible, style = self.market.possible, self._style
        return [
            quote
            for contract_id, fair in self.fair.items()
            for quote in wanted(contract_id, fair, held.get(contract_id, 0), style, possible)
        ]

    def _follow(self) -> None:
        last = self._client.do(last_prices(self.market.id))
        for contract_id, fair in self.fair.items():
            if contract_id not in self._given:
                self.fair[contract_id] = followed(fair, last.get(contract_id))


def _open_market(client: Client, market_id: str) -> Market:
    for market in client.every(markets(states=(OPEN,))):
        if market.id == market_id:
            return market
    raise MakerError(f"there is no open market {market_id}")
