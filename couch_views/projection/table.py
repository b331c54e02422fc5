"""Owns the table: every event of the exchange, and what it does to documents.

Never leaves an event out: one that changes no document says so.
Called by fold.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines.messages import credential_events, events
from actors.machines.messages.words import MarketState
from couch_views.candles import HOUR_S, MINUTE_S
from couch_views.projection import (
    accounts,
    actions,
    history,
    ledger,
    markets,
    members,
    news,
    orders,
    trading,
)
from couch_views.projection import events as happenings
from couch_views.projection.rules import NOTHING, Birth, Change, Rule

TABLE: Final[Mapping[type[events.Event], Rule]] = {
    # Account streams: members and their requests.
    events.MemberRegistered: Rule(births=Birth(members.registered, members.register_member)),
    events.ProfileChanged: Rule(changes=(Change(members.member_of, members.change_profile),)),
    credential_events.SessionsEnded: NOTHING,
    # What members sign in by, and roles: the web asks the actors for them.
    credential_events.PasswordChanged: NOTHING,
    credential_events.ApiKeyCreated: NOTHING,
    credential_events.ApiKeyRevoked: NOTHING,
    credential_events.RolesChanged: NOTHING,
    events.RequestOpened: NOTHING,
    events.ItemAnswered: Rule(adds=(actions.add_outcome,)),
    events.InstructionSent: Rule(adds=(actions.add_instruction,)),
    # Account streams: orders.
    events.OrderPlaced: Rule(
        births=Birth(orders.order_of, orders.place_order),
        changes=(
            Change(accounts.account_of, accounts.change_exposure),
            Change(accounts.position_of, accounts.expose_position, begin=accounts.begin_position),
        ),
    ),
    events.CancelRequested: NOTHING,
    events.CancelAllRequested: NOTHING,
    events.OrderUpdated: Rule(
        changes=(
            Change(orders.order_of, orders.update_order),
            Change(accounts.account_of, accounts.change_exposure),
            Change(accounts.position_of, accounts.update_position),
        ),
        adds=(orders.add_fills,),
    ),
    events.CancelRefused: NOTHING,
    # Account streams: money.
    events.MoneyDeposited: Rule(
        changes=(Change(accounts.account_of, accounts.change_balance),),
        adds=(accounts.add_deposit, ledger.record_deposit),
    ),
    events.MoneyWithdrawn: Rule(
        changes=(Change(accounts.account_of, accounts.change_balance),),
        adds=(accounts.add_withdrawal, ledger.record_withdrawal),
    ),
    events.PositionSettled: Rule(
        changes=(
            Change(accounts.account_of, accounts.settle_account),
            Change(accounts.position_of, accounts.settle_position),
            Change(orders.settled_orders, orders.settle_order),
        ),
        adds=(accounts.add_settlement, ledger.record_settlement),
    ),
    events.MoneyMoveSent: Rule(adds=(actions.add_money_move,)),
    events.MoneyMoveAnswered: NOTHING,
    # Account streams: what they know of markets.
    events.MarketNoted: NOTHING,
    events.TermsNoted: NOTHING,
    events.VerdictNoted: NOTHING,
    # Market streams: the catalogue.
    events.EventCreated: Rule(births=Birth(happenings.event_of, happenings.create_event)),
    events.EventChanged: Rule(changes=(Change(happenings.event_of, happenings.change_event),)),
    events.MarketRegistered: NOTHING,
    events.MarketStateNoted: NOTHING,
    events.InstructionAnswered: NOTHING,
    # The kill switch: the web asks the actors for it.
    events.ExchangeHalted: NOTHING,
    events.ExchangeOpened: NOTHING,
    events.SwitchAcknowledged: NOTHING,
    events.ExchangeStateNoted: NOTHING,
    events.OrdersSwept: NOTHING,
    # Market streams: the life of a market.
    events.MarketCreated: Rule(
        births=Birth(markets.created, markets.create_market), adds=(news.add_creation,)
    ),
    events.MarketOpening: NOTHING,
    events.TermsAcknowledged: NOTHING,
    events.MarketOpened: Rule(
        changes=(Change(markets.market_of, markets.move_to(MarketState.OPEN)),),
        adds=(news.add_step("opened"),),
    ),
    events.MarketHalted: Rule(
        changes=(Change(markets.market_of, markets.move_to(MarketState.HALTED)),), adds=(news.add_halt,)
    ),
    events.MarketClosed: Rule(
        changes=(Change(markets.market_of, markets.move_to(MarketState.CLOSED)),),
        adds=(news.add_step("closed"),),
    ),
    events.MarketSettled: Rule(
        changes=(Change(markets.market_of, markets.settle_market),), adds=(news.add_settlement,)
    ),
    events.VerdictAcknowledged: NOTHING,
    events.SettlementCompleted: NOTHING,
    # Market streams: orders.
    events.OrderMatched: Rule(
        changes=(
            Change(trading.quotes_of, trading.match_quotes),
            Change(trading.trading_of, trading.update_trading),
            history.keep_candles(MINUTE_S),
            history.keep_candles(HOUR_S),
        ),
        adds=(trading.add_executions,),
    ),
    events.OrderRejected: NOTHING,
    events.OrderCancelled: Rule(changes=(Change(trading.quotes_of, trading.cancel_quotes),)),
    events.CancelMissed: NOTHING,
}
