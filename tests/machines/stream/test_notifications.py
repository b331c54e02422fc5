"""Owns the tests of what members are told of, how it is gathered, and what they make of it.

Never looks at what anybody sees.
Called by pytest.
"""

from collections.abc import Iterator
from typing import Never

import pytest

from actors.machines import limits
from actors.machines.messages.activity import Entry, JoinedContent
from actors.machines.messages.answers import OrderResult, Refused, SocialResult
from actors.machines.messages.challenges import AcceptChallenge, DeclineChallenge, Offer, OfferChallenge
from actors.machines.messages.commands import CancelOrder, SettleMarket
from actors.machines.messages.comments import Mention, Subject, WriteComment
from actors.machines.messages.following import Block, Follow, Mute, Unfollow
from actors.machines.messages.notifications import (
    Actor,
    Choice,
    ChooseNotifications,
    FollowerGained,
    MarkNotification,
    Notification,
    NotificationKind,
    NotificationsChosen,
    NotificationsRead,
    Notified,
    ReadNotifications,
    TellOfFollower,
)
from actors.machines.messages.social_words import EntryKind
from actors.machines.messages.words import Reason, Side
from actors.machines.stream import names, notifications
from actors.machines.stream.inbox import Inbox
from tests.machines.stream.square import FOUR, ONE, Square

BUY, SELL = Side.BUY, Side.SELL
DONE = SocialResult()
Kind = NotificationKind
FAR = 10**15


@pytest.fixture(params=[ONE, FOUR], ids=["one stream", "four streams"])
def square(request: pytest.FixtureRequest) -> Iterator[Square]:
    """Where members are of the same social stream, and where they are of different ones."""
    made = Square(request.param)
    yield made
    made.assert_sound()


def events(square: Square, account_id: int) -> list[Notified]:
    found = (event for event in square.written(Notified) if isinstance(event, Notified))
    return [event for event in found if event.account_id == account_id]


def told(square: Square, account_id: int, *but: Kind) -> list[Notification]:
    """The member's notifications as they are now, without those of these kinds and of badges."""
    newest = {event.notification.notification_id: event.notification for event in events(square, account_id)}
    return [each for each in newest.values() if each.matter.kind not in {Kind.BADGE, *but}]


def said(square: Square, account_id: int, *but: Kind) -> list[tuple[str, str, int, list[str]]]:
    """Of each: kind, step, count, who did it."""
    return [
        (each.matter.kind.value, each.matter.step, each.count, [actor.username for actor in each.actors])
        for each in told(square, account_id, *but)
    ]


def inbox(square: Square, account_id: int) -> Inbox:
    return square.social(square.streams.of_activity(names.of_member(account_id))).inboxes[account_id]


def order_id(result: object) -> int:
    assert isinstance(result, OrderResult)
    return result.order_id


# What members are told of.


def test_whose_order_rested_is_told_once_of_all_its_fills(square: Square) -> None:
    square.place(square.alice, SELL, 4_000, 30)
    for _ in range(3):
        square.place(square.bob, BUY, 4_000, 10)
    assert said(square, square.alice) == [("filled", "", 3, [])]
    assert said(square, square.bob) == []
    (notification,) = told(square, square.alice)
    entries = square.activity(names.of_member(square.alice))
    last = [entry for entry in entries if entry.kind is EntryKind.FILL][-1]
    matter = notification.matter
    assert (matter.market_id, matter.account_id, matter.entry_id) == (1, square.alice, last.entry_id)
    assert notification.created_time < notification.time == last.time


def test_several_fills_in_one_turn_are_one_event(square: Square) -> None:
    for price in (4_000, 4_100, 4_200):
        square.place(square.alice, SELL, price, 10)
    square.place(square.bob, BUY, 4_200, 30)
    assert said(square, square.alice) == [("filled", "", 3, [])]
    assert (
        len([each for each in events(square, square.alice) if each.notification.matter.kind is Kind.FILLED])
        == 1
    )


def test_a_settlement_and_its_correction(square: Square) -> None:
    square.place(square.alice, SELL, 4_000, 10)
    square.place(square.bob, BUY, 4_000, 10)
    square.settle(1)
    assert said(square, square.bob) == [("settled", "won", 1, [])]
    square.send(square.staff, SettleMarket(1, (2,), False, "a typing error"))
    assert said(square, square.bob) == [("settled", "lost", 2, [])]


