"""Owns what may be asked of the actors: commands (imperative) and questions.

Never says whether a command succeeds: that is the machines' decision.
Called by the gateway's callers (the web), the account machine and tests.
"""

from typing import Annotated

import msgspec

from actors.machines import limits
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import MatchPreview
from actors.machines.messages.base import (
    Amount,
    AuctionLife,
    Commission,
    Count,
    Delay,
    Identity,
    Message,
    Name,
    Price,
    Quantity,
    Time,
    Username,
)
from actors.machines.messages.challenges import AcceptChallenge, DeclineChallenge, OfferChallenge
from actors.machines.messages.parts import FULL_LADDER, PLAIN, Conditions, LadderStep
from actors.machines.messages.social_commands import SocialCommand
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import (
    GRANTED,
    NEVER_RESTING,
    EventState,
    ExchangeState,
    MarketState,
    Role,
    Scope,
    Side,
    TimeInForce,
)

Reference = Annotated[str, msgspec.Meta(max_length=limits.REFERENCE_ID_LENGTH_MAX)]
Text = Annotated[str, msgspec.Meta(max_length=limits.DESCRIPTION_LENGTH_MAX)]
Why = Annotated[str, msgspec.Meta(max_length=limits.REASON_LENGTH_MAX)]
"""Why something is done, in the words of who does it; may be empty."""
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}\\Z")]
"""The keyed hash of an API key, in hex; the key itself is never in a message."""


# What a member asks for: orders and cancels may come together in one request.


class PlaceOrder(Message):
    """A new order; whether its conditions go together is checked here, whether they can be kept later.

    The price of a market order is not looked at: it trades at any.
    """

    market_id: Identity
    contract_id: Identity
    side: Side
    price: Price
    quantity: Quantity
    time_in_force: TimeInForce = TimeInForce.GOOD_TIL_CANCELLED
    reference_id: Reference | None = None
    conditions: Conditions = PLAIN

    def __post_init__(self) -> None:
        if (self.time_in_force is TimeInForce.GOOD_TIL_DATE) != (self.conditions.good_til > 0):
            message = "a good_til_date order, and no other, says until when it is good"
            raise ValueError(message)
        if self.conditions.post_only and self.time_in_force in NEVER_RESTING:
            message = "an order that never rests can't be post-only"
            raise ValueError(message)


class CancelOrder(Message):
    order_id: Identity


class CancelReference(Message):
    """Cancels the newest live order that carries this reference."""

    reference_id: Reference


class CancelAll(Message):
    """Cancels every live order, or those of one market."""

    market_id: Identity | None = None


class ChangeProfile(Message):
    """``None`` leaves a field as it is."""

    display_name: Annotated[str, msgspec.Meta(max_length=limits.DISPLAY_NAME_LENGTH_MAX)] | None = None
    bio: Annotated[str, msgspec.Meta(max_length=limits.BIO_LENGTH_MAX)] | None = None


class EndSessions(Message):
    """Moves the member's session generation on: every token handed out so far is dead."""


class ChangePassword(Message):
    """Ends every session, and revokes the API keys unless they are kept.

    ``known_hash`` is what the present password was checked against: it must still be the account's.
    """

    known_hash: str
    password_hash: str
    keep_api_keys: bool = False


class CreateApiKey(Message):
    """``digest`` is that of the key, which the asker alone knows. Without a time it lives as usual."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.API_KEY_NAME_LENGTH_MAX)]
    scope: Scope
    expires_time: Time | None
    digest: Digest

    def __post_init__(self) -> None:
        if self.scope is Scope.ALL:
            message = "an API key may read or trade, not all"
            raise ValueError(message)


class RevokeApiKey(Message):
    api_key_id: Identity


# What staff asks for; ``reason`` is why, for those who look into it later.


class Deposit(Message):
    """Money from outside onto a member's account."""

    username: Username
    amount: Amount
    reason: Why = ""


class Withdraw(Message):
    username: Username
    amount: Amount
    reason: Why = ""


class ChangeRoles(Message):
    """From now on the member holds these roles and no other."""

    username: Username
    roles: Annotated[tuple[Role, ...], msgspec.Meta(max_length=len(GRANTED))]
    reason: Why = ""

    def __post_init__(self) -> None:
        if any(role not in GRANTED or self.roles.count(role) > 1 for role in self.roles):
            message = f"roles are some of {', '.join(GRANTED)}, each once"
            raise ValueError(message)


class CreateEvent(Message):
    name: Name
    type: Name
    start_time: Time
    description: Text = ""
    reason: Why = ""


class ChangeEvent(Message):
    event_id: Identity
    name: Name | None = None
    type: Name | None = None
    start_time: Time | None = None
    description: Text | None = None
    state: EventState | None = None
    reason: Why = ""


class CreateMarket(Message):
    event_id: Identity
    name: Name
    contract_names: Annotated[
        tuple[Name, ...], msgspec.Meta(min_length=1, max_length=limits.CONTRACTS_PER_MARKET_MAX)
    ]
    winner_count: Annotated[int, msgspec.Meta(ge=1, le=limits.CONTRACTS_PER_MARKET_MAX)] = 1
    rules: Text = ""
    commission: Commission = 0
    ladder: Annotated[
        tuple[LadderStep, ...], msgspec.Meta(min_length=1, max_length=limits.LADDER_STEPS_MAX)
    ] = FULL_LADDER
    reason: Why = ""
    in_play_delay_ms: Delay = 0
    cross_matching: bool = False
    opening_auction_s: AuctionLife | None = None
    closing_auction_s: AuctionLife | None = None
    quantity_max: Quantity = limits.QUANTITY_MAX

    def __post_init__(self) -> None:
        if self.winner_count > 1 and self.winner_count >= len(self.contract_names):
            message = "a market has more contracts than winners"
            raise ValueError(message)
        if self.cross_matching and (self.winner_count > 1 or len(self.contract_names) == 1):
            message = "contracts are complementary where exactly one of several wins"
            raise ValueError(message)


