"""Owns the resources of markets: the list, some by id, contracts; staff makes, changes and settles them.

Never decides which step a market may take: the market's actor does.
Called by resources/app.py; the list also by resources/events.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final

import msgspec

from actors.machines import limits
from actors.machines.messages.answers import MarketResult
from actors.machines.messages.base import AuctionLife
from actors.machines.messages.commands import ChangeMarketState, CreateMarket, SettleMarket, TurnInPlay
from actors.machines.messages.parts import FULL_LADDER, LadderStep
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import MarketState, Reason
from actors.machines.money import format_commission, parse_commission
from couch_views.queries import catalogue as queries
from couch_views.queries import prices
from couch_views.queries.reading import Reads
from couch_views.shapes import MarketDocument
from resources import texts
from resources.answers import catalogue as answers
from resources.exchange import Exchange
from resources.pages.asides import of_markets, only
from resources.pages.market_page import market_forms, of_market
from resources.paging import PageQuery, pagination
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import MARKET_FIELDS, Json, market, shown
from resources.toolkit.body import body_of, parsed_body
from resources.toolkit.fields import Shape, check, parse_field
from resources.toolkit.identities import (
    GivenIdentity,
    Identities,
)
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import invalid
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, command, created, done, read
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Who

_RELATED: Final = (
    ("contracts", "Contracts"),
    ("quotes", "Quotes"),
    ("executions", "Executions"),
    ("last_executed_prices", "Last executed prices"),
    ("volumes", "Volume"),
    ("history", "History"),
    ("activity", "Activity"),
    ("news", "News"),
    ("comments", "Comments"),
)
_CONTRACT_FIELDS: Final = ("id", "market_id", "name", "slug", "display_order", "state_or_outcome")
_PLACES: Final = limits.CONTRACTS_PER_MARKET_MAX


class MarketsQuery(PageQuery, frozen=True):
    event_ids: Identities = ()
    states: tuple[MarketState, ...] = ()
    ids: Identities = ()
    with_volumes: bool = False

    @property
    def filters(self) -> queries.MarketFilters:
        return queries.MarketFilters(
            [int(event_id) for event_id in self.event_ids],
            self.states,
            [int(market_id) for market_id in self.ids],
        )


class VolumesQuery(Query, frozen=True):
    with_volumes: bool = False


class ContractAsked(Shape):
    name: texts.Name


class LadderStepAsked(Shape, rename={"lowest": "from", "highest": "to"}):
    """Prices from the lowest to the highest, in whole steps."""

    lowest: Annotated[int, msgspec.Meta(ge=limits.PRICE_MIN, le=limits.PRICE_MAX)]
    highest: Annotated[int, msgspec.Meta(ge=limits.PRICE_MIN, le=limits.PRICE_MAX)]
    step: Annotated[int, msgspec.Meta(ge=1, le=limits.PRICE_MAX)]


class MarketAsked(Shape):
    event_id: GivenIdentity
    name: texts.Name
    contracts: Annotated[
        tuple[ContractAsked, ...], msgspec.Meta(min_length=1, max_length=limits.CONTRACTS_PER_MARKET_MAX)
    ]
    winner_count: Annotated[int, msgspec.Meta(ge=1, le=limits.CONTRACTS_PER_MARKET_MAX)] = 1
    rules: texts.Description = ""
    commission: str = "0"
    price_ladder: (
        Annotated[tuple[LadderStepAsked, ...], msgspec.Meta(min_length=1, max_length=limits.LADDER_STEPS_MAX)]
        | None
    ) = None
    reason: texts.Remark = ""
    in_play_delay_ms: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=limits.IN_PLAY_DELAY_MAX_MS,
            description="So many milliseconds orders wait before they arrive, once the market is in play.",
        ),
    ] = 0
    opening_auction_s: Annotated[
        AuctionLife | None,
        msgspec.Meta(
            description="It opens by an auction, which collects orders for so many seconds; 0: till"
            " staff ends it."
        ),
    ] = None
    closing_auction_s: Annotated[
        AuctionLife | None, msgspec.Meta(description="The same as it closes, when staff asks for it.")
    ] = None
    cross_matching: Annotated[
        bool,
        msgspec.Meta(
            description="Orders of all contracts may meet, in sets; only where exactly one of several wins."
        ),
    ] = False
    quantity_max: Annotated[
        int,
        msgspec.Meta(
            ge=limits.QUANTITY_MIN,
            le=limits.QUANTITY_MAX,
            description="What one order may be of at most, in 1/10000 of what is paid out.",
        ),
    ] = limits.QUANTITY_MAX


class StepAsked(Shape):
    """Either a state, or that what the market is about has begun."""

    state: MarketState | None = None
    in_play: Annotated[
        bool | None, msgspec.Meta(description="True, once; what is in play stays in play.")
    ] = None
    reason: texts.Remark = ""


class SettlementAsked(Shape):
    """Either winners and those who share the places that they leave, or void."""

    reason: texts.Reason
    winners: Annotated[tuple[GivenIdentity, ...], msgspec.Meta(max_length=_PLACES)] = ()
    dead_heat: Annotated[tuple[GivenIdentity, ...], msgspec.Meta(max_length=_PLACES)] = ()
    void: bool = False


class VoidAsked(Shape):
    reason: texts.Reason


def parse_market(value: object) -> CreateMarket:
    asked = check(value, MarketAsked)
    if asked.winner_count > 1 and asked.winner_count >= len(asked.contracts):
        raise invalid("winner_count", "a market has more contracts than winners")
    if asked.cross_matching and (asked.winner_count > 1 or len(asked.contracts) == 1):
        raise invalid("cross_matching", "contracts are complementary where exactly one of several wins")
    commission = parse_field("commission", parse_commission, asked.commission)
    if not 0 <= commission <= limits.COMMISSION_MAX:
        raise invalid("commission", f"0 to {format_commission(limits.COMMISSION_MAX)} is possible")
    return CreateMarket(
        int(asked.event_id),
        asked.name,
        tuple(contract.name for contract in asked.contracts),
        asked.winner_count,
        asked.rules,
        commission,
        FULL_LADDER if asked.price_ladder is None else _ladder(asked.price_ladder),
        asked.reason,
        in_play_delay_ms=asked.in_play_delay_ms,
        opening_auction_s=asked.opening_auction_s,
        closing_auction_s=asked.closing_auction_s,
        cross_matching=asked.cross_matching,
        quantity_max=asked.quantity_max,
    )


def parse_step(value: object) -> StepAsked:
    asked = check(value, StepAsked)
    if asked.in_play is False:
        raise invalid("in_play", "what is in play stays in play")
    if (asked.state is None) is (asked.in_play is None):
        raise invalid("in_play", "either it is true, or a state is named")
    return asked


def _ladder(steps: Sequence[LadderStepAsked]) -> tuple[LadderStep, ...]:
    ladder: list[LadderStep] = []
    for place, step in enumerate(steps):
        try:
            ladder.append(LadderStep(step.lowest, step.highest, step.step))
        except ValueError as error:
            raise invalid(f"price_ladder[{place}]", str(error)) from None
    return tuple(ladder)


def parse_settlement(value: object) -> SettlementAsked:
    asked = check(value, SettlementAsked)
    if asked.void == bool(asked.winners or asked.dead_heat):
        raise invalid("winners", "either winners are named, or void is true")
    return asked


class Markets(Resource):
    """``/v3/markets/``."""

    pattern = "/v3/markets"
    title = "Markets"
    representations = (JSON, *page("markets.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(MarketsQuery),
                self.show,
                summary="Markets, page by page",
                answers={200: answers.Markets},
            ),
            "POST": command(
                Who.OPERATOR,
                parsed_body(MarketAsked, parse_market),
                self.create,
                summary="Make a market",
                answers={201: answers.MarketAnswer},
                problems=kinds(Reason.EVENT_NOT_FOUND, Reason.EVENT_STATE, Reason.LIMIT_EXCEEDED),
                idempotent_key=True,
            ),
        }

    async def show(self, call: Call[None, MarketsQuery]) -> Outcome:
        query = call.query

        def find(documents: Reads) -> tuple[list[Json], str | None, Json]:
            page = queries.markets(documents, query.filters, query.sort_text, query.limit, query.cursor)
            markets = market_list(documents, page.items, with_volumes=query.with_volumes)
            return markets, page.next_cursor, of_markets(documents, call, page.items)

        (markets, next_cursor, aside), position = await self._reader.read(call, find)
        pages = pagination(call.request, next_cursor)
        return done({"markets": markets, "pagination": pages}, position, aside=aside)

    async def create(self, call: Call[CreateMarket, Query]) -> Outcome:
        made = await self._exchange.carry_out_one(call, call.body, MarketResult)
        location = f"/v3/markets/{made.result.market.market_id}/"
        return created({"market": market(made.result)}, made.position, location)


class SomeMarkets(Resource):
    """``/v3/markets/{ids}/``; staff changes the state of one."""

    pattern = "/v3/markets/{ids:identities}"
    title = "Markets"
    representations = (JSON, *page("some_markets.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(VolumesQuery),
                self.show,
                summary="Some markets",
                answers={200: answers.SomeMarkets},
            ),
            "PATCH": command(
                Who.OPERATOR,
                parsed_body(StepAsked, parse_step),
                self.change,
                summary="Open, halt or close a market, let it collect orders, or turn it in play",
                answers={200: answers.MarketAnswer},
                problems=kinds(Reason.NOT_FOUND, Reason.MARKET_STATE, Reason.MARKET_SETTLED),
            ),
        }

    async def show(self, call: Call[None, VolumesQuery]) -> Outcome:
        asked = call.identities("ids")

        def find(documents: Reads) -> tuple[list[Json], Json]:
            found = asked.require_known(queries.markets_by_id(documents, asked.numbers))
            markets = market_list(documents, found, with_volumes=call.query.with_volumes)
            one = len(found) == 1
            return markets, (
                of_market(documents, call, found[0]) if one else of_markets(documents, call, found)
            )

        (markets, aside), position = await self._reader.read(call, find)
        return done({"markets": markets}, position, aside=aside)

    def heading(self, view: View, /) -> str:
        market = only(view, "markets")
        return self.title if market is None else str(market["name"])

    def links(self, view: View, /) -> Iterable[Link]:
        """From one market to its event, and to all that is known of it."""
        market = only(view, "markets")
        if market is not None:
            yield Link("up", f"/v3/events/{market['event_id']}/", "Event")
            for name, title in _RELATED:
                yield Link("related", f"{view.path}{name}/", title)

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """To trade in it and to cancel what is open; for staff to move it on, and to settle it."""
        return market_forms(view)

    async def change(self, call: Call[StepAsked, Query]) -> Outcome:
        asked, market_id = call.body, call.identity("ids")
        change = (
            TurnInPlay(market_id, asked.reason)
            if asked.state is None
            else ChangeMarketState(market_id, asked.state, asked.reason)
        )
        changed = await self._exchange.carry_out_one(call, change, MarketResult, Reason.MARKET_NOT_FOUND)
        return done({"market": market(changed.result)}, changed.position)


class Settlement(Resource):
    """``/v3/markets/{id}/settlement/``: staff names the winners, or voids; again is a correction."""

    pattern = "/v3/markets/{ids:identity}/settlement"
    title = "Settlement"
    representations = (JSON, *page())

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.methods: Mapping[str, Method] = {
            "PUT": command(
                Who.OPERATOR,
                parsed_body(SettlementAsked, parse_settlement),
                self.settle,
                summary="Settle or void a market, or correct that",
                answers={200: answers.MarketAnswer},
                problems=kinds(Reason.NOT_FOUND, Reason.MARKET_STATE, Reason.INVALID_WINNERS),
            )
        }

    async def settle(self, call: Call[SettlementAsked, Query]) -> Outcome:
        asked = call.body
        settle = SettleMarket(
            call.identity("ids"),
            tuple(int(winner) for winner in asked.winners),
            asked.void,
            asked.reason,
            tuple(int(contract_id) for contract_id in asked.dead_heat),
        )
        settled = await self._exchange.carry_out_one(call, settle, MarketResult, Reason.MARKET_NOT_FOUND)
        content, place = {"market": market(settled.result)}, f"/v3/markets/{settle.market_id}/"
        return done(content, settled.position, location=place)


class ContractVoid(Resource):
    """``/v3/markets/{id}/contracts/{id}/void/``: staff takes a contract out of a market."""

    pattern = "/v3/markets/{ids:identity}/contracts/{contract_id:identity}/void"
    title = "Void a contract"
    representations = (JSON, *page())

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.methods: Mapping[str, Method] = {
            "PUT": command(
                Who.OPERATOR,
                body_of(VoidAsked),
                self.void,
                summary="Take a contract out of its market, and give back what was staked in it",
                answers={200: answers.MarketAnswer},
                problems=kinds(Reason.NOT_FOUND, Reason.MARKET_STATE),
            )
        }

    async def void(self, call: Call[VoidAsked, Query]) -> Outcome:
        market_id, contract_id = call.identity("ids"), call.identity("contract_id")
        void = VoidContract(market_id, contract_id, call.body.reason)
        unknown = Reason.MARKET_NOT_FOUND, Reason.CONTRACT_NOT_FOUND
        voided = await self._exchange.carry_out_one(call, void, MarketResult, *unknown)
        content, place = {"market": market(voided.result)}, f"/v3/markets/{market_id}/"
        return done(content, voided.position, location=place)


class Contracts(Resource):
    """``/v3/markets/{ids}/contracts/``."""

    pattern = "/v3/markets/{ids:identities}/contracts"
    title = "Contracts"
    representations = (JSON, *page())

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="The contracts of some markets",
                answers={200: answers.Contracts},
            )
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        asked = call.identities("ids")
        markets, position = await self._reader.read(
            call,
            lambda documents: asked.require_known(queries.markets_by_id(documents, asked.numbers)),
        )
        contracts = [
            shown(contract, _CONTRACT_FIELDS) | {"payout": contract.get("payout")}
            for market in markets
            for contract in market["contracts"]
        ]
        return done({"contracts": contracts}, position)


def market_list(documents: Reads, markets: Sequence[MarketDocument], *, with_volumes: bool) -> list[Json]:
    """Markets as lists show them, with their volumes if those are asked for."""
    listed = [shown(market, MARKET_FIELDS) | _now(market) for market in markets]
    if with_volumes:
        trading = prices.trading(documents, [int(market["id"]) for market in markets])
        volumes = {document["market_id"]: document["volume"] for document in trading}
        for market in listed:
            market["volume"] = volumes.get(str(market["id"]), 0)
    return listed


def _now(market: MarketDocument) -> Json:
    """Why the exchange itself halted it, if it did; the auction that it is in, if it is in one."""
    now: Json = {"halt_reason": market["halt_reason"]} if "halt_reason" in market else {}
    if "auction" in market:
        now["auction"] = shown(market["auction"], ("kind", "ends_datetime"))
    return now
