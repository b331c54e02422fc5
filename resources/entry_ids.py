"""Owns the ids of entries of activity as they are shown: opaque, and for ever the same.

Never lets out the id that an entry has in the log: those rise with time.
Called by every resource that shows the id of an entry, or takes one.

By ids that rise, the entries around one, whose times are shown, would tell who may not know when it happened.
"""

from typing import Final

from couch_views.queries.pages import QueryError
from resources.seals import Seal

_DIGITS_HEX: Final = 16
"""So that all are equally long: an id is below 2^63."""


class EntryIds:
    """Makes and reads them; ``secret`` is the installation's."""

    def __init__(self, secret: bytes) -> None:
        self._seal = Seal(secret, b"entry id")

    def shown(self, entry_id: int | str) -> str:
        """The id as anybody may know it."""
        return self._seal.close(f"{int(entry_id):0{_DIGITS_HEX}x}")

    def read(self, shown: str) -> int | None:
        """The entry's own id; ``None`` for what was never shown."""
        try:
            return int(self._seal.open(shown), 16)
        except QueryError:
            return None


def named(entry_ids: EntryIds | None, entry_id: int | str | None) -> str | None:
    """The id of what may be about no entry. Where nobody gives ``entry_ids``, no entry is named."""
    return None if entry_ids is None or not entry_id else entry_ids.shown(entry_id)
