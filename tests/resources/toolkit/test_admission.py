"""Owns the tests of the gates: never more under way than there is room for, nothing left of who is refused.

Never sends a request.
Called by pytest.
"""

import asyncio
import contextlib
from contextlib import AbstractContextManager
from types import SimpleNamespace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from actors.machines import limits
from resources.toolkit import admission
from resources.toolkit.admission import Gate, Gates, Lateness, Room
from resources.toolkit.problems import UNAVAILABLE, ProblemError

ROOM = Room(requests_max=5, bytes_max=100, always=2)


class Crowd(RuleBasedStateMachine):
    """Requests that come and go in any order, while the loop is late or isn't, until the gate closes."""

    def __init__(self) -> None:
        super().__init__()
        self.late = False
        self.closed = False
        self.inside: list[tuple[AbstractContextManager[None], int]] = []
        self.gate = Gate(ROOM, lambda: self.late)

    @rule(size=st.integers(0, 60))
    def come(self, size: int) -> None:
        before = (self.gate.requests, self.gate.bytes)
        full = before[0] >= ROOM.requests_max or before[1] + size > ROOM.bytes_max
        refused = self.closed or full or (self.late and before[0] >= ROOM.always)
        request = self.gate.passed(size)
        if refused:
            with pytest.raises(ProblemError) as raised:
                request.__enter__()
            assert raised.value.kind is UNAVAILABLE
            assert raised.value.headers == {"retry-after": str(limits.RETRY_AFTER_S)}
            assert (self.gate.requests, self.gate.bytes) == before
        else:
            request.__enter__()
            self.inside.append((request, size))

    @precondition(lambda self: self.inside)
    @rule(data=st.data(), fails=st.booleans())
    def go(self, data: st.DataObject, fails: bool) -> None:
        request, _ = self.inside.pop(data.draw(st.integers(0, len(self.inside) - 1)))
        error = ValueError("made to fail") if fails else None
        with contextlib.suppress(ValueError):
            request.__exit__(type(error) if error else None, error, None)

    @rule(late=st.booleans())
    def turn_late(self, late: bool) -> None:
        self.late = late

    @rule()
    def close(self) -> None:
        self.gate.close()
        self.closed = True

    @invariant()
    def there_is_never_more_than_there_is_room_for(self) -> None:
        assert self.gate.requests == len(self.inside) <= ROOM.requests_max
        assert self.gate.bytes == sum(size for _, size in self.inside) <= ROOM.bytes_max


TestCrowd = Crowd.TestCase


async def test_a_loop_that_comes_round_late_is_noticed_until_it_comes_round_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1_000.0
    monkeypatch.setattr(admission, "time", SimpleNamespace(monotonic=lambda: now))
    lateness = Lateness()
    assert not lateness()
    lateness.start()
    await asyncio.sleep(0)
    assert not lateness()
    now += 2 * limits.LOOP_LATE_AFTER_MS / 1_000
    assert lateness(), "in the very round that takes so long"
    async with asyncio.timeout(60):
        while lateness():  # noqa: ASYNC110 (the loop comes round by itself)
            await asyncio.sleep(0.001)


def test_a_program_that_stops_closes_to_commands_and_goes_on_to_be_read() -> None:
    gates = Gates()
    with gates.commands.passed(10):
        gates.close_to_commands()
        assert gates.has_commands
        for gate in (gates.commands, gates.urgent):
            with pytest.raises(ProblemError, match="is being stopped"), gate.passed(0):
                pytest.fail("nobody is let in")
        with gates.reads.passed(0):
            assert gates.reads.requests == 1
    assert not gates.has_commands


def test_what_is_urgent_has_room_of_its_own() -> None:
    gates = Gates()
    with contextlib.ExitStack() as stack:
        for _ in range(limits.COMMANDS_UNDER_WAY_MAX):
            stack.enter_context(gates.commands.passed(0))
        with pytest.raises(ProblemError):
            stack.enter_context(gates.commands.passed(0))
        stack.enter_context(gates.urgent.passed(0))
