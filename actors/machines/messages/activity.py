"""Owns what an entry of an activity stream is: who did what, where, when; and the events that add one.

Never says who may see it: the filter does, when it is shown.
Called by the social machine, the projection and the filter.

An entry is written once, whole, with everything that its member may see, in a class for its kind.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines.messages.badges import BadgeContent
from actors.machines.messages.base import Count, Identity, Message, Part, Time
from actors.machines.messages.following import FollowContent
from actors.machines.messages.social_words import EntryKind
from actors.machines.messages.trading_entries import (
    ChallengeContent,
    FillContent,
    OrderContent,
    PositionContent,
    SettlementContent,
    TradingContent,
    VoidedContent,
)


class JoinedContent(Message):
    """A member registered."""


class NewsContent(Message):
    """What became of a market: ``step`` in one word (opened, halted, ...), why, and who won, or shared it.

    ``contract_id``: of the contract that was voided, 0 where it is about none.
    """

    step: str
    reason: str = ""
    winners: tuple[Identity, ...] = ()
    contract_id: Count = 0


class CommentContent(Message):
    """The member commented on a market. What the comment says is not here: it may be edited or deleted."""

    comment_id: Identity


Content = JoinedContent | NewsContent | BadgeContent | TradingContent | CommentContent | FollowContent
KIND_OF: Final[Mapping[type[Content], EntryKind]] = {
    JoinedContent: EntryKind.JOINED,
    NewsContent: EntryKind.NEWS,
    BadgeContent: EntryKind.BADGE,
    CommentContent: EntryKind.COMMENT,
    FollowContent: EntryKind.FOLLOW,
    ChallengeContent: EntryKind.CHALLENGE,
    OrderContent: EntryKind.ORDER,
    FillContent: EntryKind.FILL,
    PositionContent: EntryKind.POSITION,
    SettlementContent: EntryKind.SETTLEMENT,
    VoidedContent: EntryKind.SETTLEMENT,
}
"""Class of content -> what the entry is about."""


class Entry(Part):
    """One entry. ``account_id`` and ``username`` are its member's, 0 and empty if it is nobody's.

    ``market_id`` and ``event_id`` are what it is about, 0 where it is about none. Ids rise within a social
    stream, and times never fall.
    """

    entry_id: Identity
    account_id: Count
    username: str
    market_id: Count
    event_id: Count
    content: Content
    time: Time

    @property
    def kind(self) -> EntryKind:
        return KIND_OF[type(self.content)]


class EntryAdded(Message):
    """An entry stands in activity streams of this social stream, in each under its next number.

    ``numbers``: activity stream -> the entry's number in it. ``elsewhere``: activity streams of other social
    streams, which are told.
    """

    entry: Entry
    numbers: dict[str, int]
    elsewhere: tuple[str, ...] = ()


class AddEntry(Message):
    """Posted between social streams: an entry is to stand in these activity streams, too."""

    entry: Entry
    streams: tuple[str, ...]


ActivityEvent = EntryAdded
