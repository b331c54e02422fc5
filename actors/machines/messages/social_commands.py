"""Owns the list of what members tell social streams to do, and the event of sending it.

Never holds a command: each slice has a module of its own.
Called by commands, the account machine and the social machine.
"""

from actors.machines.messages.base import Identity, Message, Time, Username
from actors.machines.messages.comments import CommentCommand
from actors.machines.messages.feeds import FeedCommand
from actors.machines.messages.following import FollowCommand
from actors.machines.messages.notifications import NotificationCommand

SocialCommand = NotificationCommand | FollowCommand | CommentCommand | FeedCommand


class SocialCommandSent(Message):
    """A member's command about their activity went to the social stream that decides it."""

    account_id: Identity
    request_id: Identity
    item: int
    destination: str
    command: SocialCommand
    username: Username
    time: Time
