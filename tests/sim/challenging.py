"""Owns which challenges are offered, accepted, declined and withdrawn in a run, and by whom.

Never looks into the exchange: what is open is learned from the answers to its challengers.
Called by the work.
"""

from random import Random
from typing import Final

from msgspec import structs

from actors.machines.messages.answers import MarketResult, OrderResult, Refused, Result
from actors.machines.messages.challenges import AcceptChallenge, DeclineChallenge, Offer, OfferChallenge
from actors.machines.messages.commands import CancelOrder, ChallengeCommand, Command, PlaceOrder
from actors.machines.messages.words import Reason, Side

SHARE: Final = 0.1
"""How much of what members ask is about challenges."""
LIVES_US: Final = (50_000, 1_000_000, 10_000_000, 60_000_000)
KEPT_MAX: Final = 12


class Challenging:
    """What askers know of each other's challenges. Draws have a chance of their own: they lead no other."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(f"challenges of {seed}")
        self._offered: list[AcceptChallenge] = []
        """What was offered, as who accepts would have to say it; some of it is long over."""
        self._opponents: dict[int, int] = {}
        self._time = 0

    def is_next(self) -> bool:
        return self._chance.random() < SHARE

    def draw(
        self, market: MarketResult, order: PlaceOrder, asker: int, members: list[tuple[int, str]]
    ) -> ChallengeCommand | CancelOrder:
        """Something about challenges; a new one would be as this order in this market."""
        chance, draw = self._chance, self._chance.random()
        if not self._offered or draw < 0.4:
            return self._offer(order, members)
        for_asker = [known for known in self._offered if self._opponents[known.challenge_id] in {0, asker}]
        known = chance.choice(self._offered if draw < 0.5 or not for_asker else for_asker)
        draw = chance.random()
        if draw < 0.1:
            return structs.replace(known, price=min(9_999, known.price + 1))
        if draw < 0.6:
            return known
        if draw < 0.8:
            return DeclineChallenge(known.market_id, known.challenge_id)
        if draw < 0.9:
            return CancelOrder(known.challenge_id)
        return DeclineChallenge(market.market.market_id, known.challenge_id)

    def learn(self, command: Command, result: Result) -> None:
        """What came of a command; when it was is the only clock there is here."""
        if isinstance(result, Refused) and result.reason is Reason.TOO_LATE:
            self._offered = [known for known in self._offered if known != command]
        if not isinstance(result, OrderResult):
            return
        self._time = max(self._time, result.modified_time)
        if isinstance(command, OfferChallenge):
            terms = (command.contract_id, command.side, command.price, command.quantity)
            self._offered.append(AcceptChallenge(command.market_id, result.order_id, *terms))
            self._opponents[result.order_id] = command.offer.opponent_id
            if len(self._offered) > KEPT_MAX:
                del self._offered[0]

    def _offer(self, order: PlaceOrder, members: list[tuple[int, str]]) -> OfferChallenge:
        chance = self._chance
        expires = self._time + chance.choice(LIVES_US)
        named = chance.random() < 0.6
        account_id, username = chance.choice(members)
        offer = Offer(account_id, username, expires, "dare") if named else Offer(0, None, expires)
        side = chance.choice((Side.BUY, Side.SELL))
        return OfferChallenge(order.market_id, order.contract_id, side, order.price, order.quantity, offer)
