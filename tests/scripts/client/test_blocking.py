"""Owns the tests of the commands' client, against a server that the test plays.

Never needs an exchange where a played server is enough; the sandbox is one where it is not.
Called by pytest.
"""

import pytest

from scripts.client import Client, RefusedError, UnansweredError
from scripts.exchange import free_port
from tests.scripts.client.played import server


def test_what_cannot_be_answered_now_is_asked_again_with_the_same_key() -> None:
    answers = (503, b"{}"), (504, b"{}"), (429, b"{}"), (200, b'{"order_id": "1"}')
    with server(*answers) as (url, seen), Client(url) as client:
        assert client.call("POST", "/orders/", {"price": 1}, key="k") == {"order_id": "1"}
    assert seen == [("POST", "/v3/orders/", "k", b'{"price":1}')] * 4


def test_a_refusal_tells_what_the_exchange_said() -> None:
    problem = b'{"status": 422, "error_type": "INSUFFICIENT_FUNDS", "detail": "too little"}'
    says = pytest.raises(RefusedError, match="422 INSUFFICIENT_FUNDS: too little")
    with server((422, problem)) as (url, _), Client(url) as client, says as refused:
        client.get("/accounts/")
    assert refused.value.status == 422


def test_an_answer_that_is_no_json_is_told_as_it_is() -> None:
    with (
        server((500, b"oh no")) as (url, _),
        Client(url) as client,
        pytest.raises(RefusedError, match="oh no"),
    ):
        client.get("/accounts/")


def test_patience_ends() -> None:
    with server((503, b"{}")) as (url, _), Client(url, patience_s=-1) as client, pytest.raises(RefusedError):
        client.get("/")
    nobody = f"http://127.0.0.1:{free_port()}"
    with Client(nobody, patience_s=-1) as client, pytest.raises(UnansweredError):
        client.get("/")
