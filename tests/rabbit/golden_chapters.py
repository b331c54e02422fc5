"""Owns the chapters of the golden log, in their order.

Never changes one that is written: a new kind of event gets a new one at the end.
Called by tests/rabbit/golden.py.
"""

from collections.abc import Callable
from typing import Final

from actors.machines.messages.answers import (
    ApiKeyResult,
    OrderResult,
)
from actors.machines.messages.challenges import AcceptChallenge, DeclineChallenge, Offer, OfferChallenge
from actors.machines.messages.commands import (
    CancelAll,
    CancelOrder,
    CancelReference,
    ChangeEvent,
    ChangeExchangeState,
    ChangeMarketState,
    ChangePassword,
    ChangeProfile,
    ChangeRoles,
    CreateApiKey,
    Deposit,
    EndSessions,
    PlaceOrder,
    RevokeApiKey,
    SettleMarket,
    Withdraw,
)
from actors.machines.messages.comments import (
    CommentResult,
    DeleteComment,
    EditComment,
    HideComment,
    Mention,
    ReportComment,
    ShowComment,
    Subject,
    WriteComment,
)
from actors.machines.messages.feeds import RenewFeed, RevokeFeed
from actors.machines.messages.following import (
    Block,
    ChangePrivacy,
    Follow,
    Mute,
    PrivacyChoice,
    Unblock,
    Unfollow,
    Unmute,
)
from actors.machines.messages.notifications import (
    Choice,
    ChooseNotifications,
    MarkNotification,
    NotificationKind,
    ReadNotifications,
)
from actors.machines.messages.social_words import Audience, Detail, PrivacyKind
from actors.machines.messages.words import (
    EventState,
    ExchangeState,
    MarketState,
    Role,
    Scope,
    Side,
    TimeInForce,
)
from actors.machines.stream import names
from tests.rabbit.golden_auction_sets import auction_sets
from tests.rabbit.golden_rules import rules
from tests.rabbit.golden_teller import START_US, UNIT, Teller


def first_chapter(teller: Teller) -> None:
    """Two markets from their making to their end and a correction; what members do there, well or badly."""
    staff = teller.register("staff", staff=True)
    ada, bea = teller.register("ada"), teller.register("bea")
    teller.ask(staff, Deposit("ada", 1_000 * UNIT))
    teller.ask(staff, Deposit("bea", 1_000 * UNIT))
    teller.ask(staff, Withdraw("bea", 100 * UNIT))
    teller.ask(ada, ChangeProfile("Ada L.", "Bets on rain."))
    event = teller.create_event(staff)
    teller.ask(staff, ChangeEvent(event, state=EventState.LIVE))
    market, home, draw, _ = teller.create_market(staff, event, "Home", "Draw", "Away", commission=200)
    second, yes, _ = teller.create_market(staff, event, "Yes", "No")
    for identity in (market, second):
        teller.ask(staff, ChangeMarketState(identity, MarketState.OPEN))
    _trade(teller, ada, bea, market, home, draw)
    teller.restart_all()
    # Halted while orders come in, and open again.
    teller.ask(ada, PlaceOrder(second, yes, Side.SELL, 6_000, 20_000))
    teller.ask(staff, ChangeMarketState(second, MarketState.HALTED))
    teller.ask(bea, PlaceOrder(second, yes, Side.BUY, 7_000, 20_000))
    teller.ask(staff, ChangeMarketState(second, MarketState.OPEN))
    teller.ask(bea, PlaceOrder(second, yes, Side.BUY, 7_000, 5_000, TimeInForce.IMMEDIATE_OR_CANCEL))
    for identity in (market, second):
        teller.ask(staff, ChangeMarketState(identity, MarketState.CLOSED))
    teller.ask(staff, SettleMarket(market, (home,), void=False, reason="home won"))
    teller.ask(staff, SettleMarket(market, (draw,), void=False, reason="it was a draw after all"))
    teller.ask(staff, SettleMarket(second, (), void=True, reason="the question was wrong"))
    teller.restart_all()
    teller.ask(bea, EndSessions())