class ChangeMarketState(Message):
    """Asks for auction, open, halted or closed."""

    market_id: Identity
    state: MarketState
    reason: Why = ""


class TurnInPlay(Message):
    """What the market is about has begun; there is no way back."""

    market_id: Identity
    reason: Why = ""


class SettleMarket(Message):
    """Pays out: to the winners' holders, or to nobody (void). Again = a correction.

    ``dead_heat``: contracts, more than the places that the winners leave, which share these places.
    """

    market_id: Identity
    winners: tuple[Identity, ...]
    void: bool
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.REASON_LENGTH_MAX)]
    dead_heat: tuple[Identity, ...] = ()


class ChangeExchangeState(Message):
    """The kill switch: halts every market (and cancels all orders), or opens what it halted."""

    state: ExchangeState
    cancel_orders: bool = False
    reason: Why = ""

    def __post_init__(self) -> None:
        if self.cancel_orders and self.state is not ExchangeState.HALTED:
            message = "orders are cancelled by a halt only"
            raise ValueError(message)


OrderCommand = PlaceOrder | AmendOrder | CancelOrder | CancelReference | CancelAll
ChallengeCommand = OfferChallenge | AcceptChallenge | DeclineChallenge
"""A challenge is withdrawn by cancelling its order."""
CredentialsCommand = EndSessions | ChangePassword | CreateApiKey | RevokeApiKey
MemberCommand = OrderCommand | ChallengeCommand | ChangeProfile | CredentialsCommand
CatalogueCommand = CreateEvent | ChangeEvent | CreateMarket
MarketCommand = ChangeMarketState | TurnInPlay | SettleMarket | VoidContract
MoneyCommand = Deposit | Withdraw
PostedCommand = CatalogueCommand | MarketCommand | ChangeExchangeState | ChangeRoles
"""What another stream decides; the staff's account stream posts it there."""
InstructedCommand = PostedCommand | DeclineChallenge
"""All that goes as an instruction: staff's, and a decline, which moves no money of who declines."""
StaffCommand = PostedCommand | MoneyCommand
Command = MemberCommand | StaffCommand | SocialCommand


# What arrives at an account stream from the gateway.


class Request(Message):
    """What a signed-in member asks in one HTTP request: one record, carried out in list order.

    ``generation`` is the token's; who shows an API key instead is known by its id. ``scope`` is method
    and path; with ``key`` it makes the request known again; ``fingerprint`` is the hex digest of its body.
    ``key_kept`` is true for a key that the client sent (kept 24 h). An impatient request is answered at
    once with what is known.
    """

    account_id: Identity
    generation: int
    scope: str
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=limits.IDEMPOTENCY_KEY_LENGTH_MAX)]
    key_kept: bool
    fingerprint: str
    commands: Annotated[
        tuple[Command, ...], msgspec.Meta(min_length=1, max_length=limits.BATCH_OPERATIONS_MAX)
    ]
    patient: bool = True
    api_key_id: Annotated[int, msgspec.Meta(ge=0)] = 0


class RegisterMember(Message):
    """Makes a member; ``key`` tells a repeated registration from somebody else's."""

    username: Username
    password_hash: str
    display_name: Annotated[str, msgspec.Meta(max_length=limits.DISPLAY_NAME_LENGTH_MAX)]
    key: str
    staff: bool = False


# Questions: answered from what is logged, they leave no trace.


class GetCredentials(Message):
    username: Username


class GetAccount(Message):
    account_id: Identity


class GetApiKey(Message):
    """Whose an API key is, and what it is checked against."""

    api_key_id: Identity


class GetApiKeys(Message):
    """All live API keys of an account."""

    account_id: Identity


class GetOrder(Message):
    account_id: Identity
    order_id: Identity


class GetExchangeState(Message):
    """What the account stream of this id knows of the kill switch."""

    account_id: Identity


class GetHouse(Message):
    """What the house holds in the account stream of this id; of markets those with greater ids."""

    account_id: Identity
    after_market_id: Count = 0


class PreviewMatch(Message):
    """What the order's market would make of it now. Asked of the stream that owns the market."""

    account_id: Identity
    order: PlaceOrder


class PreviewOrder(Message):
    """What the account would be after the order, matched as its market says that it would be."""

    account_id: Identity
    order: PlaceOrder
    matched: MatchPreview


AccountQuestion = (
    GetCredentials
    | GetAccount
    | GetApiKey
    | GetApiKeys
    | GetOrder
    | GetExchangeState
    | GetHouse
    | PreviewOrder
)
Question = AccountQuestion | PreviewMatch


# What the exchange itself asks a market stream for, when it finds something wrong: never the web.


class HaltMarket(Message):
    """Halts one market until staff opens it. Asked of the stream that owns it; again: nothing new."""

    market_id: Identity
    reason: Why


class HaltExchange(Message):
    """Halts every market until staff opens the exchange. Asked of the stream of events."""

    reason: Why


Halt = HaltMarket | HaltExchange
Asked = Request | RegisterMember | Question | Halt
