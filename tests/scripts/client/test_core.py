"""Owns the tests of what a client does about each outcome, as conversations without anything being sent.

Never does I/O.
Called by pytest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from scripts.client.core import (
    AddressError,
    Answered,
    Asking,
    ClientError,
    Json,
    Operation,
    OutcomeUnknownError,
    Pause,
    RefusedError,
    UnansweredError,
    address_of,
    operation,
    read_json,
)

ORDER = operation("POST", "/orders/", {"price": 1}, key="k")
CANCEL = operation("DELETE", "/orders/1/")
LOOK = operation("GET", "/orders/1/")
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Status:
    """The exchange answers, after ``at`` seconds."""

    status: int
    content: bytes = b'{"error_type": "A_REASON", "detail": "why"}'
    at: float = 0.0


@dataclass(frozen=True)
class Lost:
    """No answer came; ``sent``: the request may have arrived."""

    sent: bool
    at: float = 0.0


Outcome = Status | Lost
REFUSED, LATE = Lost(sent=False), 11.0
NEVER_SENT_AT_LAST = Lost(sent=False, at=LATE)


def converse(asked: Operation[Json], outcomes: Sequence[Outcome]) -> Answered[Json] | Pause:
    """What the last of these outcomes comes to; after each before it, the operation is sent again."""
    asking = Asking(asked, PATIENCE_S, now=0.0, chance=lambda: 1.0)
    *before, last = outcomes
    for outcome in before:
        assert isinstance(step(asking, outcome), Pause)
    return step(asking, last)


def step(asking: Asking[Json], outcome: Outcome) -> Answered[Json] | Pause:
    if isinstance(outcome, Lost):
        return asking.lost("cut off", outcome.at, sent=outcome.sent)
    return asking.answered(outcome.status, {}, outcome.content, outcome.at)


@pytest.mark.parametrize("asked", [ORDER, CANCEL, LOOK])
@pytest.mark.parametrize(
    "outcome", [Lost(sent=True), REFUSED, Status(429), Status(502), Status(503), Status(504)]
)
def test_whatever_is_lost_or_refused_for_now_is_asked_again(asked: Operation[Json], outcome: Outcome) -> None:
    assert converse(asked, [outcome]) == Pause(0.2)
    assert converse(asked, [outcome, Status(200, b'{"a": 1}')]) == Answered({"a": 1})


@pytest.mark.parametrize(
    ("asked", "outcomes", "error"),
    [
        # What is refused is refused.
        (ORDER, [Status(422)], RefusedError),
        (ORDER, [Status(401)], RefusedError),
        (LOOK, [Status(500)], RefusedError),
        # It is refused under its key: then no attempt before has done it either.
        (ORDER, [Lost(sent=True), Status(422)], RefusedError),
        # Patience ends, and nothing can have happened.
        (ORDER, [NEVER_SENT_AT_LAST], UnansweredError),
        (ORDER, [Status(503), NEVER_SENT_AT_LAST], UnansweredError),
        (ORDER, [Status(503, at=LATE)], RefusedError),
        (LOOK, [Lost(sent=True, at=LATE)], UnansweredError),
        (LOOK, [Status(504, at=LATE)], RefusedError),
        # Patience ends, and something can have happened at any attempt.
        (ORDER, [Lost(sent=True, at=LATE)], OutcomeUnknownError),
        (ORDER, [Lost(sent=True), NEVER_SENT_AT_LAST], OutcomeUnknownError),
        (ORDER, [Lost(sent=True), Status(503, at=LATE)], OutcomeUnknownError),
        (ORDER, [Status(504, at=LATE)], OutcomeUnknownError),
        (ORDER, [Status(504), Status(429, at=LATE)], OutcomeUnknownError),
        (ORDER, [Status(500)], OutcomeUnknownError),
        # Whoever isn't let in any more isn't told what became of the attempt before.
        (ORDER, [Lost(sent=True), Status(401)], OutcomeUnknownError),
        # An answer that can't be read says that something was done.
        (ORDER, [Status(200, b"<html>")], OutcomeUnknownError),
        (LOOK, [Status(200, b"<html>")], UnansweredError),
    ],
)
def test_how_it_ends(asked: Operation[Json], outcomes: Sequence[Outcome], error: type[ClientError]) -> None:
    with pytest.raises(ClientError) as raised:
        converse(asked, outcomes)
    assert type(raised.value) is error


def test_a_refusal_tells_what_the_exchange_said() -> None:
    with pytest.raises(RefusedError, match="422 A_REASON: why") as refused:
        converse(ORDER, [Status(422)])
    assert (refused.value.status, refused.value.reason, refused.value.in_doubt) == (422, "A_REASON", False)


def test_a_refusal_of_what_has_no_key_may_be_due_to_an_attempt_that_was_lost() -> None:
    with pytest.raises(RefusedError) as refused:
        converse(CANCEL, [Lost(sent=True), Status(409)])
    assert refused.value.in_doubt


def test_pauses_grow_and_differ_by_chance_and_are_as_long_as_the_exchange_asks_for() -> None:
    asking = Asking(ORDER, PATIENCE_S, 0.0, lambda: 1.0)
    assert [asking.lost("", 0.0, sent=True) for _ in range(5)] == [
        Pause(seconds) for seconds in (0.2, 0.4, 0.8, 1.6, 2.0)
    ]
    assert Asking(ORDER, PATIENCE_S, 0.0, lambda: 0.0).lost("", 0.0, sent=True) == Pause(0.1)
    for said, seconds in {"7": 7.0, "100000": 60.0, "Thu, 01 Jan 2026 00:00:00 GMT": 0.2}.items():
        asking = Asking(ORDER, 100.0, 0.0, lambda: 1.0)
        assert asking.answered(503, {"retry-after": said}, b"", 0.0) == Pause(seconds)


def test_what_is_pending_is_asked_for_again_and_given_as_it_is_at_last() -> None:
    pending = Operation("POST", "/orders/", bytes.decode, b"", "k", lambda text: text == "pending")
    asking = Asking(pending, PATIENCE_S, 0.0, lambda: 1.0)
    assert asking.answered(202, {}, b"pending", 0.0) == Pause(0.2)
    assert asking.answered(202, {}, b"pending", LATE) == Answered("pending")
    assert asking.answered(200, {}, b"filled", LATE) == Answered("filled")


def test_an_operation_keeps_its_key_and_no_two_have_the_same() -> None:
    first, second = (operation("POST", "/orders/", {"price": 1}) for _ in range(2))
    assert first.headers == first.headers
    assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]
    assert LOOK.headers == {}


def test_no_pause_outlasts_patience() -> None:
    asking = Asking(ORDER, PATIENCE_S, 0.0, lambda: 1.0)
    assert asking.answered(503, {"retry-after": "10"}, b"", 0.0) == Pause(10.0)
    assert asking.lost("", 9.75, sent=False) == Pause(0.25)
    with pytest.raises(RefusedError):
        asking.answered(503, {"retry-after": "1"}, b"", 9.5)
    with pytest.raises(UnansweredError):
        asking.lost("", 10.0, sent=False)


def test_pauses_stay_what_they_are_after_thousands_of_attempts() -> None:
    asking = Asking(ORDER, 1e6, 0.0, lambda: 1.0)
    assert {asking.lost("", 0.0, sent=False) for _ in range(2_000)} >= {Pause(2.0)}


def test_what_is_refused_under_its_key_is_not_in_doubt() -> None:
    with pytest.raises(RefusedError) as refused:
        converse(ORDER, [Lost(sent=True), Status(422)])
    assert not refused.value.in_doubt
    with pytest.raises(RefusedError) as refused:
        converse(operation("POST", "/members/", {"username": "grace"}), [Lost(sent=True), Status(409)])
    assert refused.value.in_doubt


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b'"\xff"', b'{"order": {}}', b'{"order": null}', b"<p>", b""]
)
def test_whatever_an_answer_says_its_reader_learns_that_the_outcome_is_unknown(content: bytes) -> None:
    def read(content: bytes) -> object:
        return read_json(content)["order"]["id"]

    asked = Operation("POST", "/orders/", read, b"{}", "k")
    with pytest.raises(OutcomeUnknownError, match="can't be read"):
        Asking(asked, PATIENCE_S, 0.0, lambda: 1.0).answered(200, {}, content, 0.0)
    with pytest.raises(RefusedError, match="404"):
        converse(LOOK, [Status(404, content)])


def test_an_answer_from_elsewhere_is_told_as_far_as_it_can_be() -> None:
    with pytest.raises(RefusedError, match="301 : an answer without words, which points to https://there/"):
        Asking(LOOK, PATIENCE_S, 0.0, lambda: 1.0).answered(301, {"location": "https://there/"}, b"", 0.0)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v3"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v3"),
        ("https://credence.example/v3", "https://credence.example/v3"),
        ("https://credence.example/v3/", "https://credence.example/v3"),
    ],
)
def test_the_api_is_found_below_the_address(url: str, address: str) -> None:
    assert address_of(url) == address


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8000", "localhost:8000", "ftp://127.0.0.1", "http://", "http://[::1", "http://a:b"]
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(AddressError, match=r"an address like http://127\.0\.0\.1:8000 is needed"):
        address_of(url)
