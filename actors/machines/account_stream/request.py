"""Owns one request of a member: its idempotency key, and the result of each of its commands.

Never decides a command; it collects results until all are there.
Called by the accounts machine.

A request is ``open`` until every item has a result, then ``answered``. Its key is remembered while
it is open, and for a stated time after; then it is forgotten and the key may be used anew. Who was told to
wait, and of whose request nothing else came, uses it anew at once: the same request later is another try.
"""

from collections.abc import Iterator
from enum import StrEnum, unique
from typing import Final

from actors.machines import limits
from actors.machines.messages.answers import CancelledResult, Refused, Result
from actors.machines.messages.events import RequestOpened


@unique
class RequestState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"


TRANSITIONS: Final = {
    None: frozenset({RequestState.OPEN}),
    RequestState.OPEN: frozenset({RequestState.ANSWERED}),
    RequestState.ANSWERED: frozenset[RequestState](),
}


class MemberRequest:
    """A request under its key, with the results it has so far."""

    __slots__ = ("account_id", "cancelling", "fingerprint", "key", "missing", "request_id", "results", "time")

    def __init__(self, event: RequestOpened) -> None:
        self.account_id = event.account_id
        self.request_id = event.request_id
        self.key = _name(event.scope, event.key)
        self.fingerprint = event.fingerprint
        self.time = event.time
        self.results: list[Result | None] = [None] * event.items
        self.missing = event.items
        self.cancelling: dict[int, tuple[int, list[int]]] = {}
        """Cancel-all items: how many orders have yet to be heard of, and those cancelled so far."""

    @property
    def state(self) -> RequestState:
        return RequestState.OPEN if self.missing else RequestState.ANSWERED

    @property
    def is_to_be_tried_again(self) -> bool:
        """Whether all that came of it is that its member was told to wait."""
        only = self.results[0] if len(self.results) == 1 else None
        return isinstance(only, Refused) and only.is_for_now

    def answer(self, item: int, result: Result) -> None:
        """One item has its result; it must not have had one."""
        assert self.results[item] is None, f"request {self.request_id}: item {item} is answered twice"
        self.results[item] = result
        self.missing -= 1

    def expect_cancels(self, item: int, orders: int) -> None:
        """A cancel-all waits for the market's word on each of its orders."""
        if orders == 0:
            self.answer(item, CancelledResult(()))
        else:
            self.cancelling[item] = (orders, [])

    def hear_cancel(self, item: int, order_id: int | None) -> None:
        """The word on one order of a cancel-all; ``None`` if it was too late for it."""
        waiting, cancelled = self.cancelling[item]
        if order_id is not None:
            cancelled.append(order_id)
        if waiting > 1:
            self.cancelling[item] = (waiting - 1, cancelled)
        else:
            del self.cancelling[item]
            self.answer(item, CancelledResult(tuple(sorted(cancelled))))

    def final_results(self) -> tuple[Result, ...]:
        """All results, once answered."""
        return tuple(result for result in self.results if result is not None)


class Keys:
    """The keys of one member, oldest first: those the client sent, or those the web made.

    They expire by record time once answered; past ``count_max`` the oldest answered go first.
    """

    __slots__ = ("_requests", "count_max", "life_us")

    def __init__(self, life_us: int, count_max: int = limits.KEYS_KEPT_PER_ACCOUNT) -> None:
        self.life_us = life_us
        self.count_max = count_max
        self._requests: dict[str, MemberRequest] = {}

    def find(self, scope: str, key: str, now: int) -> MemberRequest | None:
        """The request under this key, unless it has expired, or its member was told to wait."""
        request = self._requests.get(_name(scope, key))
        if request is None or (request.missing == 0 and now - request.time > self.life_us):
            return None
        if request.is_to_be_tried_again:
            return None
        return request

    def remember(self, request: MemberRequest) -> None:
        """Adds the newest request and forgets what its time has passed for."""
        self._requests.pop(request.key, None)
        self._requests[request.key] = request
        while (oldest := next(iter(self._requests.values()))).missing == 0 and (
            request.time - oldest.time > self.life_us or len(self._requests) > self.count_max
        ):
            del self._requests[oldest.key]

    def __iter__(self) -> Iterator[MemberRequest]:
        return iter(self._requests.values())

    def __len__(self) -> int:
        return len(self._requests)


def _name(scope: str, key: str) -> str:
    """A scope (method and path) holds no line break, so this is unique."""
    return f"{scope}\n{key}"
