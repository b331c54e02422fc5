"""Owns what members are told of, and what they have read.

Never tells a member what somebody did whom they don't want to hear of. What a notification shows of others is
the filter's to say.
Called through the social machine's table.

At the end of a turn all that came up for one member about one subject becomes one notification. As long as it
is unread, it is counted up instead of another one being added.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, cast

from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.answers import Refused, SocialResult
from actors.machines.messages.badges import BadgeContent
from actors.machines.messages.challenges import ChallengeAccepted, ChallengeEnded, ChallengeOffered
from actors.machines.messages.comments import CommentWritten
from actors.machines.messages.events import Event, SocialStreamEvent
from actors.machines.messages.following import FollowContent
from actors.machines.messages.notifications import (
    OFFERED,
    Actor,
    ChooseNotifications,
    FollowerGained,
    MarkNotification,
    Matter,
    MemberTold,
    Notification,
    NotificationKind,
    NotificationsChosen,
    NotificationsRead,
    Notified,
    ReadNotifications,
    TellMember,
    TellOfFollower,
)
from actors.machines.messages.posted import Instruct
from actors.machines.messages.trading_entries import FillContent, SettlementContent, VoidedContent
from actors.machines.messages.words import ChallengeState, Reason
from actors.machines.stream import names
from actors.machines.stream.inbox import Inbox
from actors.machines.stream.slice import Decided, Slice
from actors.machines.stream.state import Moment, SocialState
from actors.machines.streams import make_id

DONE: Final = SocialResult()
ACTORS_MAX: Final = 3
_NO_INBOX: Final = Inbox()
_TOLD_ENDS: Final = frozenset({ChallengeState.DECLINED, ChallengeState.EXPIRED})


class News(NamedTuple):
    """Something that one member may be told of."""

    account_id: int
    matter: Matter
    actor: Actor | None
    time: int


# What is news, of the events of this stream.


def _of_entry(event: EntryAdded) -> Matter | None:
    """What of a member's own activity they are told of."""
    entry = event.entry
    place = (entry.market_id, entry.account_id, entry.entry_id)
    match entry.content:
        case FillContent(maker=True, challenge_id=0):
            return Matter(NotificationKind.FILLED, "", *place)
        case SettlementContent() as settlement:
            return Matter(NotificationKind.SETTLED, settlement.outcome, *place)
        case VoidedContent():
            return Matter(NotificationKind.SETTLED, "contract_voided", *place)
        case BadgeContent() as badge:
            return Matter(NotificationKind.BADGE, "", *place, badge=badge.badge, level=badge.level)
        case _:
            return None


def news_of(event: SocialStreamEvent) -> News | None:
    """Who takes an order is answered at once, and needs no notification."""
    match event:
        case EntryAdded():
            entry = event.entry
            if names.of_member(entry.account_id) not in event.numbers or not (matter := _of_entry(event)):
                return None
            return News(entry.account_id, matter, None, entry.time)
        case FollowerGained():
            entry = event.entry
            actor = Actor(entry.account_id, entry.username)
            return News(event.account_id, Matter(NotificationKind.FOLLOWED), actor, entry.time)
        case MemberTold():
            return News(event.account_id, event.matter, event.actor, event.time)
        case _:
            return None


# Concluded.


def conclude(state: SocialState, events: Sequence[Event]) -> Iterator[Notified]:
    """What a turn comes to for its members."""
    gathered: dict[tuple[int, str], list[News]] = {}
    for event in events:
        news = news_of(cast("SocialStreamEvent", event))
        if news is not None and is_wanted(state, news):
            gathered.setdefault((news.account_id, news.matter.subject), []).append(news)
    for (account_id, _), several in gathered.items():
        yield _notified(state, account_id, several)


def is_wanted(state: SocialState, news: News) -> bool:
    inbox = state.inboxes.get(news.account_id)
    if inbox is not None and news.matter.kind in inbox.off:
        return False
    return news.actor is None or not state.relations.is_unwelcome(news.account_id, news.actor.account_id)


def _notified(state: SocialState, account_id: int, several: Sequence[News]) -> Notified:
    inbox = state.inboxes.get(account_id, _NO_INBOX)
    newest = several[-1]
    before = inbox.counting(newest.matter)
    actors = {news.actor: None for news in reversed(several) if news.actor is not None}
    if before is not None:
        actors |= dict.fromkeys(before.actors)
    matter = newest.matter
    if before is None:
        notification_id = make_id(state.next_notification, state.name)
        created, count, forgotten = newest.time, 0, inbox.forgotten()
    else:
        notification_id, created, count = before.notification_id, before.created_time, before.count
        forgotten = 0
        if matter.step == OFFERED:
            matter = before.matter  # it stays the first one's: of several, all are to be looked at
    notification = Notification(
        notification_id,
        matter,
        count + len(several),
        tuple(actors)[:ACTORS_MAX],
        created,
        max(newest.time, created),
    )
    return Notified(account_id, notification, forgotten)


# Observed: of other streams, what members are told of and no entry of theirs says.


def offered(state: SocialState, event: ChallengeOffered, at: Moment) -> Iterator[MemberTold]:
    opponent = event.offer.opponent_id
    if opponent and state.is_here(names.of_member(opponent)):
        actor = Actor(event.account_id, event.username)
        yield _of_challenge(opponent, event.market_id, event.challenge_id, OFFERED, actor, at)


