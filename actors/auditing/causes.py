"""Owns the rule that streams move each other only by messages: each one taken has its event, and conversely.

Never judges what an event means for money or books. Within a record, the messages of one source must have
been carried out in their order (that is first come, first served); between sources there is none.
Called by the auditor, with records whose messages were all read.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec.structs import astuple

from actors.auditing import amendments, conditions
from actors.auditing.breaches import Breach, Rule
from actors.auditing.keyed import Key, key_of_event, key_of_message
from actors.auditing.post import Covered
from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.amendments import SubmitAmendment
from actors.machines.messages.answers import Refused
from actors.machines.messages.book_events import (
    AmendDelayed,
    OrderDelayed,
    OrderMatched,
    OrderReduced,
    OrderReplaced,
)
from actors.machines.messages.challenges import (
    ChallengeAccepted,
    ChallengeEnded,
    ChallengeOffered,
    DeclineChallenge,
    SubmitAcceptance,
    SubmitOffer,
)
from actors.machines.messages.commands import ChangeRoles, SettleMarket
from actors.machines.messages.credential_events import RolesChanged
from actors.machines.messages.events import (
    Event,
    InstructionAnswered,
    MarketClosed,
    MarketHalted,
    MarketSettled,
    MarketTurnedInPlay,
    MoneyDeposited,
    MoneyMoveAnswered,
    MoneyWithdrawn,
    OrdersSwept,
    OrderUpdated,
    RequestOpened,
)
from actors.machines.messages.posted import Instruct, MoveMoney, OrderReport, Posted, SubmitOrder
from actors.machines.messages.voiding import ContractVoided, VoidContract
from actors.machines.messages.words import ChallengeState, OrderState, Side
from actors.machines.streams import social_stream_of_id

AccountOf = Callable[[str, str], int | None]
"""Whose account a username is, in a stream."""
MarketOf = Callable[[str, Posted | None], int | None]
"""Which market a message to a stream is about."""
Money = MoneyDeposited | MoneyWithdrawn
Stops = MarketHalted | MarketTurnedInPlay | MarketClosed
"""What cancels orders of a market unasked; which of them, the audit of markets judges."""
Problem = tuple[str, int | None]
"""What is wrong, and the market that it concerns."""

SOCIAL: Final = "social-"


class Queue:
    """The messages that a record took from one source; those before ``next`` have their event."""

    __slots__ = ("keys", "messages", "next")

    def __init__(self, messages: list[Posted]) -> None:
        keyed = [(key_of_message(message), message) for message in messages]
        self.messages = [message for key, message in keyed if key is not None]
        self.keys = [key for key, _ in keyed if key is not None]
        self.next = 0


class CausesAudit:
    """The causes of all streams' events."""

    def __init__(self, account_of: AccountOf, market_of: MarketOf) -> None:
        self._account_of = account_of
        self._market_of = market_of

    def judge(self, covered: Covered) -> list[Breach]:
        stream, sequence, _, body = covered.entry
        causes = RecordCauses(stream, covered, self._account_of)
        problems = [problem for event in body.events for problem in causes.problems(event)]
        problems += [(what, self._market_of(stream, message)) for what, message in causes.left_over()]
        return [Breach(stream, sequence, Rule.CAUSE, what, market_id) for what, market_id in problems]