def test_a_badge(square: Square) -> None:
    square.place(square.alice, SELL, 4_000, 10)
    square.place(square.bob, BUY, 4_000, 10)
    (event,) = events(square, square.bob)
    matter = event.notification.matter
    assert (matter.kind, matter.badge, matter.level) == (Kind.BADGE, "trader", 1)


def test_followers_are_counted_up_the_newest_first(square: Square) -> None:
    others = [square.register(f"other-{number}") for number in range(4)]
    alice = names.of_member(square.alice)
    for other in others:
        square.told(other, Follow(alice))
    assert said(square, square.alice) == [("followed", "", 4, ["other-3", "other-2", "other-1"])]
    square.told(others[2], Unfollow(alice))
    square.told(others[2], Follow(alice))
    assert said(square, square.alice) == [("followed", "", 5, ["other-2", "other-3", "other-1"])]
    gained = [event for event in square.written(FollowerGained) if isinstance(event, FollowerGained)]
    assert [event.entry.username for event in gained] == [
        *(f"other-{number}" for number in range(4)),
        "other-2",
    ]
    assert {(event.account_id, event.username) for event in gained} == {(square.alice, "alice")}
    assert "followed" in {event.notification.matter.badge for event in events(square, square.alice)}


def test_to_follow_a_market_is_told_to_nobody(square: Square) -> None:
    square.told(square.bob, Follow(names.of_market(1)))
    assert square.written(Notified) == []


def offer(square: Square, opponent: int, name: str | None) -> int:
    asked = OfferChallenge(1, 1, BUY, 4_000, 10, Offer(opponent, name, 10**9))
    (result,) = square.send(square.alice, asked)
    return order_id(result)


def test_challenges_that_are_accepted(square: Square) -> None:
    challenge = offer(square, square.bob, "bob")
    assert said(square, square.bob) == [("challenged", "offered", 1, ["alice"])]
    square.send(square.bob, AcceptChallenge(1, challenge, 1, BUY, 4_000, 10))
    assert said(square, square.alice) == [("challenged", "accepted", 1, ["bob"])]
    (notification,) = told(square, square.alice)
    assert (notification.matter.challenge_id, notification.matter.market_id) == (challenge, 1)


def test_challenges_that_are_declined_or_withdrawn(square: Square) -> None:
    declined, withdrawn, open_to_all = (
        offer(square, square.bob, "bob"),
        offer(square, square.bob, "bob"),
        offer(square, 0, None),
    )
    assert said(square, square.bob) == [("challenged", "offered", 2, ["alice"])]
    square.send(square.bob, DeclineChallenge(1, declined))
    square.send(square.alice, CancelOrder(withdrawn))
    square.send(square.alice, CancelOrder(open_to_all))
    assert said(square, square.alice) == [("challenged", "declined", 1, [])]
    assert len(told(square, square.bob)) == 1


def test_challenges_are_no_flood(square: Square) -> None:
    """However often somebody challenges: one unread notification in a market, and it is of the first one."""
    first = offer(square, square.bob, "bob")
    square.send(square.alice, CancelOrder(first))
    for _ in range(2):
        square.send(square.alice, CancelOrder(offer(square, square.bob, "bob")))
    assert said(square, square.bob) == [("challenged", "offered", 3, ["alice"])]
    (notification,) = told(square, square.bob)
    assert notification.matter.challenge_id == first
    square.told(square.bob, ReadNotifications(FAR))
    offer(square, square.bob, "bob")
    assert [each.count for each in told(square, square.bob)] == [3, 1]


def test_comments_on_one_s_entry_and_answers_and_mentions(square: Square) -> None:
    carol = square.register("carol")
    entry = square.activity(names.of_member(square.alice))[0].entry_id
    on_entry = Subject(entry_id=entry, account_id=square.alice)
    mentions = (Mention(square.alice, "alice"), Mention(carol, "carol"), Mention(square.bob, "bob"))
    comment = square.told(square.bob, WriteComment(on_entry, "@alice @carol @bob", mentions))
    assert said(square, square.alice) == [("commented", "", 1, ["bob"])]
    assert said(square, carol) == [("mentioned", "", 1, ["bob"])]
    assert said(square, square.bob) == []
    (notification,) = told(square, carol)
    matter = notification.matter
    assert (matter.account_id, matter.entry_id) == (square.alice, entry)
    assert matter.comment_id == comment.comment_id  # type: ignore[union-attr]
    square.told(carol, WriteComment(on_entry, "Yes.", in_reply_to=matter.comment_id))
    assert said(square, square.alice) == [("commented", "", 2, ["carol", "bob"])]
    assert said(square, square.bob) == [("commented", "", 1, ["carol"])]


