"""Owns the making of the web application: every resource, with what it needs, hosted by Falcon.

Never opens a connection, a log or a document store: gateway and documents are given.
Called by resources/opening.py, by the sandbox, and by tests.
"""

import time
from collections.abc import Callable
from typing import Final

import structlog

from actors.machines.messages.commands import Deposit, Withdraw
from actors.processes.gateway import Gateway
from actors.processes.settings import Settings
from couch_views.queries.reading import Reads
from resources import activity
from resources.accounts import Account, Activity, MoneyMoves
from resources.admission import RatedAdmission, make_room
from resources.api_keys import ApiKeyMaker
from resources.attempts import Attempts
from resources.authority import MemberAuthority
from resources.badges import Badges, MemberBadges
from resources.blocks import BLOCKS, MUTES, Other, Others
from resources.challenge_links import ChallengeLinks
from resources.challenges import Challenge, Challenges
from resources.comment import Comment, CommentReports, CommentVisibility
from resources.comments import EntryComments, MarketComments
from resources.credentials import ApiKey, ApiKeys, ChangedPassword
from resources.entries import Seals
from resources.entry_ids import EntryIds
from resources.events import EventMarkets, Events, SomeEvents
from resources.exchange import Exchange
from resources.exchange_state import ExchangeState
from resources.executions import MarketExecutions
from resources.feed_addresses import PLACE, FeedAddresses
from resources.followers import FollowedByMember, Followers
from resources.following import TARGETS, Followed, Following
from resources.freshness import LastWrites
from resources.history import MarketHistory
from resources.holdings import Executions, Positions
from resources.home import Home
from resources.last_prices import LastExecutedPrices
from resources.leaderboards import Leaderboard, Leaderboards
from resources.ledger import Reconciliation
from resources.markets import Contracts, ContractVoid, Markets, Settlement, SomeMarkets
from resources.members import Members, Profile, Sessions
from resources.middleware.access_log import said_path
from resources.middleware.asgi import Application
from resources.middleware.stack import surrounded
from resources.news import News
from resources.notifications import Notification, Notifications, NotificationSettings
from resources.openapi.assets import AssetServer
from resources.openapi.resources import ClientPage, Description, Docs, load_assets
from resources.order import Order
from resources.orders import Orders
from resources.pages.site import STYLES, prepare_pages
from resources.password_checks import PasswordChecks
from resources.passwords import Passwords
from resources.privacy_settings import Privacy
from resources.private_feeds import PrivateFeed, PrivateFeeds
from resources.reading import Reader
from resources.reported_comments import ReportedComments
from resources.seals import Seal
from resources.search import Search
from resources.staff import Actions, Roles
from resources.tokens import Tokens
from resources.toolkit.admission import Gates
from resources.toolkit.answering import Responder
from resources.toolkit.browsers import Browsers
from resources.toolkit.falcon_host import host
from resources.toolkit.http import HttpRequest
from resources.toolkit.media.page import page
from resources.toolkit.resource import Resource
from resources.trading import Quotes, Volumes

SECRET_PLACES: Final = (PLACE,)
"""What follows them in a path is a secret, and in no log."""

log = structlog.get_logger()


def create_app(
    gateway: Gateway,
    documents: Reads,
    settings: Settings,
    clock: Callable[[], int],
    gates: Gates | None = None,
    *,
    keep_answers: bool = False,
) -> Application:
    """The ASGI app in its middleware. ``documents`` may be used by any thread.

    ``clock`` gives microseconds since 1970. ``gates`` are for a program that wants to close them; others need
    none.
    """
    writes = LastWrites()
    room = make_room(settings.member_rate, settings.address_rate, time.monotonic_ns, time.monotonic)
    gates = gates or Gates()
    exchange = Exchange(gateway, writes, room)
    reader = Reader(documents, gateway.streams.names, writes, shares=keep_answers)
    tokens = Tokens(settings.signing_secret(), clock)
    api_keys = ApiKeyMaker(settings.signing_secret())
    seals = Seals(Seal(settings.signing_secret()), EntryIds(settings.signing_secret()))
    addresses = FeedAddresses(settings.signing_secret())
    challenge_links = ChallengeLinks(settings.signing_secret())
    authority = MemberAuthority(tokens, api_keys, exchange, room, clock)
    described = (
        Home("/", exchange, reader, settings.first_start_marker),
        Home("/v3", exchange, reader, settings.first_start_marker),
        *_of_members(settings, exchange, reader, tokens, api_keys, authority),
        *(activity.Activity(stream, reader, seals) for stream in activity.STREAMS),
        PrivateFeeds(exchange, reader, addresses),
        PrivateFeed(reader, addresses, seals, time.monotonic_ns),
        Account(exchange, reader),
        Activity(reader),
        MoneyMoves(exchange, "deposit", Deposit),
        MoneyMoves(exchange, "withdrawal", Withdraw),
        *_of_markets(exchange, reader, clock),
        *_of_comments(exchange, reader, seals.entry_ids),
        *_of_relations(exchange, reader, seals.entry_ids),
        Orders(exchange, reader),
        Order(exchange, reader),
        Executions(reader),
        Positions(reader),
        Leaderboards(reader),
        Leaderboard(reader, clock),
        Challenges(exchange, reader, challenge_links),
        Challenge(exchange, reader, challenge_links),
        ExchangeState(exchange),
        Search(reader, seals.cursors),
        Reconciliation(exchange, reader, gateway.streams.account_names),
    )
    description, assets = Description(described), load_assets()
    resources = (*described, description, Docs(assets), ClientPage(description, assets))
    browsers = Browsers(settings.signing_secret(), secure=settings.browsers_use_tls)
    prepare_pages()
    responder = Responder(
        resources,
        authority,
        RatedAdmission(room),
        browsers,
        note_failure,
        page("problem.xhtml"),
        Sessions.pattern,
    )
    app = AssetServer(host(resources, responder, gates), assets, STYLES)
    return surrounded(
        app,
        access_log=settings.access_log,
        trusted_proxies=settings.trusted_proxies,
        state=reader if keep_answers else None,
        secret_places=SECRET_PLACES,
    )


