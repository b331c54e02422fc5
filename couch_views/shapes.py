"""Owns the shape of every document: its id, its fields and units, and which stream it comes from.

Never writes or reads a store. A document has ONE source stream; ``sequence`` is the last record of that
stream that it reflects. Fields that the API shows are as the API shows them (ids are strings of digits,
times RFC 3339 with microseconds and ``Z``, money decimal strings), so that a page is made without sums.
Called by the projection (writes), by resources (reads) and by the design documents (field names).
"""

from collections.abc import Container
from functools import lru_cache
from typing import Final, NotRequired, TypedDict

from couch_views.classes import DocumentClass

ID_DIGITS: Final = 20
IDS_KEPT_MAX: Final = 65_536
CURRENCY: Final = "PLY"
"""Play money, in the form of a code of ISO 4217."""


# A projector asks for the same few accounts and markets with every event.
@lru_cache(IDS_KEPT_MAX)
def document_id(kind: str, *numbers: int | str) -> str:
    """``kind`` and each number padded to 20 digits: sorts by bytes and by ICU alike."""
    return kind + "".join([str(number).zfill(ID_DIGITS) for number in numbers])


def member_document_id(username: str) -> str:
    """Usernames hold characters that sort differently in bytes and ICU, hence hex."""
    return "member" + username.encode().hex()


def action_document_id(time: int, identity: int) -> str:
    """By time first: staff reads the newest, of all streams."""
    return document_id("action", time, identity)


def outcome_document_id(time: int, identity: int) -> str:
    return document_id("outcome", time, identity)


def checkpoint_document_id(stream: str, of: DocumentClass = DocumentClass.CURRENT) -> str:
    return f"checkpoint{stream}" if of is DocumentClass.CURRENT else f"checkpoint{stream}-{of.value}"


def transaction_document_id(stream: str, sequence: int, place: int) -> str:
    """By position: the stream's index, the record, the event's place in it."""
    return document_id("transaction", stream.rpartition("-")[2], sequence, place)


class Document(TypedDict):
    _id: str
    _rev: NotRequired[str]
    kind: str
    stream: str
    sequence: int


def fields_of(shape: type[Document], hidden: Container[str] = ()) -> tuple[str, ...]:
    """The fields of a kind of document, in the order of its shape: without those of every document."""
    ours = Document.__annotations__
    return tuple(field for field in shape.__annotations__ if field not in ours and field not in hidden)


class EventDocument(Document):
    """kind ``event``: ``document_id("event", event_id)``, from markets-0. Public."""

    id: str
    name: str
    slug: str
    type: str
    state: str
    start_datetime: str
    description: str
    created_datetime: str


class ContractField(TypedDict):
    id: str
    market_id: str
    name: str
    slug: str
    display_order: int
    state_or_outcome: str
    """The market's state; after settlement ``winner``, ``dead_heat``, ``loser`` or ``voided``."""
    payout: NotRequired[int | None]
    """What a unit of quantity pays, in 1/10000, once the market is settled."""
    voided: NotRequired[bool]
    """It was taken out of the market, whatever becomes of the others."""


class AuctionField(TypedDict):
    """An auction under way."""

    kind: str
    """``opening`` or ``closing``: what the market does as it ends."""
    ends_datetime: str | None
    references: dict[str, int]
    """Contract -> the price that its auction is to come near to."""


class MarketDocument(Document):
    """kind ``market``: ``document_id("market", market_id)``, from the market's stream. Public."""

    id: str
    event_id: str
    name: str
    slug: str
    state: str
    winner_count: int
    commission: str
    price_ladder: list[dict[str, int]]
    """``{"from": lowest, "to": highest, "step": step}``, in ticks."""
    rules: str
    display_order: int
    created_datetime: str
    version: int
    """How often what may be traded in it has changed, from 1."""
    in_play: bool
    in_play_delay_ms: int
    cross_matching: bool
    """Orders of all its contracts may meet, in sets."""
    quantity_max: int
    """What one order may be of at most."""
    opening_auction_s: int | None
    closing_auction_s: int | None
    """For how long it collects orders before it opens, and as it closes; 0: until staff ends it."""
    contracts: list[ContractField]
    settlement_reason: NotRequired[str]
    halt_reason: NotRequired[str]
    """Why the exchange itself (the auditor, say) or the kill switch halted it; only while it is halted."""
    auction: NotRequired[AuctionField]
    """Only while it is in one, halted or not."""


class IndicativeField(TypedDict):
    """What an auction would come to now; ``imbalance``: above zero of bids, below of offers."""

    price: int | None
    volume: int
    imbalance: int


class QuotesDocument(Document):
    """kind ``quotes``: ``document_id("quotes", market_id, contract_id)``, from the market's stream. Public.

    One for each contract, so that a document is bounded by the number of prices, and an order writes
    its own contract's levels only.
    """

    market_id: str
    contract_id: str
    bids: list[list[int]]
    """``[price, quantity]``, best (highest) first, every level of the book."""
    offers: list[list[int]]
    """``[price, quantity]``, best (lowest) first, every level of the book."""
    indicative: NotRequired[IndicativeField]
    """Never stored: it is found when somebody reads them, while the market is in an auction."""


class ContractTradingField(TypedDict):
    volume: int
    last_executed_price: int | None
    timestamp: str | None


class TradingDocument(Document):
    """kind ``trading``: ``document_id("trading", market_id)``: volumes and last prices. Public.

    ``volume`` counts each execution's quantity once, in quantity units.
    """

    market_id: str
    volume: int
    contracts: dict[str, ContractTradingField]


