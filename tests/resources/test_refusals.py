"""Owns the tests of the table of reasons: complete, and each status as the API says.

Never tests who refuses.
Called by pytest.
"""

import pytest

from actors.machines.messages.answers import Refused
from actors.machines.messages.words import Reason
from resources.refusals import KINDS, refusal

OF_CANCELLED_ORDERS = {
    Reason.MEMBER_REQUESTED,
    Reason.MARKET_HALTED,
    Reason.MARKET_IN_PLAY,
    Reason.INSUFFICIENT_LIQUIDITY,
    Reason.SELF_TRADE,
    Reason.ADMIN_REQUESTED,
    Reason.DECLINED,
}


def test_every_reason_is_in_the_table_or_says_why_an_accepted_order_was_cancelled() -> None:
    assert set(KINDS) | OF_CANCELLED_ORDERS == set(Reason)
    assert set(KINDS) & OF_CANCELLED_ORDERS == set()


@pytest.mark.parametrize("reason", list(KINDS))
def test_a_refusal_shows_its_reason_as_an_error_type(reason: Reason) -> None:
    document = refusal(Refused(reason, "Because.")).document
    assert document["error_type"] == reason.upper().replace("-", "_")
    assert (document["detail"], document["status"]) == ("Because.", KINDS[reason].status)
    assert "errors" not in document


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.NOT_SIGNED_IN, 401),
        (Reason.NOT_ALLOWED, 403),
        (Reason.NOT_FOUND, 404),
        (Reason.USERNAME_TAKEN, 409),
        (Reason.MARKET_NOT_OPEN, 409),
        (Reason.MARKET_SETTLED, 409),
        (Reason.MARKET_STATE, 409),
        (Reason.MARKET_CHANGED, 409),
        (Reason.POST_ONLY_WOULD_TRADE, 409),
        (Reason.NOT_LIVE, 409),
        (Reason.TOO_LATE, 409),
        (Reason.AMENDMENT_PENDING, 409),
        (Reason.INSUFFICIENT_FUNDS, 422),
        (Reason.MARKET_NOT_FOUND, 422),
        (Reason.CONTRACT_NOT_FOUND, 422),
        (Reason.INVALID_PRICE, 422),
        (Reason.KEY_REUSED, 422),
        (Reason.THROTTLE_EXCEEDED, 429),
        (Reason.INTERNAL, 500),
        (Reason.UNAVAILABLE, 503),
    ],
)
def test_reasons_have_the_status_that_the_api_promises(reason: Reason, status: int) -> None:
    assert refusal(Refused(reason)).kind.status == status


def test_a_field_is_named() -> None:
    document = refusal(Refused(Reason.INVALID_PRICE, "Not on the ladder.", "price")).document
    assert document["errors"] == [{"field": "price", "message": "Not on the ladder."}]


@pytest.mark.parametrize("reason", [Reason.THROTTLE_EXCEEDED, Reason.UNAVAILABLE])
def test_who_may_come_back_is_told_when(reason: Reason) -> None:
    assert "retry-after" in refusal(Refused(reason)).headers


def test_who_is_not_signed_in_is_told_how() -> None:
    assert "www-authenticate" in refusal(Refused(Reason.NOT_SIGNED_IN)).headers
