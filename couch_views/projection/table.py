"""Owns the table: every event of the exchange, and what it does to documents; and the forms of kinds.

Never leaves an event out: one that changes no document says so.
Called by fold.
"""

from collections.abc import Callable, Mapping
from typing import Final, Never

from actors.machines.messages import (
    activity,
    amendments,
    badges,
    book_events,
    comments,
    credential_events,
    events,
    feeds,
    following,
    known_events,
    notifications,
    scores,
    social_commands,
    voiding,
)
from actors.machines.messages.auctions import AuctionStarted, AuctionUncrossed, SetUncrossed
from actors.machines.messages.challenges import ChallengeAccepted, ChallengeEnded, ChallengeOffered
from actors.machines.messages.words import MarketState
from actors.machines.stream.score_cells import CELLS_OF_A_RESULT
from couch_views.candles import HOUR_S, MINUTE_S
from couch_views.classes import CLASSES, DocumentClass
from couch_views.projection import (
    accounts,
    actions,
    arrivals,
    auctions,
    challenges,
    discussion,
    entries,
    history,
    ledger,
    markets,
    members,
    news,
    orders,
    private_feeds,
    relations,
    trading,
)
from couch_views.projection import badges as badge_levels
from couch_views.projection import events as happenings
from couch_views.projection import notifications as inboxes
from couch_views.projection import scores as standings
from couch_views.projection.rules import NOTHING, Addition, Birth, Change, Rule, Working

EXPOSED: Final = Rule(
    changes=(
        Change("account", accounts.account_of, accounts.change_exposure),
        Change("position", accounts.position_of, accounts.expose_position),
    )
)
"""The member risks more or less than before; nothing else is other than it was."""
TRADED: Final = (
    Change("trading", trading.trading_of, trading.update_trading),
    history.keep_candles(MINUTE_S),
    history.keep_candles(HOUR_S),
)
"""What executions on an arrival change, beside the quotes."""
EXECUTIONS: Final = Addition("execution", trading.add_executions)