def _of_members(
    settings: Settings,
    exchange: Exchange,
    reader: Reader,
    tokens: Tokens,
    api_keys: ApiKeyMaker,
    authority: MemberAuthority,
) -> tuple[Resource, ...]:
    """The resources of members, of what they sign in by, and of what they may do as staff."""
    passwords = Passwords(settings.hashing_cost)
    checks = PasswordChecks(exchange, passwords, Attempts(time.monotonic_ns))
    return (
        Members(exchange, passwords, tokens),
        Profile(exchange, reader, authority),
        Sessions(exchange, checks, tokens, authority),
        ChangedPassword(exchange, checks, passwords, tokens, authority),
        ApiKeys(exchange, api_keys),
        ApiKey(exchange, authority),
        Roles(exchange, authority),
        Actions(reader),
    )


def _of_relations(exchange: Exchange, reader: Reader, entry_ids: EntryIds) -> tuple[Resource, ...]:
    """The resources of what members have to do with each other, and of who sees what."""
    return (
        Following(reader),
        *(Followed(target, exchange, reader) for target in TARGETS),
        Followers(reader),
        FollowedByMember(reader),
        *(Others(kind, reader) for kind in (BLOCKS, MUTES)),
        *(Other(kind, exchange, reader) for kind in (BLOCKS, MUTES)),
        Privacy(exchange, reader),
        *_of_rewards(exchange, reader, entry_ids),
    )


def _of_rewards(exchange: Exchange, reader: Reader, entry_ids: EntryIds) -> tuple[Resource, ...]:
    """The resources of badges, and of what members are told of."""
    return (
        Badges(),
        MemberBadges(reader, entry_ids),
        NotificationSettings(exchange, reader),
        Notifications(exchange, reader, entry_ids),
        Notification(exchange, reader, entry_ids),
    )


def _of_markets(exchange: Exchange, reader: Reader, clock: Callable[[], int]) -> tuple[Resource, ...]:
    """The resources of events and markets, and of what trades in them."""
    return (
        Events(exchange, reader),
        SomeEvents(exchange, reader),
        EventMarkets(reader),
        Markets(exchange, reader),
        SomeMarkets(exchange, reader),
        Contracts(reader),
        Quotes(reader),
        MarketExecutions(reader),
        News("/v3/markets/{ids:identities}/news", reader, clock),
        News("/v3/news", reader, clock),
        LastExecutedPrices(reader),
        Volumes(reader),
        MarketHistory(reader),
        Settlement(exchange),
        ContractVoid(exchange),
    )


def _of_comments(exchange: Exchange, reader: Reader, entry_ids: EntryIds) -> tuple[Resource, ...]:
    """The resources of what members say, and of what staff does about it."""
    return (
        MarketComments(exchange, reader, entry_ids),
        EntryComments(exchange, reader, entry_ids),
        Comment(exchange, reader, entry_ids),
        CommentReports(exchange, reader),
        CommentVisibility(exchange),
        ReportedComments(reader, entry_ids),
    )


def note_failure(request: HttpRequest, error: Exception) -> None:
    path = said_path(request.path, SECRET_PLACES)
    log.error("request failed", method=request.method, path=path, exc_info=error)
