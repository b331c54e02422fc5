"""Owns the tests of the breaker: who is let through to a server that is away, as a conversation.

Never waits: time is told.
Called by pytest.
"""

import threading
from collections.abc import Mapping
from typing import cast

import pytest

from couch_views.breaker import PAUSE_S, Breaker, GuardedServer, ServerAwayError
from couch_views.remote import RemoteServer


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def ask(breaker: Breaker, *, answered: bool) -> None:
    breaker.enter()
    breaker.leave(answered=answered)


def test_a_server_that_answers_is_asked_by_all(breaker: Breaker) -> None:
    for _ in range(3):
        breaker.enter()
    for _ in range(3):
        breaker.leave(answered=True)
    ask(breaker, answered=True)


def test_one_that_does_not_is_left_alone_for_a_while(breaker: Breaker, clock: Clock) -> None:
    ask(breaker, answered=False)
    with pytest.raises(ServerAwayError):
        breaker.enter()
    clock.now = PAUSE_S
    ask(breaker, answered=False)
    with pytest.raises(ServerAwayError):
        breaker.enter()


def test_then_one_tries_while_the_others_are_told_at_once(breaker: Breaker, clock: Clock) -> None:
    ask(breaker, answered=False)
    clock.now = PAUSE_S
    breaker.enter()
    clock.now = 100
    with pytest.raises(ServerAwayError):
        breaker.enter()
    breaker.leave(answered=True)
    ask(breaker, answered=True)


class Flaky:
    """Answers with what it was told to; an exception is raised."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.closed = False

    def handle(
        self, _method: str, _path: str, _query: str, _headers: Mapping[str, str], _body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer, {}, b""

    def close(self) -> None:
        self.closed = True


def test_every_answer_is_one_and_every_exception_is_none(breaker: Breaker, clock: Clock) -> None:
    flaky = Flaky(500, 404, ConnectionRefusedError("nobody"), 200)
    guarded = GuardedServer(cast("RemoteServer", flaky), breaker)

    def get() -> int:
        return guarded.handle("GET", "/", "", {}, b"")[0]

    assert [get(), get()] == [500, 404]
    with pytest.raises(ConnectionRefusedError):
        get()
    with pytest.raises(ServerAwayError):
        get()
    clock.now = PAUSE_S
    assert get() == 200
    guarded.close()
    assert flaky.closed


def test_many_threads_let_one_through(breaker: Breaker, clock: Clock) -> None:
    ask(breaker, answered=False)
    clock.now = PAUSE_S
    let_through: list[bool] = []

    def enter() -> None:
        try:
            breaker.enter()
        except ServerAwayError:
            let_through.append(False)
        else:
            let_through.append(True)

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_through) == [False] * 7 + [True]
