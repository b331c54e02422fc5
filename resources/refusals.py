"""Owns what a refusal of the actors is over HTTP: the one table of reasons, their statuses and titles.

Never refuses anything itself.
Called by every resource that sends commands or asks questions.

A field or funds are 422; a thing that the URL names and that isn't there is 404; a state that doesn't allow
it is 409. A market or event that is named in a body is a field.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines.messages.answers import Refused
from actors.machines.messages.words import Reason
from resources.toolkit.problems import FieldError, ProblemError, ProblemKind, not_signed_in

_TABLE: Final = (
    (Reason.NOT_SIGNED_IN, 401, "Not signed in"),
    (Reason.NOT_ALLOWED, 403, "Not allowed"),
    (Reason.ACCOUNT_SUSPENDED, 403, "The account is suspended"),
    (Reason.NOT_FOUND, 404, "Not found"),
    (Reason.USERNAME_TAKEN, 409, "The username is taken"),
    (Reason.PASSWORD_CHANGED, 409, "The password was changed meanwhile"),
    (Reason.MARKET_NOT_OPEN, 409, "The market is not open"),
    (Reason.NOT_IN_AUCTION, 409, "The market is in no auction"),
    (Reason.MARKET_SETTLED, 409, "The market is settled"),
    (Reason.MARKET_STATE, 409, "The market's state does not allow this"),
    (Reason.CONTRACT_VOIDED, 409, "The contract is voided"),
    (Reason.MARKET_CHANGED, 409, "The market has changed"),
    (Reason.EVENT_STATE, 409, "The event's state does not allow this"),
    (Reason.NOT_LIVE, 409, "The order is not live"),
    (Reason.TOO_LATE, 409, "Too late"),
    (Reason.AMENDMENT_PENDING, 409, "An amendment is on its way"),
    (Reason.TERMS_DIFFER, 409, "The terms are not those"),
    (Reason.EXPIRED, 409, "The time has passed"),
    (Reason.CROSSED_SELF, 409, "The order would trade with an order of your own"),
    (Reason.POST_ONLY_WOULD_TRADE, 409, "A post-only order would trade"),
    (Reason.TRADING_SUSPENDED, 409, "Trading is suspended"),
    (Reason.KEY_REUSED, 422, "The idempotency key belongs to another request"),
    (Reason.LIMIT_EXCEEDED, 422, "A limit is exceeded"),
    (Reason.INVALID_EXPIRY, 422, "Not a possible end"),
    (Reason.INSUFFICIENT_FUNDS, 422, "Insufficient funds"),
    (Reason.EVENT_NOT_FOUND, 422, "No such event"),
    (Reason.MARKET_NOT_FOUND, 422, "No such market"),
    (Reason.CONTRACT_NOT_FOUND, 422, "No such contract"),
    (Reason.COMMENT_NOT_FOUND, 422, "No such comment"),
    (Reason.INVALID_WINNERS, 422, "Not possible winners"),
    (Reason.INVALID_PRICE, 422, "Not a possible price"),
    (Reason.INVALID_QUANTITY, 422, "Not a possible quantity"),
    (Reason.THROTTLE_EXCEEDED, 429, "Too many requests"),
    (Reason.INTERNAL, 500, "Internal error"),
    (Reason.UNAVAILABLE, 503, "Temporarily unavailable"),
)
KINDS: Final[Mapping[Reason, ProblemKind]] = {
    reason: ProblemKind(reason.value, status, title) for reason, status, title in _TABLE
}


def kinds(*reasons: Reason) -> tuple[ProblemKind, ...]:
    """The problems that refusals for these reasons are."""
    return tuple(KINDS[reason] for reason in reasons)


def refusal(refused: Refused) -> ProblemError:
    """The problem that a refusal is."""
    if refused.reason is Reason.NOT_SIGNED_IN:
        return not_signed_in(refused.detail)
    errors = () if refused.field is None else (FieldError(refused.field, refused.detail),)
    return ProblemError(KINDS[refused.reason], refused.detail, *errors)