class RecordCauses:
    """One record: the messages that it took, and what of its events is not explained by them so far."""

    def __init__(self, stream: str, covered: Covered, account_of: AccountOf) -> None:
        self._stream = stream
        self._account_of = account_of
        self._queues = [Queue(messages) for messages in covered.taken.values()]
        self._free = _closed_or_swept(covered.entry.body.events)
        self._opened: set[int] = set()
        self._declined: ChallengeEnded | None = None
        """A challenge that was declined, and whose message is still looked for."""
        self._money: Money | None = None
        """Money that moved, and whose message is still looked for."""

    def problems(self, event: Event) -> Sequence[Problem]:
        """What is wrong with the next event."""
        if isinstance(event, RequestOpened):
            self._opened.add(event.request_id)
            return ()
        if isinstance(event, Money):
            before, self._money = self._money, event
            return () if before is None else ((_unasked(before), None),)
        if isinstance(event, ChallengeEnded) and event.state is ChallengeState.DECLINED:
            ended, self._declined = self._declined, event
            return () if ended is None else ((_undeclined(ended), ended.market_id),)
        key = key_of_event(event, self._opened, self._free)
        if key is None or self._is_own(event):
            return ()
        message = self._caused(key)
        if isinstance(message, MoveMoney):
            return tuple(self._money_problems(message, event))
        if isinstance(message, Instruct) and isinstance(message.command, DeclineChallenge):
            return tuple(self._decline_problems(message.command, event))
        if message is None:
            what = None if self._is_optional(event) else self._without_cause(event, key)
        else:
            what = _difference(message, event)
        return () if what is None else ((what, getattr(event, "market_id", None)),)

    def left_over(self) -> Iterator[tuple[str, Posted | None]]:
        """What is wrong at the record's end, and with which message."""
        if self._money is not None:
            yield _unasked(self._money), None
        if self._declined is not None:
            yield _undeclined(self._declined), None
        for queue in self._queues:
            for message in queue.messages[queue.next :]:
                yield f"{_name(message)} was taken, but nothing came of it", message

    def _is_own(self, event: Event) -> bool:
        """An entry that this very stream made; one of another comes by post."""
        return isinstance(event, EntryAdded) and social_stream_of_id(event.entry.entry_id) == self._stream

    def _is_optional(self, event: Event) -> bool:
        """An answer may also be to somebody who asked long ago, once all streams have acknowledged."""
        return isinstance(event, InstructionAnswered) and not self._stream.startswith(SOCIAL)

    def _caused(self, key: Key) -> Posted | None:
        """The message that is next in its queue and asks for this; it is done with then."""
        for queue in self._queues:
            at = queue.next
            if at < len(queue.keys) and queue.keys[at] == key:
                queue.next = at + 1
                return queue.messages[at]
        return None

    def _without_cause(self, event: Event, key: Key) -> str:
        for queue in self._queues:
            for at in range(queue.next, len(queue.keys)):
                if queue.keys[at] == key:
                    first = _name(queue.messages[queue.next])
                    del queue.keys[at], queue.messages[at]
                    return f"{_name(event)} came before its turn: {first} was first"
        return f"{_name(event)} has no cause: no message that was taken asks for it"

    def _money_problems(self, message: MoveMoney, event: Event) -> Iterator[Problem]:
        """What moved for a member must be what staff's stream asked for."""
        money, self._money = self._money, None
        refused = isinstance(event, MoneyMoveAnswered) and isinstance(event.result, Refused)
        if money is None:
            if not refused:
                yield f"request {message.request_id} is answered, but no money moved", None
            return
        kind = MoneyWithdrawn if message.withdrawal else MoneyDeposited
        account_id = self._account_of(self._stream, message.username)
        if refused or (type(money), money.amount, money.account_id) != (kind, message.amount, account_id):
            asked = f"{kind.__name__} of {message.amount} for account {account_id}"
            what = f"{_name(money)} of {money.amount} for account {money.account_id}"
            yield f"{what}, but request {message.request_id} asks for {asked}", None

    def _decline_problems(self, command: DeclineChallenge, event: Event) -> Iterator[Problem]:
        """What ended must be the challenge that its opponent declined."""
        ended, self._declined = self._declined, None
        refused = isinstance(event, InstructionAnswered) and isinstance(event.result, Refused)
        if refused and ended is None:
            return
        if refused or ended is None or ended.challenge_id != command.challenge_id:
            what = f"challenge {command.challenge_id} was to be declined"
            became = "nothing" if ended is None else f"challenge {ended.challenge_id}"
            yield f"{what}; {'refused, but ' if refused else ''}{became} is", command.market_id


def _undeclined(ended: ChallengeEnded) -> str:
    return f"challenge {ended.challenge_id} is declined, but no opponent asked for it"


def _unasked(money: Money) -> str:
    return f"{_name(money)} of {money.amount} for account {money.account_id} that nobody asked for"


def _closed_or_swept(events: tuple[Event, ...]) -> frozenset[int]:
    """The markets whose orders this record may cancel without being asked; 0 stands for all of them."""
    markets = [event.market_id for event in events if isinstance(event, Stops)]
    markets += [event.market_id for event in events if isinstance(event, ContractVoided)]
    if any(isinstance(event, OrdersSwept) for event in events):
        markets.append(0)
    return frozenset(markets)