def accepted(state: SocialState, event: ChallengeAccepted, at: Moment) -> Iterator[MemberTold]:
    if state.is_here(names.of_member(event.account_id)):
        actor = Actor(event.acceptor_id, event.acceptor)
        yield _of_challenge(event.account_id, event.market_id, event.challenge_id, "accepted", actor, at)


def ended(state: SocialState, event: ChallengeEnded, at: Moment) -> Iterator[MemberTold]:
    """Who withdraws a challenge, or whose order is cancelled, knows it."""
    if event.state in _TOLD_ENDS and state.is_here(names.of_member(event.account_id)):
        word = event.state.value
        yield _of_challenge(event.account_id, event.market_id, event.challenge_id, word, None, at)


def _of_challenge(
    account_id: int, market_id: int, challenge_id: int, step: str, actor: Actor | None, at: Moment
) -> MemberTold:
    matter = Matter(NotificationKind.CHALLENGED, step, market_id, challenge_id=challenge_id)
    return MemberTold(account_id, matter, actor, at.time)


# Told to the social streams of those whom it concerns, which may be this one.


def tell_of_follower(state: SocialState, event: EntryAdded) -> Iterator[tuple[str, TellOfFollower]]:
    content = event.entry.content
    if isinstance(content, FollowContent) and content.other_account_id:
        owner = state.streams.of_activity(names.of_member(content.other_account_id))
        yield owner, TellOfFollower(content.other_account_id, event.entry)


def tell_of_comment(state: SocialState, event: CommentWritten) -> Iterator[tuple[str, TellMember]]:
    """Whose entry it is about, whom it answers, whom it mentions: each once, and not who wrote it."""
    subject = event.subject
    commented = [member for member in (subject.account_id, event.answered_id) if member]
    concerned = dict.fromkeys(commented, NotificationKind.COMMENTED)
    for mention in event.mentions:
        concerned.setdefault(mention.account_id, NotificationKind.MENTIONED)
    concerned.pop(event.account_id, None)
    for member, kind in concerned.items():
        matter = Matter(
            kind, "", subject.market_id, subject.account_id, subject.entry_id, comment_id=event.comment_id
        )
        owner = state.streams.of_activity(names.of_member(member))
        yield owner, TellMember(member, matter, Actor(event.account_id, event.username), event.time)


def receive(state: SocialState, message: TellMember, _time: int) -> Iterator[MemberTold]:
    """Nobody is told who isn't a member here: whom a text mentions was looked up by who asked."""
    if message.account_id in state.known.usernames:
        yield MemberTold(message.account_id, message.matter, message.actor, message.time)


def gain_follower(state: SocialState, message: TellOfFollower, _time: int) -> Iterator[FollowerGained]:
    if (username := state.known.usernames.get(message.account_id)) is not None:
        yield FollowerGained(message.account_id, username, message.entry)


# Taken.


def read(state: SocialState, instruct: Instruct, command: ReadNotifications, _time: int) -> Decided:
    inbox = state.inboxes.get(instruct.account_id, _NO_INBOX)
    notification_ids = inbox.unread_to(command.read_to)
    if not notification_ids:
        return Decided((), DONE)
    return Decided((NotificationsRead(instruct.account_id, notification_ids, True),), DONE)


def mark(state: SocialState, instruct: Instruct, command: MarkNotification, _time: int) -> Decided | Refused:
    unread = state.inboxes.get(instruct.account_id, _NO_INBOX).unread.get(command.notification_id)
    if unread is None:
        return Refused(Reason.NOT_FOUND, "There is no such notification, or it is too old to be marked.")
    if unread is not command.read:
        return Decided((), DONE)
    event = NotificationsRead(instruct.account_id, (command.notification_id,), command.read)
    return Decided((event,), DONE)


def choose(state: SocialState, instruct: Instruct, command: ChooseNotifications, _time: int) -> Decided:
    off = state.inboxes.get(instruct.account_id, _NO_INBOX).off
    changes = tuple(choice for choice in command.choices if choice.wanted is (choice.kind in off))
    if not changes:
        return Decided((), DONE)
    return Decided((NotificationsChosen(instruct.account_id, changes),), DONE)


# Evolved.


def notified(state: SocialState, event: Notified) -> None:
    notification = event.notification
    if notification.notification_id == make_id(state.next_notification, state.name):
        state.next_notification += 1
    _inbox(state, event.account_id).put(notification, event.forgotten)


def marked(state: SocialState, event: NotificationsRead) -> None:
    for notification_id in event.notification_ids:
        _inbox(state, event.account_id).mark(notification_id, unread=not event.read)


def chosen(state: SocialState, event: NotificationsChosen) -> None:
    for choice in event.choices:
        _inbox(state, event.account_id).choose(choice.kind, wanted=choice.wanted)


def _inbox(state: SocialState, account_id: int) -> Inbox:
    if (inbox := state.inboxes.get(account_id)) is None:
        inbox = state.inboxes[account_id] = Inbox()
    return inbox


SLICE: Final = Slice(
    observes={ChallengeOffered: offered, ChallengeAccepted: accepted, ChallengeEnded: ended},
    takes={ReadNotifications: read, MarkNotification: mark, ChooseNotifications: choose},
    receives={TellMember: receive, TellOfFollower: gain_follower},
    evolves={Notified: notified, NotificationsRead: marked, NotificationsChosen: chosen},
    effects={EntryAdded: tell_of_follower, CommentWritten: tell_of_comment},
    concludes=conclude,
)
