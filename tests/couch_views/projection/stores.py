"""Owns stores for tests: each counts its bulks and fails on demand.

Never fails by itself.
Called by the tests of this folder.
"""

from collections.abc import Mapping, Sequence

from couch_views.client import Documents, DocumentsUnavailableError, NotWritten, Written
from couch_views.design_documents import load_designs
from couch_views.json_values import JsonObject
from tests.couch_views.servers import place


class WatchedDocuments(Documents):
    """Documents of its own. ``bulks`` are the ids of each bulk, ``reads`` those of each ``get_many``.

    ``fail_at`` is the number of calls after which the next one fails, ``done`` whether it is carried out
    all the same: an answer may be lost on its way.
    """

    def __init__(self) -> None:
        super().__init__(*place())
        self.bulks: list[list[str]] = []
        self.reads: list[list[str]] = []
        self.fail_at: int | None = None
        self.done = False

    def get_many(self, identities: Sequence[str]) -> list[JsonObject | None]:
        self.reads.append(list(identities))
        if self._failing():
            raise DocumentsUnavailableError("down")
        return super().get_many(identities)

    def bulk(self, documents: Sequence[Mapping[str, object]]) -> list[Written | NotWritten]:
        failing = self._failing()
        if failing and not self.done:
            raise DocumentsUnavailableError("down")
        self.bulks.append([str(document["_id"]) for document in documents])
        outcomes = super().bulk(documents)
        if failing:
            raise DocumentsUnavailableError("the answer was lost")
        return outcomes

    def everything(self) -> dict[str, JsonObject]:
        """All documents but the designs, without their revisions."""
        found = {}
        for document in super().get_many(self.identities(start="a", end="z")):
            assert document is not None
            found[str(document.pop("_id"))] = document
            del document["_rev"]
        return found

    def _failing(self) -> bool:
        if self.fail_at is None:
            return False
        self.fail_at -= 1
        if self.fail_at >= 0:
            return False
        self.fail_at = None
        return True


def made() -> WatchedDocuments:
    """A store with its database and designs."""
    documents = WatchedDocuments()
    documents.ensure_database()
    documents.ensure_designs(load_designs())
    documents.bulks.clear()
    return documents
