"""Owns the tests of idempotency keys as clients send them.

Never tests that a key is remembered: the account's machine does that.
Called by pytest.
"""

import pytest

from actors.machines.messages.commands import CancelOrder, PlaceOrder
from actors.machines.messages.words import Side
from resources.toolkit.http import HttpRequest
from resources.toolkit.idempotency import fingerprint, given_key
from resources.toolkit.problems import ProblemError


def sent(key: str, method: str = "POST") -> HttpRequest:
    return HttpRequest(method, "/v3/orders", "", {"idempotency-key": key})


@pytest.mark.parametrize(
    "key", ["a", "8e03978e-40d5-43dd-bc93-6894a57f9324", "two words/and: more", "x" * 255]
)
def test_a_key_is_printable_characters(key: str) -> None:
    assert given_key(sent(key)) == key


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "é", "\x00"])
def test_another_key_is_refused_and_the_header_named(key: str) -> None:
    with pytest.raises(ProblemError) as caught:
        given_key(sent(key))
    assert (caught.value.kind.status, caught.value.errors[0].field) == (422, "Idempotency-Key")


def test_no_key_is_none() -> None:
    assert given_key(HttpRequest("POST", "/v3/orders")) is None


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_other_methods_take_no_key(method: str) -> None:
    assert given_key(sent("x", method)) is None


def test_the_same_commands_have_the_same_fingerprint_and_no_others() -> None:
    order = PlaceOrder(1, 2, Side.BUY, 5000, 10_000)
    assert fingerprint((order,)) == fingerprint((PlaceOrder(1, 2, Side.BUY, 5000, 10_000),))
    others = [
        (PlaceOrder(1, 2, Side.BUY, 5001, 10_000),),
        (PlaceOrder(1, 2, Side.SELL, 5000, 10_000),),
        (order, order),
        (CancelOrder(1),),
    ]
    assert len({fingerprint(commands) for commands in [(order,), *others]}) == 5
