"""Owns the words that commands, events, documents and the API share: sides, states, reasons.

Never holds behaviour: the machines say what the words do.
Called by every module that names a state or a reason.
"""

from enum import StrEnum, unique
from typing import Final


@unique
class Side(StrEnum):
    """Which way an order goes: buy pays price x quantity at most, sell pays the complement."""

    BUY = "buy"
    SELL = "sell"

    @property
    def other(self) -> "Side":
        return Side.SELL if self is Side.BUY else Side.BUY


@unique
class TimeInForce(StrEnum):
    """What happens to the part of an order that finds no counterpart on arrival (API: ``type``).

    It rests until it is cancelled; never; never, and trades in full or not at all; until the market is
    halted; until a time; until it is cancelled, also when the market is turned in play. A market order, at
    whatever price, is for auctions alone: it stays until the auction ends.
    """

    GOOD_TIL_CANCELLED = "good_til_cancelled"
    IMMEDIATE_OR_CANCEL = "immediate_or_cancel"
    FILL_OR_KILL = "fill_or_kill"
    GOOD_TIL_HALTED = "good_til_halted"
    GOOD_TIL_DATE = "good_til_date"
    KEEP_IN_PLAY = "keep_in_play"
    MARKET = "market"


NEVER_RESTING: Final = (TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL)


@unique
class SelfTrade(StrEnum):
    """What is cancelled where an arriving order meets a resting one of the same account."""

    CANCEL_TAKER = "cancel_taker"
    CANCEL_MAKER = "cancel_maker"


@unique
class OrderState(StrEnum):
    """Where an order is in its life; the same words in machines, documents and the API."""

    PENDING = "pending"
    CREATED = "created"
    PARTIAL = "partial"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    VOIDED = "voided"
    SETTLED = "settled"


@unique
class ChallengeState(StrEnum):
    """Where a challenge is in its life."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@unique
class MarketState(StrEnum):
    """Where a market is in its life."""

    DRAFT = "draft"
    AUCTION = "auction"
    OPEN = "open"
    HALTED = "halted"
    CLOSED = "closed"
    SETTLED = "settled"
    VOIDED = "voided"


@unique
class ExchangeState(StrEnum):
    """Whether the exchange as a whole trades: the kill switch."""

    OPEN = "open"
    HALTED = "halted"


@unique
class EventState(StrEnum):
    """Where an event (the real-world happening that markets are about) is in its life."""

    UPCOMING = "upcoming"
    LIVE = "live"
    ENDED = "ended"
    SETTLED = "settled"
    CANCELLED = "cancelled"


@unique
class Role(StrEnum):
    """What a member may do beyond trading.

    ``member`` and ``staff`` (everything) are given by registration, once; the others are granted and
    withdrawn, several to a member.
    """

    MEMBER = "member"
    STAFF = "staff"
    OPERATOR = "operator"
    TREASURER = "treasurer"
    ADMIN = "admin"


GRANTED: Final = (Role.OPERATOR, Role.TREASURER, Role.ADMIN)
"""The roles that admins grant and withdraw."""


@unique
class Scope(StrEnum):
    """What somebody may do with what they sign in by: an API key may read, or trade too; a session all."""

    READ = "read"
    TRADE = "trade"
    ALL = "all"


@unique
class Reason(StrEnum):
    """Why something was refused, rejected or cancelled, in the field's words, by area."""

    # The member and the request.
    NOT_SIGNED_IN = "not-signed-in"
    NOT_ALLOWED = "not-allowed"
    ACCOUNT_SUSPENDED = "account-suspended"
    USERNAME_TAKEN = "username-taken"
    NOT_FOUND = "not-found"
    KEY_REUSED = "idempotency-key-reused"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 (a reason)
    INVALID_EXPIRY = "invalid-expiry"
    LIMIT_EXCEEDED = "limit-exceeded"
    THROTTLE_EXCEEDED = "throttle-exceeded"
    # Money.
    INSUFFICIENT_FUNDS = "insufficient-funds"
    # The market.
    EVENT_NOT_FOUND = "event-not-found"
    MARKET_NOT_FOUND = "market-not-found"
    MARKET_NOT_OPEN = "market-not-open"
    MARKET_SETTLED = "market-settled"
    MARKET_STATE = "market-state-not-allowed"
    NOT_IN_AUCTION = "not-in-auction"
    MARKET_CHANGED = "market-changed"
    EVENT_STATE = "event-state-not-allowed"
    CONTRACT_NOT_FOUND = "contract-not-found"
    INVALID_WINNERS = "invalid-winners"
    CONTRACT_VOIDED = "contract-voided"
    # The order.
    INVALID_PRICE = "invalid-price"
    INVALID_QUANTITY = "invalid-quantity"
    CROSSED_SELF = "crossed-self"
    POST_ONLY_WOULD_TRADE = "post-only-would-trade"
    NOT_LIVE = "not-live"
    AMENDMENT_PENDING = "amendment-pending"
    TOO_LATE = "too-late"
    TERMS_DIFFER = "terms-differ"
    # Members' activity.
    COMMENT_NOT_FOUND = "comment-not-found"
    # The exchange.
    TRADING_SUSPENDED = "trading-suspended"
    UNAVAILABLE = "service-temporarily-unavailable"
    INTERNAL = "internal-error"
    # Why an accepted order was cancelled.
    MEMBER_REQUESTED = "member-requested"
    MARKET_HALTED = "market-halted"
    MARKET_IN_PLAY = "market-in-play"
    INSUFFICIENT_LIQUIDITY = "insufficient-liquidity"
    SELF_TRADE = "self-trade"
    ADMIN_REQUESTED = "admin-requested"
    EXPIRED = "expired"
    DECLINED = "declined"
