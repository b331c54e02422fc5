"""Owns the working documents of the projector: a bounded cache, and writing so that the newer one stays.

Never folds; never writes a document that is older than the stored one.
Called by the projector.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final, Protocol, cast

from couch_views.client import BULK_MAX, DocumentConflictError, DocumentsRefusedError, NotWritten, Written
from couch_views.json_values import JsonObject
from couch_views.projection.held import Held, hold
from couch_views.shapes import Document

CACHED_MAX: Final = 20_000
"""Documents kept between batches; the longest unused go first."""
ATTEMPTS_MAX: Final = 3


class Store(Protocol):
    """What is needed of ``couch_views.client.Documents``."""

    def get_many(self, identities: Sequence[str]) -> list[JsonObject | None]: ...

    def bulk(self, documents: Sequence[Mapping[str, object]]) -> list[Written | NotWritten]: ...


class WorkingDocuments:
    """The documents that batches fold into, kept while they are in use."""

    def __init__(self, store: Store, cached_max: int = CACHED_MAX) -> None:
        self._store = store
        self._cached_max = cached_max
        self._cached: dict[str, Held] = {}

    def take(self, identities: Iterable[str]) -> dict[str, Held]:
        """The documents that exist, by id; what isn't at hand is read in requests of ``BULK_MAX``."""
        taken: dict[str, Held] = {}
        missing: list[str] = []
        for identity in identities:
            held = self._cached.pop(identity, None)
            if held is None:
                missing.append(identity)
            else:
                taken[identity] = held
        for first in range(0, len(missing), BULK_MAX):
            for document in self._read(missing[first : first + BULK_MAX]):
                if document is not None:
                    taken[document["_id"]] = hold(document)
        return taken

    def keep(self, documents: Mapping[str, Held]) -> None:
        """Keeps documents, as they are stored, for the batches to come."""
        self._cached |= documents
        excess = max(0, len(self._cached) - self._cached_max)
        for identity in list(islice(self._cached, excess)):
            del self._cached[identity]

    def write(self, documents: Sequence[Document]) -> dict[str, Document]:
        """Writes documents in bulks and gives them with their revisions, by id.

        Where the stored document is as new or newer, it stays, and is given instead. Raises what the
        store raises; then some may be written.
        """
        written: dict[str, Document] = {}
        for first in range(0, len(documents), BULK_MAX):
            left = list(documents[first : first + BULK_MAX])
            for _ in range(ATTEMPTS_MAX):
                left = self._settle(self._attempt(left, written), written)
                if not left:
                    break
            else:
                raise DocumentConflictError(f"somebody else keeps writing {left[0]['_id']}")
        return written

    def _attempt(self, documents: Sequence[Document], written: dict[str, Document]) -> list[Document]:
        """One bulk; gives the documents that met another revision."""
        conflicts: list[Document] = []
        for document, outcome in zip(documents, self._store.bulk(documents), strict=True):
            if isinstance(outcome, Written):
                document["_rev"] = outcome.revision
                written[outcome.id] = document
            elif outcome.error == "conflict":
                conflicts.append(document)
            else:
                raise DocumentsRefusedError(f"{outcome.id}: {outcome.error}: {outcome.reason}")
        return conflicts

    def _settle(self, conflicts: Sequence[Document], written: dict[str, Document]) -> list[Document]:
        """Keeps the stored ones that are as new; gives the others, to be written over what is stored."""
        if not conflicts:
            return []
        left: list[Document] = []
        for document, stored in zip(
            conflicts, self._read([document["_id"] for document in conflicts]), strict=True
        ):
            if stored is None:
                document.pop("_rev", None)
                left.append(document)
            elif stored["sequence"] >= document["sequence"]:
                written[stored["_id"]] = stored
            else:
                document["_rev"] = stored["_rev"]
                left.append(document)
        return left

    def _read(self, identities: Sequence[str]) -> list[Document | None]:
        return cast("list[Document | None]", self._store.get_many(identities))
