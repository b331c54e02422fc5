"""Owns how an added entry is evolved, told to other social streams, and taken from them.

Never says what becomes an entry: the other slices do.
Called through the social machine's table.
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.activity import AddEntry, EntryAdded
from actors.machines.stream.slice import Slice
from actors.machines.stream.state import SocialState


def receive(state: SocialState, message: AddEntry, _time: int) -> Iterator[EntryAdded]:
    yield state.activity.added(message)


def add(state: SocialState, event: EntryAdded) -> None:
    state.activity.add(event)


def tell(state: SocialState, event: EntryAdded) -> list[tuple[str, AddEntry]]:
    return state.activity.to_tell(event)


SLICE: Final = Slice(
    receives={AddEntry: receive},
    evolves={EntryAdded: add},
    effects={EntryAdded: tell},
)