def _trade(teller: Teller, ada: int, bea: int, market: int, home: int, draw: int) -> None:
    teller.ask(
        ada,
        PlaceOrder(market, home, Side.SELL, 5_500, 100_000, reference_id="first"),
        PlaceOrder(market, home, Side.SELL, 5_400, 50_000, reference_id="second"),
        PlaceOrder(market, draw, Side.BUY, 2_500, 40_000),
        PlaceOrder(market, home, Side.SELL, 9_000, 10**10, reference_id="too much"),
    )
    teller.ask(bea, PlaceOrder(market, home, Side.BUY, 5_500, 70_000))
    teller.ask(bea, PlaceOrder(market, home, Side.BUY, 1_000, 70_000, TimeInForce.IMMEDIATE_OR_CANCEL))
    # The cancel comes when the order is filled already.
    teller.ask(
        bea,
        PlaceOrder(market, home, Side.BUY, 5_500, 10_000, reference_id="gone"),
        CancelReference("gone"),
    )
    teller.ask(ada, CancelReference("first"))
    teller.ask(ada, PlaceOrder(market, home, Side.BUY, 100, 10_000), CancelAll(market))
    # Rests until the market closes.
    teller.ask(bea, PlaceOrder(market, draw, Side.SELL, 3_000, 10_000))


def kill_switch(teller: Teller) -> None:
    """The whole exchange is halted, with and without its orders, and opened again."""
    staff = teller.register("warden", staff=True)
    cleo = teller.register("cleo")
    teller.ask(staff, Deposit("cleo", 1_000 * UNIT))
    event = teller.create_event(staff)
    market, yes = teller.create_market(staff, event, "Yes")
    teller.ask(staff, ChangeMarketState(market, MarketState.OPEN))
    teller.ask(cleo, PlaceOrder(market, yes, Side.BUY, 4_000, 10_000))
    teller.ask(staff, ChangeExchangeState(ExchangeState.HALTED, reason="a drill"))
    teller.ask(cleo, PlaceOrder(market, yes, Side.BUY, 4_000, 10_000))
    teller.restart_all()
    teller.ask(staff, ChangeExchangeState(ExchangeState.HALTED, cancel_orders=True, reason="not a drill"))
    teller.ask(staff, ChangeExchangeState(ExchangeState.OPEN, reason="a false alarm"))
    teller.ask(cleo, PlaceOrder(market, yes, Side.BUY, 4_000, 10_000))


def credentials(teller: Teller) -> None:
    """Members trade by API keys and change passwords; staff is given roles, and does things for a reason."""
    chief = teller.register("chief", staff=True)
    dora, emil = teller.register("dora"), teller.register("emil")
    teller.ask(chief, ChangeRoles("dora", (Role.TREASURER, Role.OPERATOR), "she is new"))
    teller.ask(dora, Deposit("emil", 1_000 * UNIT, "a welcome"))
    market, yes = teller.create_market(dora, teller.create_event(dora), "Yes")
    teller.ask(dora, ChangeMarketState(market, MarketState.OPEN, "it is time"))
    digest = "0123456789abcdef" * 4
    expires = START_US + 10**13
    kept, expiring = (
        teller.ask(emil, CreateApiKey(name, Scope.TRADE, expires, digest))[0] for name in ("bot", "other bot")
    )
    teller.ask(emil, CreateApiKey("charts", Scope.READ, expires, digest))
    assert isinstance(kept, ApiKeyResult)
    assert isinstance(expiring, ApiKeyResult)
    teller.ask(emil, PlaceOrder(market, yes, Side.BUY, 4_000, 10_000), api_key_id=kept.api_key_id)
    teller.ask(emil, RevokeApiKey(expiring.api_key_id))
    teller.restart_all()
    teller.ask(emil, ChangePassword("hash of emil", "another hash of emil", keep_api_keys=True))
    teller.ask(emil, CancelAll(), api_key_id=kept.api_key_id)
    teller.ask(chief, ChangePassword("hash of chief", "another hash of chief"))
    teller.ask(dora, ChangeRoles("emil", (Role.ADMIN,), "not hers to give"))
    teller.ask(dora, Withdraw("nobody", UNIT, "a mistake"))


