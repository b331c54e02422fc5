"""Owns the form of a slice: which events and commands it takes, what it writes, and how that is evolved.

Never holds a rule: each slice is a module with a table ``SLICE`` of this form.
Called by the slices and by the social machine, which joins their tables.

The functions are given the event, command or message that they stand for in the table; ``Never`` is how the
type checker lets them say so. All but ``evolves`` change nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Never

from actors.machines.messages.answers import Refused, Result
from actors.machines.messages.events import Event, SocialStreamEvent
from actors.machines.messages.posted import Instruct, Posted
from actors.machines.messages.social_commands import SocialCommand
from actors.machines.stream.state import Moment, SocialState

Events = Iterable[SocialStreamEvent]


class Decided(NamedTuple):
    """What a command leads to, and what its member is answered."""

    events: tuple[SocialStreamEvent, ...]
    result: Result


Observe = Callable[[SocialState, Never, Moment], Events]
Take = Callable[[SocialState, Instruct, Never, int], Decided | Refused]
Receive = Callable[[SocialState, Never, int], Events]
Evolve = Callable[[SocialState, Never], None]
Conclude = Callable[[SocialState, Sequence[Event]], Events]
Effect = Callable[[SocialState, Never], Iterable[tuple[str, Posted]]]


class Slice(NamedTuple):
    """What one subject of members' activity does.

    ``observes``: events of the logs that are followed, and of this very stream (once they are evolved), and
    what they lead to; ``takes``: members' commands; ``receives``: messages of other social streams;
    ``evolves``: events of this stream, another slice's too, and what they change here; ``effects``: what
    other streams are told of them; ``concludes``: what all events of a turn lead to together, once nothing
    else happens in it. Several slices may observe, and evolve by, the same event: in the order
    in which the machine joins them.
    """

    observes: Mapping[type[Event], Observe] = {}
    takes: Mapping[type[SocialCommand], Take] = {}
    receives: Mapping[type[Posted], Receive] = {}
    evolves: Mapping[type[SocialStreamEvent], Evolve] = {}
    effects: Mapping[type[SocialStreamEvent], Effect] = {}
    concludes: Conclude | None = None