def _difference(message: Posted, event: Event) -> str | None:
    """What the event does otherwise than its message asks for; None: nothing."""
    if isinstance(event, OrderUpdated) and isinstance(message, OrderReport):
        return _report_difference(message, event)
    if isinstance(event, OrderMatched) and isinstance(message, SubmitOrder):
        return _submission_difference(message, event)
    if isinstance(event, OrderDelayed) and isinstance(message, SubmitOrder):
        return _delay_difference(message, event)
    if isinstance(event, OrderReduced | OrderReplaced) and isinstance(message, SubmitAmendment):
        return amendments.difference(message, event)
    if isinstance(event, AmendDelayed) and isinstance(message, SubmitAmendment):
        return amendments.delay_difference(message, event)
    if isinstance(event, ChallengeOffered) and isinstance(message, SubmitOffer):
        return _offer_difference(message, event)
    if isinstance(event, ChallengeAccepted) and isinstance(message, SubmitAcceptance):
        return _acceptance_difference(message, event)
    if isinstance(event, ContractVoided) and isinstance(message, Instruct):
        return _void_difference(message, event)
    if isinstance(event, MarketSettled) and isinstance(message, Instruct):
        return _settlement_difference(message, event)
    if isinstance(event, RolesChanged) and isinstance(message, Instruct):
        return _roles_difference(message, event)
    return None


def _report_difference(report: OrderReport, event: OrderUpdated) -> str | None:
    said = (report.fills, report.left, report.reason, report.arrival, report.rejected, report.amended)
    rejected = event.state is OrderState.REJECTED
    done = (event.fills, event.left, event.reason, event.taker, rejected, event.amended)
    if said == done and report.time in {0, event.time}:
        return None
    return f"order {event.order_id} was moved by {done}, but the market's word is {said}"


def _submission_difference(order: SubmitOrder, event: OrderMatched) -> str | None:
    said = (order.market_id, order.contract_id, order.side, order.price, order.quantity)
    done = (event.market_id, event.contract_id, event.side, event.price, event.quantity)
    if said != done:
        return f"order {event.order_id} was matched as {done}, but was accepted as {said}"
    return next(conditions.problems(order, event), None)


def _delay_difference(order: SubmitOrder, event: OrderDelayed) -> str | None:
    if astuple(order) == astuple(event)[:-1]:
        return None
    return f"order {event.order_id} does not wait as it was accepted"


def _offer_difference(offer: SubmitOffer, event: ChallengeOffered) -> str | None:
    if astuple(offer) == astuple(event):
        return None
    return f"challenge {event.challenge_id} is not offered as it was accepted for its challenger"


def _acceptance_difference(acceptance: SubmitAcceptance, event: ChallengeAccepted) -> str | None:
    said = (acceptance.market_id, acceptance.contract_id, acceptance.challenge_id)
    said_terms = (acceptance.side, acceptance.price, acceptance.quantity, acceptance.username)
    done = (event.market_id, event.contract_id, event.challenge_id)
    side = Side.SELL if event.side is Side.BUY else Side.BUY
    done_terms = (side, event.price, event.quantity, event.acceptor)
    if said == done and said_terms == done_terms:
        return None
    return f"order {event.order_id} took {done + done_terms}, but was accepted as {said + said_terms}"


def _settlement_difference(instruct: Instruct, event: MarketSettled) -> str | None:
    command = instruct.command
    if not isinstance(command, SettleMarket):
        return f"settled by {type(command).__name__}"
    said_winners = ((), set()) if command.void else (command.winners, {*command.dead_heat})
    done_winners = (event.verdict.winners, {each.contract_id for each in event.verdict.dead_heat})
    said = (command.market_id, *said_winners, command.void)
    done = (event.market_id, *done_winners, event.verdict.void)
    return None if said == done else f"settled as {done}, but staff asked for {said}"


def _void_difference(instruct: Instruct, event: ContractVoided) -> str | None:
    command = instruct.command
    if isinstance(command, VoidContract) and command.market_id == event.market_id:
        asked = f"contract {command.contract_id}"
        return None if command.contract_id == event.contract_id else f"voided instead of {asked}"
    return f"contract {event.contract_id} is voided by {type(command).__name__}"


def _roles_difference(instruct: Instruct, event: RolesChanged) -> str | None:
    command = instruct.command
    if not isinstance(command, ChangeRoles):
        return f"roles are changed by {type(command).__name__}"
    said, done = (command.username, {*command.roles}), (event.username, {*event.roles})
    return None if said == done else f"account {event.holder_id} was given other roles than admins asked for"


def _name(message: Event | Posted) -> str:
    order_id = getattr(message, "order_id", None)
    return type(message).__name__ + ("" if order_id is None else f" of order {order_id}")
