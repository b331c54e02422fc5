"""Owns what actors answer: one result for each command of a request, or a refusal.

Never holds HTTP: resources/ gives a reason its status.
Called by the machines (which make answers), the gateway and the web.
"""

from actors.machines.messages.base import Message
from actors.machines.messages.challenges import ChallengeResult
from actors.machines.messages.comments import CommentResult
from actors.machines.messages.parts import PLAIN, Conditions, EventDetails, Fill, MarketDetails, Verdict
from actors.machines.messages.words import (
    EventState,
    ExchangeState,
    MarketState,
    OrderState,
    Reason,
    Role,
    Scope,
    Side,
    TimeInForce,
)


class Refused(Message):
    """Nothing was done. ``detail`` is a sentence for people, ``field`` the input that is to blame."""

    reason: Reason
    detail: str = ""
    field: str | None = None

    @property
    def is_for_now(self) -> bool:
        """Whether its member was told to wait: nothing was done, and the same may be asked again later."""
        return self.reason is Reason.THROTTLE_EXCEEDED


class OrderResult(Message):
    """An order as it stood when the request was answered, and the account's money then.

    ``executed_value`` is the sum of price x quantity of its fills (average price = value / quantity).
    ``fills`` are those that this request caused: the order's own on arrival. ``challenge_id``: of the
    challenge that it trades by, 0 for an order of a book.
    Money in 1/10^8, quantities in 1/10000 of a currency unit.
    """

    order_id: int
    state: OrderState
    market_id: int
    contract_id: int
    side: Side
    time_in_force: TimeInForce
    price: int
    quantity: int
    executed_quantity: int
    executed_value: int
    available_quantity: int
    created_time: int
    modified_time: int
    balance: int
    exposure: int
    reference_id: str | None
    cancel_reason: Reason | None
    fills: tuple[Fill, ...]
    conditions: Conditions = PLAIN
    challenge_id: int = 0


class MatchPreview(Message):
    """What a market would make of an order that arrived now.

    ``left`` is what would not trade: it would rest, or be cancelled if there is a ``reason``. ``cancelled``
    are orders of the same account that would be. In play it would only arrive after ``delay_ms``; in an
    auction it would be ``collected``, and trade when that ends, if at all.
    """

    fills: tuple[Fill, ...]
    left: int
    reason: Reason | None
    cancelled: tuple[int, ...] = ()
    delay_ms: int = 0
    collected: bool = False


class OrderPreview(Message):
    """What an account would be after an order: its exposure, and that in the order's market.

    ``price`` is the worst that the order may trade at, ``commission`` the market's rate. Money in 1/10^8 of a
    currency unit.
    """

    balance: int
    exposure_before: int
    exposure: int
    market_exposure_before: int
    market_exposure: int
    price: int
    commission: int


class CancelledResult(Message):
    """The orders that a cancel-all really cancelled, oldest first."""

    order_ids: tuple[int, ...]


class AccountResult(Message):
    """A member's account; available balance = balance - exposure. ``roles``: those that were granted."""

    account_id: int
    username: str
    role: Role
    generation: int
    balance: int
    exposure: int
    display_name: str
    bio: str
    created_time: int
    roles: tuple[Role, ...] = ()


class ApiKeyResult(Message):
    """An API key as its member sees it, in a list; it can't be shown again."""

    api_key_id: int
    name: str
    scope: Scope
    created_time: int
    expires_time: int


class ApiKeysResult(Message):
    """The live API keys of an account, oldest first."""

    api_keys: tuple[ApiKeyResult, ...]


class ApiKeyCredentials(Message):
    """For who signs in by an API key: what it is checked against, until when, and whose it is."""

    api_key_id: int
    account_id: int
    username: str
    role: Role
    roles: tuple[Role, ...]
    generation: int
    scope: Scope
    expires_time: int
    digest: str


class Credentials(Message):
    """For who signs in, or changes the password: what it is checked against."""

    account_id: int
    username: str
    role: Role
    generation: int
    password_hash: str
    roles: tuple[Role, ...] = ()


class EventResult(Message):
    event: EventDetails
    state: EventState
    created_time: int


class MarketResult(Message):
    """A market; ``version`` counts how often what may be traded in it has changed.

    ``voided``: contracts that were taken out of it.
    """

    market: MarketDetails
    state: MarketState
    created_time: int
    verdict: Verdict | None = None
    version: int = 1
    in_play: bool = False
    voided: tuple[int, ...] = ()


class ExchangeResult(Message):
    """How the kill switch stands: why, since when; ``version`` counts how often it was moved."""

    state: ExchangeState
    version: int
    reason: str
    time: int


class HouseResult(Message):
    """What the house holds in one account stream, against its members: in sum, all is zero.

    ``clearing`` is (market, money) in the order of markets' ids, ``limits.CLEARING_PER_ANSWER_MAX`` at most.
    """

    external: int
    commission: int
    clearing: tuple[tuple[int, int], ...]


class SocialResult(Message):
    """A command of members' activity is done; ``identity`` is of what it made (a comment), 0: nothing."""

    identity: int = 0


Result = (
    Refused
    | OrderResult
    | CancelledResult
    | AccountResult
    | EventResult
    | MarketResult
    | ExchangeResult
    | ApiKeyResult
    | SocialResult
    | CommentResult
    | ChallengeResult
)
Known = Result | Credentials | ApiKeyCredentials | ApiKeysResult | HouseResult | MatchPreview | OrderPreview
"""What a question or a registration is answered with."""


class Answer(Message):
    """The answer to a ``Request``: a result for each command, in order.

    ``final`` is false when the market has not spoken yet: such orders are ``pending``.
    ``position`` maps streams to the sequences at which the answer was true (documents that have
    reached it show what the answer says).
    """

    results: tuple[Result, ...]
    final: bool
    position: dict[str, int]


class Reply(Message):
    """The answer to a registration or a question."""

    result: Known
    position: dict[str, int]
