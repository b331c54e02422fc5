"""Owns the state of a social stream: what each slice keeps, side by side.

Never decides: the slices do, who look here.
Called by the social machine and every slice.
"""

from typing import TYPE_CHECKING, NamedTuple

from actors.machines.messages.events import Event
from actors.machines.messages.record import ReadTo
from actors.machines.stream.activity import Activity
from actors.machines.stream.badge_counts import Badges
from actors.machines.stream.comment import Comments
from actors.machines.stream.inbox import Inbox
from actors.machines.stream.known import Known
from actors.machines.stream.positions import Positions
from actors.machines.stream.relations import Relations
from actors.machines.stream.scoring import Scores
from actors.machines.streams import Streams

if TYPE_CHECKING:
    from actors.machines.stream.feeds import PrivateFeed


class Moment(NamedTuple):
    """Where an event that is observed stands: the stream and record that it is of, and its time."""

    stream: str
    sequence: int
    time: int


class Reading(NamedTuple):
    """A record of another stream's log, as the turn that follows it takes it."""

    stream: str
    sequence: int
    digest: bytes
    time: int
    events: tuple[Event, ...]


class SocialState:
    """What one social stream knows. ``read``: stream -> how far its log was taken."""

    def __init__(self, name: str, streams: Streams) -> None:
        self.name = name
        self.streams = streams
        self.read: dict[str, ReadTo] = {}
        self.known = Known()
        self.activity = Activity(name, streams)
        self.badges = Badges()
        self.inboxes: dict[int, Inbox] = {}
        """Member -> what they were told of, and what they don't want to be told of."""
        self.next_notification = 1
        self.comments = Comments()
        self.positions = Positions()
        self.scores = Scores()
        self.relations = Relations()
        self.following: dict[int, dict[str, None]] = {}
        """Member -> the activity streams that they follow."""
        self.feeds: dict[int, PrivateFeed] = {}
        """Member -> what of their private feed's address is known here; members who never had one aren't."""

    def is_here(self, activity_name: str) -> bool:
        """Whether this social stream owns an activity stream, and with it what is kept beside it."""
        return self.streams.of_activity(activity_name) == self.name