def challenges(teller: Teller) -> None:
    """Members challenge each other: what becomes of each challenge is another end."""
    staff = teller.register("umpire", staff=True)
    fred, gail = teller.register("fred"), teller.register("gail")
    teller.ask(staff, Deposit("fred", 1_000 * UNIT), Deposit("gail", 1_000 * UNIT))
    market, yes = teller.create_market(staff, teller.create_event(staff), "Yes")
    teller.ask(staff, ChangeMarketState(market, MarketState.OPEN))
    to_gail = Offer(gail, "gail", START_US + 10**13, "I dare you")
    soon = Offer(0, None, START_US + 3 * 10**12 + 10**9)
    first, second, third, _, _ = (
        teller.ask(fred, OfferChallenge(market, yes, Side.BUY, 4_000, 10_000, offer))[0]
        for offer in (to_gail, to_gail, to_gail, soon, to_gail)
    )
    assert isinstance(first, OrderResult)
    assert isinstance(second, OrderResult)
    assert isinstance(third, OrderResult)
    teller.ask(gail, AcceptChallenge(market, first.order_id, yes, Side.BUY, 4_000, 10_000))
    teller.restart_all()
    teller.ask(gail, DeclineChallenge(market, second.order_id))
    teller.ask(fred, CancelOrder(third.order_id))
    teller.pass_time(10**9)
    teller.ask(staff, ChangeMarketState(market, MarketState.CLOSED))
    teller.ask(staff, SettleMarket(market, (yes,), void=False, reason="so it was"))


def activity(teller: Teller) -> None:
    """Members follow, block, mute, comment, choose who sees what and what they are told; staff moderates."""
    staff = teller.register("moderator", staff=True)
    hugo, iris = teller.register("hugo"), teller.register("iris")
    teller.ask(staff, Deposit("hugo", 1_000 * UNIT), Deposit("iris", 1_000 * UNIT))
    market, yes = teller.create_market(staff, teller.create_event(staff), "Yes")
    teller.ask(staff, ChangeMarketState(market, MarketState.OPEN))
    of_hugo = names.of_member(hugo)
    teller.ask(iris, Follow(of_hugo), Follow(names.of_market(market)), Unfollow(names.of_market(market)))
    teller.ask(hugo, PlaceOrder(market, yes, Side.SELL, 3_000, 20_000))
    teller.ask(iris, PlaceOrder(market, yes, Side.BUY, 3_000, 20_000))
    _comment(teller, staff, hugo, iris, market)
    teller.restart_all()
    teller.ask(staff, ChangeMarketState(market, MarketState.CLOSED))
    teller.ask(staff, SettleMarket(market, (yes,), void=False, reason="so it was"))
    setting = PrivacyChoice(PrivacyKind.LEADERBOARDS, Audience.EVERYONE, Detail.PROFIT)
    teller.ask(iris, ChangePrivacy((setting,)), RenewFeed(), RevokeFeed())
    teller.ask(hugo, ChooseNotifications((Choice(NotificationKind.FILLED, wanted=False),)))
    teller.ask(hugo, MarkNotification(1, read=True), ReadNotifications(10**6))
    teller.restart_all()
    teller.ask(hugo, Mute(iris), Unmute(iris), Block(iris), Unblock(iris))


def _comment(teller: Teller, staff: int, hugo: int, iris: int, market: int) -> None:
    about = Subject(market_id=market)
    first, second = teller.ask(
        iris,
        WriteComment(about, "@hugo, are you sure?", (Mention(hugo, "hugo"),)),
        WriteComment(about, "Forget it."),
    )
    assert isinstance(first, CommentResult)
    assert isinstance(second, CommentResult)
    teller.ask(iris, EditComment(first.comment_id, "Are you sure?"), DeleteComment(second.comment_id))
    teller.ask(hugo, ReportComment(first.comment_id, "rude"))
    teller.ask(staff, HideComment(first.comment_id, "it is"), ShowComment(first.comment_id, "it isn't"))


CHAPTERS: Final[tuple[Callable[[Teller], None], ...]] = (
    first_chapter,
    kill_switch,
    credentials,
    challenges,
    activity,
    rules,
    auction_sets,
)
