"""Owns what the records of market streams say of challenges: which are open, on which terms, until when.

Never shares a rule with the challenge machine: what was offered is compared with what its account placed.
Called by what is known of markets, event by event.
"""

from collections.abc import Container, Iterator
from typing import Final

from actors.machines.messages.book_events import OrderRejected
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeEvent,
    ChallengeOffered,
    OfferedTerms,
)
from actors.machines.messages.parts import Fill
from actors.machines.messages.words import ChallengeState, Reason, Side
from actors.machines.streams import Streams, account_stream_of_id
from tests.sim.accounts_known import AccountsKnown, OrderKnown
from tests.sim.letters_kept import Key
from tests.sim.violations import require

NUMBERED_FROM: Final = 1_000_000_000_000_000
REFUSALS: Final = (
    Reason.TOO_LATE,
    Reason.EXPIRED,
    Reason.CROSSED_SELF,
    Reason.NOT_ALLOWED,
    Reason.TERMS_DIFFER,
    Reason.CONTRACT_VOIDED,
)
"""Why an open market may refuse an order that trades by a challenge."""


class ChallengesKnown:
    """All open challenges of the exchange, by market."""

    def __init__(self, streams: Streams, accounts: AccountsKnown) -> None:
        self._streams = streams
        self._accounts = accounts
        self._over: dict[int, ChallengeState] = {}
        self.open: dict[int, dict[int, ChallengeOffered]] = {}

    def take(self, event: ChallengeEvent) -> Iterator[tuple[str, Key]]:
        """Checks an event, and gives the reports that it owes to members."""
        challenge_id = event.challenge_id
        home = account_stream_of_id(challenge_id)
        match event:
            case ChallengeOffered():
                self._offer(event)
                yield home, ("report", challenge_id, (), event.quantity)
            case ChallengeAccepted():
                self._accept(event)
                fills = (Fill(event.execution_id, event.price, event.quantity),)
                yield home, ("report", challenge_id, fills, 0)
                yield account_stream_of_id(event.order_id), ("report", event.order_id, fills, 0)
            case ChallengeEnded():
                offered = self._end(event.market_id, challenge_id, event.state)
                terms = OfferedTerms(*_offered(offered))
                require(event.offered == terms, "{}: {} was offered", event, terms)
                yield home, ("report", challenge_id, (), 0)

    def check_rejected(self, event: OrderRejected, voided: Container[int]) -> None:
        """An open market may only refuse what trades by a challenge, and for its own reasons."""
        order = self._accounts.orders[event.order_id]
        require(order.challenge_id != 0, "{}: rejected by an open market", event)
        require(event.reason in REFUSALS, "{}: by an open market", event)
        if event.reason is Reason.CONTRACT_VOIDED:
            require(order.contract_id in voided, "{}: {} is not", event, order.contract_id)
        if event.reason is Reason.TOO_LATE:
            offered = self.open.get(event.market_id, {}).get(order.challenge_id)
            require(offered is None, "{}: but {} is open", event, offered)

    def check_due(self, stream: str, time: int) -> None:
        """After a record of a market stream nothing of it is open whose time had come."""
        for market_id, opened in self.open.items():
            if self._streams.of_market(market_id) == stream:
                late = [event for event in opened.values() if event.offer.expires_time <= time]
                require(not late, "{}: it is {}, and {} are open", stream, time, late)

    def _offer(self, event: ChallengeOffered) -> None:
        order = self._accounts.orders[event.challenge_id]
        require(event.challenge_id not in self._over, "{}: it is over", event)
        told = (event.account_id, event.contract_id, event.side, event.price, event.quantity, event.offer)
        require(told == (*_placed(order), order.offer), "{}: {} was placed", event, order)
        opened = self.open.setdefault(event.market_id, {})
        require(event.challenge_id not in opened, "{}: it is open", event)
        opened[event.challenge_id] = event

    def _accept(self, event: ChallengeAccepted) -> None:
        offered = self._end(event.market_id, event.challenge_id, ChallengeState.ACCEPTED)
        terms = (event.contract_id, event.price, event.quantity)
        side = Side.SELL if offered.side is Side.BUY else Side.BUY
        require(
            (offered.account_id, offered.contract_id, offered.side, offered.price, offered.quantity)
            == (event.account_id, event.contract_id, event.side, event.price, event.quantity),
            "{}: {} was offered",
            event,
            offered,
        )
        number = NUMBERED_FROM + event.challenge_id
        require(event.execution_id == number, "{}: it is execution {}", event, number)
        order = self._accounts.orders[event.order_id]
        told = (event.acceptor_id, event.contract_id, side, *terms[1:])
        require(told == _placed(order), "{}: {} was placed", event, order)
        require(order.challenge_id == event.challenge_id, "{}: {} was placed", event, order)
        require(event.acceptor_id != event.account_id, "{}: with oneself", event)
        named = offered.offer.opponent_id
        require(named in {0, event.acceptor_id}, "{}: {} is named", event, named)
        require(event.time < offered.offer.expires_time, "{}: too late for {}", event, offered)

    def _end(self, market_id: int, challenge_id: int, state: ChallengeState) -> ChallengeOffered:
        before = self._over.setdefault(challenge_id, state)
        opened = self.open.get(market_id, {})
        require(challenge_id in opened, "challenge {}: {}, but it was {}", challenge_id, state, before)
        return opened.pop(challenge_id)


def _offered(event: ChallengeOffered) -> tuple[int, Side, int, int, int]:
    return event.contract_id, event.side, event.price, event.quantity, event.offer.opponent_id


def _placed(order: OrderKnown) -> tuple[int, int, Side, int, int]:
    return order.account_id, order.contract_id, order.side, order.price, order.quantity