TABLE: Final[Mapping[type[events.Event], Rule]] = {
    # Account streams: members and their requests.
    events.MemberRegistered: Rule(
        births=Birth(("member", "account"), members.registered, members.register_member)
    ),
    events.ProfileChanged: Rule(changes=(Change("member", members.member_of, members.change_profile),)),
    credential_events.SessionsEnded: NOTHING,
    # What members sign in by, and roles: the web asks the actors for them.
    credential_events.PasswordChanged: NOTHING,
    credential_events.ApiKeyCreated: NOTHING,
    credential_events.ApiKeyRevoked: NOTHING,
    credential_events.RolesChanged: NOTHING,
    events.RequestOpened: NOTHING,
    events.ItemAnswered: Rule(adds=(Addition("outcome", actions.add_outcome),)),
    events.InstructionSent: Rule(adds=(Addition("action", actions.add_instruction),)),
    # Account streams: orders.
    events.OrderPlaced: Rule(
        births=Birth(("order",), orders.order_of, orders.place_order),
        changes=(
            Change("account", accounts.account_of, accounts.change_exposure),
            Change("position", accounts.position_of, accounts.expose_position, begin=accounts.begin_position),
        ),
    ),
    events.CancelRequested: NOTHING,
    events.CancelAllRequested: NOTHING,
    events.OrderUpdated: Rule(
        changes=(
            Change("order", orders.order_of, orders.update_order),
            Change("account", accounts.account_of, accounts.change_exposure),
            Change("position", accounts.position_of, accounts.update_position),
        ),
        adds=(Addition("fill", orders.add_fills, looks_at=orders.filled_order),),
    ),
    events.CancelRefused: NOTHING,
    amendments.AmendRequested: EXPOSED,
    amendments.AmendRefused: EXPOSED,
    # Account streams: money.
    events.MoneyDeposited: Rule(
        changes=(Change("account", accounts.account_of, accounts.change_balance),),
        adds=(
            Addition("statement", accounts.add_deposit),
            Addition("transaction", ledger.record_deposit),
        ),
    ),
    events.MoneyWithdrawn: Rule(
        changes=(Change("account", accounts.account_of, accounts.change_balance),),
        adds=(
            Addition("statement", accounts.add_withdrawal),
            Addition("transaction", ledger.record_withdrawal),
        ),
    ),
    events.PositionSettled: Rule(
        changes=(
            Change("account", accounts.account_of, accounts.settle_account),
            Change("position", accounts.position_of, accounts.settle_position),
            Change("order", orders.settled_orders, orders.settle_order),
        ),
        adds=(
            Addition("statement", accounts.add_settlement),
            Addition("transaction", ledger.record_settlement),
        ),
    ),
    voiding.StakesReturned: Rule(
        changes=(
            Change("account", accounts.account_of, accounts.change_exposure),
            Change("position", accounts.position_of, accounts.void_contract),
            Change("order", orders.settled_orders, orders.void_order),
        ),
    ),
    voiding.ContractVoidNoted: NOTHING,
    social_commands.SocialCommandSent: NOTHING,
    events.MoneyMoveSent: Rule(adds=(Addition("action", actions.add_money_move),)),
    events.MoneyMoveAnswered: NOTHING,
    # Account streams: what they know of markets.
    events.MarketNoted: NOTHING,
    events.TermsNoted: NOTHING,
    events.VerdictNoted: NOTHING,
    # Market streams: the catalogue.
    events.EventCreated: Rule(births=Birth(("event",), happenings.event_of, happenings.create_event)),
    events.EventChanged: Rule(changes=(Change("event", happenings.event_of, happenings.change_event),)),
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
        births=Birth(("market", "trading", "quotes"), markets.created, markets.create_market),
        adds=(Addition("news", news.add_creation),),
    ),
    events.MarketOpening: NOTHING,
    events.TermsAcknowledged: NOTHING,
    events.MarketOpened: Rule(
        changes=(Change("market", markets.market_of, markets.move_to(MarketState.OPEN)),),
        adds=(Addition("news", news.add_step("opened")),),
    ),
    AuctionStarted: Rule(
        changes=(Change("market", auctions.market_of, auctions.start),),
        adds=(Addition("news", news.add_step("auction")),),
    ),
    events.MarketHalted: Rule(
        changes=(Change("market", markets.market_of, markets.move_to(MarketState.HALTED)),),
        adds=(Addition("news", news.add_halt),),
    ),
    events.MarketTurnedInPlay: Rule(
        changes=(Change("market", markets.market_of, markets.turn_in_play),),
        adds=(Addition("news", news.add_step("in_play")),),
    ),
    events.MarketClosed: Rule(
        changes=(Change("market", markets.market_of, markets.move_to(MarketState.CLOSED)),),
        adds=(Addition("news", news.add_step("closed")),),
    ),
    events.MarketSettled: Rule(
        changes=(Change("market", markets.market_of, markets.settle_market),),
        adds=(Addition("news", news.add_settlement),),
    ),
    events.VerdictAcknowledged: NOTHING,
    events.SettlementCompleted: NOTHING,
    voiding.ContractVoided: Rule(
        changes=(Change("market", markets.market_of, markets.void_contract),),
        adds=(Addition("news", news.add_void),),
    ),
    voiding.ContractVoidAcknowledged: NOTHING,
    # Market streams: orders.
    book_events.OrderMatched: Rule(
        changes=(Change("quotes", trading.quotes_of, trading.match_quotes), *TRADED),
        adds=(EXECUTIONS,),
    ),
    book_events.OrderReduced: Rule(changes=(Change("quotes", trading.quotes_of, trading.reduce_quotes),)),
    book_events.OrderReplaced: Rule(
        changes=(
            Change("quotes", arrivals.replaced_quotes, arrivals.replace_quotes),
            *map(arrivals.change_by_arrival, TRADED),
        ),
        adds=(arrivals.add_by_arrival(EXECUTIONS),),
    ),
    book_events.AmendMissed: NOTHING,
    AuctionUncrossed: Rule(
        changes=(
            Change("quotes", auctions.quotes_of, auctions.uncross_quotes),
            *map(auctions.change_by_auction, TRADED),
        ),
        adds=(Addition("execution", auctions.add_executions),),
    ),
    SetUncrossed: Rule(
        changes=(
            Change("quotes", arrivals.uncrossed_quotes, arrivals.uncross_set),
            *map(arrivals.change_by_arrival, TRADED),
        ),
        adds=(arrivals.add_by_arrival(EXECUTIONS),),
    ),
    book_events.AmendDelayed: NOTHING,
    book_events.OrderDelayed: NOTHING,
    book_events.OrderRejected: NOTHING,
    book_events.OrderCancelled: Rule(changes=(Change("quotes", trading.quotes_of, trading.cancel_quotes),)),
    book_events.CancelMissed: NOTHING,
    # Market streams: challenges.
    ChallengeOffered: Rule(births=Birth(("challenge",), challenges.challenge_of, challenges.offer)),
    ChallengeAccepted: Rule(changes=(Change("challenge", challenges.challenge_of, challenges.accept),)),
    ChallengeEnded: Rule(changes=(Change("challenge", challenges.challenge_of, challenges.end),)),
    # Social streams.
    known_events.MemberMet: NOTHING,
    known_events.EventMet: NOTHING,
    known_events.MarketMet: NOTHING,
    scores.TradesCounted: NOTHING,
    scores.MembersLinked: NOTHING,
    scores.ScoringBegun: NOTHING,
    scores.MemberScored: Rule(changes=tuple(map(standings.keep_scores, range(CELLS_OF_A_RESULT)))),
    scores.PortionScored: NOTHING,
    scores.ShowingChanged: Rule(changes=(Change("score", standings.shown_scores, standings.show_score),)),
    activity.EntryAdded: Rule(adds=(Addition("entry", entries.add_entry),)),
    notifications.MemberTold: NOTHING,
    notifications.FollowerGained: NOTHING,
    notifications.Notified: Rule(
        changes=(Change("notification", inboxes.notified, inboxes.notify, begin=inboxes.begin_notification),)
    ),
    notifications.NotificationsRead: Rule(changes=(Change("notification", inboxes.marked, inboxes.mark),)),
    notifications.NotificationsChosen: Rule(
        changes=(
            Change("notification_choices", inboxes.choices_of, inboxes.choose, begin=inboxes.begin_choices),
        )
    ),
    badges.BadgeEarned: Rule(adds=(Addition("badge", badge_levels.add_badge),)),
    badges.BadgeCounted: Rule(adds=(Addition("badge", badge_levels.add_past),)),
    feeds.FeedRenewed: Rule(
        changes=(Change("feed", private_feeds.feed_of, private_feeds.renew, begin=private_feeds.begin_feed),)
    ),
    feeds.FeedRevoked: Rule(changes=(Change("feed", private_feeds.feed_of, private_feeds.revoke),)),
    following.Followed: Rule(
        changes=(Change("follow", relations.follow_of, relations.follow, begin=relations.begin_follow),)
    ),
    following.Unfollowed: Rule(changes=(Change("follow", relations.follow_of, relations.unfollow),)),
    following.Blocked: Rule(
        changes=(Change("block", relations.block_of, relations.block, begin=relations.begin_block),)
    ),
    following.Unblocked: Rule(changes=(Change("block", relations.block_of, relations.unblock),)),
    following.BlockNoted: NOTHING,
    following.Muted: Rule(
        changes=(Change("mute", relations.mute_of, relations.mute, begin=relations.begin_mute),)
    ),
    following.Unmuted: Rule(changes=(Change("mute", relations.mute_of, relations.unmute),)),
    following.PrivacyChanged: Rule(
        changes=(
            Change("privacy", relations.privacy_of, relations.change_privacy, begin=relations.begin_privacy),
        )
    ),
    comments.CommentWritten: Rule(births=Birth(("comment",), discussion.comment_of, discussion.write)),
    comments.CommentEdited: Rule(changes=(Change("comment", discussion.comment_of, discussion.edit),)),
    comments.CommentDeleted: Rule(
        changes=(
            Change("comment", discussion.comment_of, discussion.delete),
            Change("report", discussion.report_of, discussion.settle, begin=discussion.begin_report),
        )
    ),
    comments.CommentReported: Rule(
        changes=(Change("report", discussion.report_of, discussion.report, begin=discussion.begin_report),)
    ),
    comments.CommentHidden: Rule(
        changes=(
            Change("comment", discussion.comment_of, discussion.hide),
            Change("report", discussion.report_of, discussion.settle, begin=discussion.begin_report),
        ),
        adds=(Addition("action", actions.add_moderation), Addition("outcome", actions.add_moderated)),
    ),
    comments.CommentShown: Rule(
        changes=(
            Change("comment", discussion.comment_of, discussion.show),
            Change("report", discussion.report_of, discussion.settle, begin=discussion.begin_report),
        ),
        adds=(Addition("action", actions.add_moderation), Addition("outcome", actions.add_moderated)),
    ),
}

FORMS: Final[Mapping[str, Callable[[Never], Working]]] = {
    "account": accounts.WorkingAccount,
    "order": orders.WorkingOrder,
    "position": accounts.WorkingPosition,
    "score": standings.WorkingScore,
    "trading": trading.WorkingTrading,
}
"""Kind -> what its folds work on, made of a document. Other kinds' folds work on documents as they are."""


def rules_about(*which: DocumentClass) -> dict[type[events.Event], Rule]:
    """What of the table is about documents of these classes, without the events that do nothing to them."""
    kinds = {kind for kind, its in CLASSES.items() if its in which}
    rules = {event: rule.about(kinds) for event, rule in TABLE.items()}
    return {event: rule for event, rule in rules.items() if rule != NOTHING}