class ExecutionDocument(Document):
    """kind ``execution``: ``document_id("execution", market_id, execution_id)``. Public, never changed."""

    execution_id: str
    market_id: str
    contract_id: str
    price: int
    quantity: int
    taker_side: str | None
    """None for one of an auction: both orders were waiting."""
    created_datetime: str


class HistoryDocument(Document):
    """kind ``history``: ``document_id("history", market_id, interval_s, block, contract_id)``. Public.

    From the market's stream. Blocks of ``limits.HISTORY_BLOCK_CANDLES`` intervals count from 1970.
    """

    market_id: str
    contract_id: str
    interval_s: int
    candles: list[list[int]]
    """``[start, open, high, low, close, volume, executions]``, oldest first, as ``candles.Candle`` says."""


class NewsDocument(Document):
    """kind ``news``: ``document_id("news", market_id, sequence, place)``, from the market's stream. Public.

    Never changed. ``id`` is the sequence and seven digits of its place in the record: unique within the
    market, and in order.
    """

    id: str
    market_id: str
    type: str
    """created, auction, opened, halted, in_play, closed, settled, corrected or voided."""
    reason: str | None
    winners: list[str]
    """The contracts that won, or shared a place, once it is settled."""
    contract_id: NotRequired[str]
    """The one that was voided (``contract_voided``), if it is about one."""
    created_datetime: str


class MemberDocument(Document):
    """kind ``member``: ``member_document_id(username)``, from its account stream. Public, but for the id."""

    account_id: str
    username: str
    display_name: str
    bio: str
    created_datetime: str


class AccountDocument(Document):
    """kind ``account``: ``document_id("account", account_id)``, from the account's stream. Private."""

    account_id: str
    username: str
    currency: str
    balance: str
    available_balance: str
    exposure: str


class OrderDocument(Document):
    """kind ``order``: ``document_id("order", order_id)``, from the account's stream. Private.

    ``executed_value`` is the sum of price x quantity of the fills (``average_price`` shows it divided).
    """

    account_id: str
    id: str
    state: str
    market_id: str
    contract_id: str
    side: str
    type: str
    price: int
    quantity: int
    total_executed_quantity: int
    executed_value: int
    average_price: str | None
    available_quantity: int
    reference_id: str | None
    post_only: bool
    self_trade: str
    good_til: str | None
    challenge_id: str | None
    cancel_reason: str | None
    created_datetime: str
    last_modified_datetime: str


class FillDocument(Document):
    """kind ``fill``: ``document_id("fill", order_id, execution_id)``. Private, never changed.

    One's own side of an execution.
    """

    account_id: str
    execution_id: str
    order_id: str
    reference_id: str | None
    role: str
    market_id: str
    contract_id: str
    side: str
    price: int
    quantity: int
    created_datetime: str


class ContractPositionField(TypedDict):
    voided: NotRequired[bool]
    """The contract was taken out of the market: what was traded in it counts for nothing."""
    bought_quantity: int
    bought_value: str
    """Sum of price x quantity as money: a string, for it grows past what a JavaScript number holds."""
    sold_quantity: int
    sold_value: str


class PositionDocument(Document):
    """kind ``position``: ``document_id("position", account_id, market_id)``. Private."""

    account_id: str
    market_id: str
    contracts: dict[str, ContractPositionField]
    exposure: str
    settled: bool
    result: str | None
    """After settlement: what the position amounted to, before commission."""
    commission: str | None


class StatementDocument(Document):
    """kind ``statement``: ``document_id("statement", account_id, sequence, index)``. Private, never changed.

    One movement of money; ``index`` puts those of one record in order. ``id`` is the sequence and seven
    digits of index: unique within the account, and in order.
    """

    account_id: str
    id: str
    type: str
    """``deposit``, ``withdrawal``, ``settlement`` or ``commission``."""
    amount: str
    """Signed."""
    balance: str
    """After this movement."""
    market_id: str | None
    created_datetime: str


class EntryField(TypedDict):
    """One side of a movement of money."""

    account: str
    """``account/ID``, or the stream's own ``external``, ``commission`` or ``clearing/MARKET``."""
    amount: str
    """Signed; a string, for money grows past what a JavaScript number holds."""


class TransactionDocument(Document):
    """kind ``transaction``: ``transaction_document_id(stream, sequence, place)``. Staff's, never changed.

    One event's movements of money, double entry: the amounts of its entries sum to zero. ``place`` is the
    event's in its record.
    """

    type: str
    """``deposit``, ``withdrawal``, ``settlement`` or ``correction``."""
    market_id: str | None
    entries: list[EntryField]
    created_datetime: str


class ActionDocument(Document):
    """kind ``action``: ``action_document_id(time, id)``, from the account's stream. For staff, never changed.

    What a member of staff asked for. What they did about comments is told by the comment's stream.
    """

    id: str
    account_id: str
    """Who asked for it."""
    action: str
    """``create-event``, ``change-event``, ``create-market``, ``change-market-state``, ``settle-market``,
    ``void-contract``, ``change-exchange-state``, ``change-roles``, ``deposit``, ``withdrawal``,
    ``hide-comment`` or ``show-comment``."""
    details: dict[str, str]
    """What it is about, in the API's words: ``{"market_id": "7", "state": "halted"}``."""
    reason: str
    created_datetime: str


class OutcomeDocument(Document):
    """kind ``outcome``: ``outcome_document_id(time, id)`` of an action. For staff, never changed.

    What came of an action; until it is there, nothing has.
    """

    outcome: str
    """``done`` or ``refused``."""
    refusal: str | None
    """Why it was refused."""


class CheckpointDocument(Document):
    """kind ``checkpoint``: ``checkpoint_document_id(stream, of)``: how far a class has come in a stream.

    Written after the whole bulk that it covers.
    """

    digest: str
