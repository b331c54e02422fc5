"""Owns the life of one challenge, and what its market decides about it: held beside the books, never in them.

Never knows funds: each side's order holds them at its own account, and the market's word frees them.
Called by the markets machine of the stream that owns the market.

A challenge is ``offered`` until it is at an end, which it reaches once: ``accepted`` is a trade between the
two at the stated price, in no quote, candle or volume, its execution not numbered with those of the books. A
market that is halted keeps its challenges: then they end in any way but by a trade. One that closes cancels
them.
What is at an end is forgotten: who asks for it is told that it is too late.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from actors.machines import limits
from actors.machines.messages.answers import Refused
from actors.machines.messages.book_events import OrderRejected
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
    ChallengeResult,
    DeclineChallenge,
    OfferedTerms,
    SubmitAcceptance,
    SubmitOffer,
)
from actors.machines.messages.events import (
    InstructionAnswered,
)
from actors.machines.messages.posted import Instruct
from actors.machines.messages.words import ChallengeState, Reason

TRANSITIONS: Final[Mapping[ChallengeState | None, frozenset[ChallengeState]]] = {
    None: frozenset({ChallengeState.OFFERED}),
    ChallengeState.OFFERED: frozenset(
        {
            ChallengeState.ACCEPTED,
            ChallengeState.DECLINED,
            ChallengeState.WITHDRAWN,
            ChallengeState.EXPIRED,
            ChallengeState.CANCELLED,
        }
    ),
    ChallengeState.ACCEPTED: frozenset(),
    ChallengeState.DECLINED: frozenset(),
    ChallengeState.WITHDRAWN: frozenset(),
    ChallengeState.EXPIRED: frozenset(),
    ChallengeState.CANCELLED: frozenset(),
}


class Challenge:
    """One challenge; side, price and quantity are those of the challenger's order."""

    __slots__ = (
        "account_id",
        "challenge_id",
        "contract_id",
        "expires_time",
        "opponent_id",
        "price",
        "quantity",
        "side",
        "state",
    )

    def __init__(self, event: ChallengeOffered) -> None:
        self.challenge_id = event.challenge_id
        self.account_id = event.account_id
        self.contract_id = event.contract_id
        self.side = event.side
        self.price = event.price
        self.quantity = event.quantity
        self.opponent_id = event.offer.opponent_id
        self.expires_time = event.offer.expires_time
        self.state = ChallengeState.OFFERED

    def may_be_answered_by(self, account_id: int) -> bool:
        """Whether this member may accept: the one who is named, or any other than the challenger."""
        return self.opponent_id == account_id or (self.opponent_id == 0 and account_id != self.account_id)

    def has_terms_of(self, acceptance: SubmitAcceptance) -> bool:
        """Whether who accepts takes the other side of exactly this."""
        return (
            acceptance.contract_id == self.contract_id
            and acceptance.side is not self.side
            and acceptance.price == self.price
            and acceptance.quantity == self.quantity
        )

    @property
    def offered(self) -> OfferedTerms:
        """What an end of it says again, for who tells of it without having kept it."""
        return OfferedTerms(self.contract_id, self.side, self.price, self.quantity, self.opponent_id)

    def move_to(self, state: ChallengeState) -> None:
        """Takes a declared transition; anything else is an ``AssertionError``."""
        assert state in TRANSITIONS[self.state], f"challenge {self.challenge_id}: {self.state} -> {state}"
        self.state = state


