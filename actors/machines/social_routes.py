"""Owns which activity stream decides a member's command: their own, unless it is about another one.

Never knows where streams live.
Called by the decisions of account streams.
"""

from actors.machines.messages.social_commands import SocialCommand
from actors.machines.stream import names


def activity_of(_command: SocialCommand, account_id: int) -> str:
    """The activity stream whose owner decides this command of the member's."""
    return names.of_member(account_id)