def test_a_mention_of_nobody_is_told_to_nobody(square: Square) -> None:
    mentions = (Mention(999 << 4, "nobody"),)
    square.told(square.bob, WriteComment(Subject(market_id=1), "@nobody", mentions))
    assert [each for each in square.written(Notified) if each.account_id == 999 << 4] == []  # type: ignore[union-attr]


def test_whoever_is_nobody_gains_no_follower() -> None:
    social = Square().social()
    message = TellOfFollower(999 << 4, Entry(1, 1 << 4, "ada", 0, 0, JoinedContent(), 5))
    assert social.receive(message, 5) == []


# What they are not told of.


@pytest.mark.parametrize("command", [Mute, Block])
def test_nothing_of_whom_they_don_t_want_to_hear(square: Square, command: type[Mute | Block]) -> None:
    square.told(square.alice, command(square.bob))
    square.told(square.bob, WriteComment(Subject(market_id=1), "@alice", (Mention(square.alice, "alice"),)))
    assert said(square, square.alice) == []


def test_nothing_that_they_turned_off(square: Square) -> None:
    off = ChooseNotifications((Choice(Kind.FOLLOWED, False), Choice(Kind.BADGE, True)))
    assert square.told(square.alice, off) == DONE
    assert square.told(square.alice, off) == DONE
    (chosen,) = square.written(NotificationsChosen)
    assert chosen == NotificationsChosen(square.alice, (Choice(Kind.FOLLOWED, False),))
    square.told(square.bob, Follow(names.of_member(square.alice)))
    assert said(square, square.alice) == []
    square.told(square.alice, ChooseNotifications((Choice(Kind.FOLLOWED, True),)))
    square.told(square.bob, Unfollow(names.of_member(square.alice)))
    square.told(square.bob, Follow(names.of_member(square.alice)))
    assert said(square, square.alice) == [("followed", "", 1, ["bob"])]


# Reading.


def test_what_is_read_is_not_counted_up(square: Square) -> None:
    alice = names.of_member(square.alice)
    square.told(square.bob, Follow(alice))
    first, *_ = told(square, square.alice)
    newest = max(inbox(square, square.alice).unread)
    assert square.told(square.alice, ReadNotifications(newest)) == DONE
    assert square.told(square.alice, ReadNotifications(newest)) == DONE
    (read,) = square.written(NotificationsRead)
    assert isinstance(read, NotificationsRead)
    assert (read.account_id, read.read, first.notification_id in read.notification_ids) == (
        square.alice,
        True,
        True,
    )
    square.told(square.staff, Follow(alice))
    assert said(square, square.alice) == [("followed", "", 1, ["bob"]), ("followed", "", 1, ["staff"])]
    assert first.actors == (Actor(square.bob, "bob"),)


def test_one_is_marked_read_and_unread(square: Square) -> None:
    square.told(square.bob, Follow(names.of_member(square.alice)))
    (notification,) = told(square, square.alice)
    number = notification.notification_id
    for read in (True, True, False, False):
        assert square.told(square.alice, MarkNotification(number, read)) == DONE
        assert inbox(square, square.alice).unread[number] is not read
    assert len(square.written(NotificationsRead)) == 2
    for stranger in (square.bob, square.alice):
        asked = MarkNotification(number if stranger == square.bob else 999 << 4, True)
        result = square.told(stranger, asked)
        assert isinstance(result, Refused)
        assert result.reason is Reason.NOT_FOUND


def test_who_has_no_inbox_has_read_all(square: Square) -> None:
    assert square.told(square.alice, ReadNotifications(FAR)) == DONE
    assert square.written(NotificationsRead) == []


def test_the_oldest_is_forgotten(square: Square, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NOTIFICATIONS_KEPT_MAX", 2)
    for number in range(3):
        offer(square, square.bob, "bob")
        square.told(square.bob, ReadNotifications(FAR))  # else the next one is counted up
        assert len(inbox(square, square.bob).unread) == min(number + 1, 2)
    forgotten = [event.forgotten for event in events(square, square.bob)]
    assert forgotten == [0, 0, events(square, square.bob)[0].notification.notification_id]


def test_what_can_t_be_concluded_is_passed_over_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Never:
        raise ZeroDivisionError

    monkeypatch.setattr(notifications, "news_of", fails)
    square = Square()
    assert {problem.what for problem in square.problems} == {"the end of a turn"}
    assert square.social().known.usernames
