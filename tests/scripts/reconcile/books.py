"""Owns an exchange's books for tests: a lawful log, and the documents that the projector makes of it.

Never damages them by itself: ``change`` and ``remove`` do what a test says.
Called by the tests of this folder.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from actors.processes.projector_core import Projector
from couch_views.client import Documents, Written
from couch_views.opening import open_documents
from couch_views.queries.ledger import transactions
from couch_views.shapes import AccountDocument, TransactionDocument
from rabbit.log import Log
from tests.processes.kept import lawful_log


def projected(documents: Documents, log: Log | None = None) -> Documents:
    """These documents, with all of a lawful log in them."""
    projector = Projector(log or lawful_log(), documents)
    while projector.step(0):
        pass
    projector.close()
    return documents


def books() -> Documents:
    """The documents in memory."""
    return projected(open_documents("memory", Path(), writer=True))


def booked(documents: Documents, stream: str) -> list[TransactionDocument]:
    """Every transaction of a stream."""
    return [one for some in transactions(documents, stream) for one in some]


def account(documents: Documents, account_id: int) -> AccountDocument:
    return cast("AccountDocument", documents.get(f"account{account_id:020d}"))


def write(documents: Documents, *changed: object) -> None:
    """Writes documents, over those that are there."""
    assert all(isinstance(each, Written) for each in documents.bulk(cast("list[dict[str, object]]", changed)))


def remove(documents: Documents, identities: Iterable[str]) -> None:
    stored = [documents.get(identity) for identity in identities]
    write(documents, *({"_id": one["_id"], "_rev": one["_rev"], "_deleted": True} for one in stored if one))
