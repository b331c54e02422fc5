"""Owns the lists of what social streams say to each other and of what they write.

Never holds a message: each slice has a module of its own.
Called by posted messages, events, and the social machine.
"""

from actors.machines.messages.activity import ActivityEvent, AddEntry
from actors.machines.messages.badges import BadgeEvent
from actors.machines.messages.comments import CommentEvent
from actors.machines.messages.feeds import FeedEvent
from actors.machines.messages.following import FollowEvent, FollowPosted
from actors.machines.messages.known_events import KnownEvent
from actors.machines.messages.notifications import NotificationEvent, NotificationPosted
from actors.machines.messages.scores import ContinueScoring, ScoreEvent

SocialPosted = AddEntry | NotificationPosted | FollowPosted | ContinueScoring
"""Between social streams."""
SocialEvent = (
    KnownEvent
    | NotificationEvent
    | ScoreEvent
    | ActivityEvent
    | BadgeEvent
    | FollowEvent
    | CommentEvent
    | FeedEvent
)
"""What social streams alone write."""