class Challenges:
    """The open challenges of one market, in the order in which they were offered.

    What the market itself has against a trade now is given to decisions as ``closed``.
    """

    __slots__ = ("open",)

    def __init__(self) -> None:
        self.open: dict[int, Challenge] = {}

    # Decide: change nothing.

    def decide_offer(
        self, offer: SubmitOffer, closed: Reason | None, time: int
    ) -> ChallengeOffered | OrderRejected:
        """Holds an order for who will take its other side."""
        refused = closed
        if refused is None and len(self.open) >= limits.OPEN_CHALLENGES_PER_MARKET_MAX:
            refused = Reason.LIMIT_EXCEEDED
        if refused is None and offer.offer.expires_time <= time:
            refused = Reason.EXPIRED
        if refused is not None:
            return OrderRejected(offer.market_id, offer.challenge_id, offer.account_id, refused)
        return ChallengeOffered(
            offer.market_id,
            offer.contract_id,
            offer.challenge_id,
            offer.account_id,
            offer.username,
            offer.side,
            offer.price,
            offer.quantity,
            offer.offer,
            offer.created_time,
        )

    def decide_acceptance(
        self, acceptance: SubmitAcceptance, closed: Reason | None, time: int
    ) -> ChallengeAccepted | OrderRejected:
        """Makes the trade, or rejects the acceptor's order with the first rung that it fails."""
        challenge = self.open.get(acceptance.challenge_id)
        refused = closed or self._refuse_acceptance(challenge, acceptance, time)
        if challenge is None or refused is not None:
            reason = refused or Reason.TOO_LATE
            return OrderRejected(acceptance.market_id, acceptance.order_id, acceptance.account_id, reason)
        return ChallengeAccepted(
            acceptance.market_id,
            challenge.contract_id,
            challenge.challenge_id,
            challenge.account_id,
            challenge.side,
            challenge.price,
            challenge.quantity,
            limits.CHALLENGE_EXECUTIONS_FROM + challenge.challenge_id,
            acceptance.order_id,
            acceptance.account_id,
            acceptance.username,
            time,
        )

    def _refuse_acceptance(
        self, challenge: Challenge | None, acceptance: SubmitAcceptance, time: int
    ) -> Reason | None:
        if challenge is None or challenge.expires_time <= time:
            return Reason.TOO_LATE
        if acceptance.account_id == challenge.account_id:
            return Reason.CROSSED_SELF
        if not challenge.may_be_answered_by(acceptance.account_id):
            return Reason.NOT_ALLOWED
        if not challenge.has_terms_of(acceptance):
            return Reason.TERMS_DIFFER
        return None

    def decide_decline(
        self, instruct: Instruct, command: DeclineChallenge
    ) -> list[ChallengeEnded | InstructionAnswered] | Refused:
        """Ends a challenge on the word of the opponent whom it names."""
        challenge = self.open.get(command.challenge_id)
        if challenge is None:
            return Refused(Reason.TOO_LATE, "The challenge is not open any more.")
        if challenge.opponent_id != instruct.account_id:
            return Refused(Reason.NOT_ALLOWED, "Only the opponent whom it names declines a challenge.")
        declined = ChallengeState.DECLINED
        result = ChallengeResult(command.market_id, command.challenge_id, declined)
        answered = InstructionAnswered(instruct.account_id, instruct.request_id, instruct.item, result)
        return [self._ended(command.market_id, challenge, declined, Reason.DECLINED), answered]

    def decide_withdrawal(self, market_id: int, challenge_id: int, reason: Reason) -> ChallengeEnded | None:
        """Ends a challenge on its challenger's word, if it is open."""
        challenge = self.open.get(challenge_id)
        if challenge is None:
            return None
        return self._ended(market_id, challenge, ChallengeState.WITHDRAWN, reason)

    def decide_expiry(self, market_id: int, challenge_id: int) -> ChallengeEnded:
        """Ends an open challenge whose time has come."""
        challenge = self.open[challenge_id]
        return self._ended(market_id, challenge, ChallengeState.EXPIRED, Reason.EXPIRED)

    def decide_cancel(
        self, market_id: int, reason: Reason, count_max: int | None = None, contract_id: int = 0
    ) -> list[ChallengeEnded]:
        """Ends open challenges (those of one contract), oldest first: the market closes, or staff says so."""
        these = [each for each in self.open.values() if contract_id in (0, each.contract_id)]
        oldest = islice(these, count_max)
        cancelled = ChallengeState.CANCELLED
        return [self._ended(market_id, challenge, cancelled, reason) for challenge in oldest]

    def _ended(
        self, market_id: int, challenge: Challenge, state: ChallengeState, reason: Reason
    ) -> ChallengeEnded:
        return ChallengeEnded(
            market_id, challenge.challenge_id, challenge.account_id, state, reason, challenge.offered
        )

    # Evolve: total.

    def offered(self, event: ChallengeOffered) -> None:
        self.open[event.challenge_id] = Challenge(event)

    def ended(self, event: ChallengeAccepted | ChallengeEnded) -> Challenge:
        """The challenge, which is at an end by this event."""
        challenge = self.open.pop(event.challenge_id)
        challenge.move_to(ChallengeState.ACCEPTED if isinstance(event, ChallengeAccepted) else event.state)
        return challenge
