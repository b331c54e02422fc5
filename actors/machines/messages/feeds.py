"""Owns the commands and events of private feeds: addresses by which a member reads without signing in.

Never holds an address: it is made of what is here and of a secret that only the web knows.
Called by the feeds slice, the projection and the resources.
"""

from actors.machines.messages.base import Identity, Message, Time


class RenewFeed(Message):
    """The member wants an address, or another one: those before are none any more."""


class RevokeFeed(Message):
    """The member wants no address."""


class FeedRenewed(Message):
    """``generation``: how many addresses the member has had with this one."""

    account_id: Identity
    generation: Identity
    time: Time


class FeedRevoked(Message):
    account_id: Identity


FeedCommand = RenewFeed | RevokeFeed
FeedEvent = FeedRenewed | FeedRevoked
