"""Owns what an audit is fed: a record of a stream, its body read.

Never knows of the envelope what the chain has verified already (epoch, hashes).
Called by whoever feeds an auditor.
"""

from typing import NamedTuple

from actors.machines.messages.record import Body


class Entry(NamedTuple):
    """One record; ``time`` in microseconds since 1970."""

    stream: str
    sequence: int
    time: int
    body: Body
