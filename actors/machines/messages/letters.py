"""Owns what travels between streams: numbered messages, and how far the other side was heard.

Never guarantees delivery by itself: a letter may be lost, repeated or late (see the post).
Called by the turn (reads letters), the post (makes them) and the host shells (carry them).
"""

from actors.machines.messages.base import Part
from actors.machines.messages.posted import Posted


class Letter(Part):
    """Messages from one stream to another.

    ``first`` is the number of the first message; the rest follow consecutively. Without messages it
    only acknowledges. ``acknowledged``: the source has logged every message from the destination up
    to this number. ``sequence`` and ``time``: the source's last record when the letter was made.
    """

    source: str
    destination: str
    first: int
    messages: tuple[Posted, ...]
    acknowledged: int
    sequence: int
    time: int = 0
