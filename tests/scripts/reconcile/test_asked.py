"""Owns the tests of the reconciliation of a running exchange: its pages are read to the end, and told.

Never needs a server: the exchange is in one thread.
Called by pytest.
"""

from pathlib import Path
from typing import cast

from couch_views.queries.ledger import transactions
from couch_views.shapes import document_id
from scripts.reconcile.asked import reconcile
from tests.resources.world import Json, Visitor, World
from tests.scripts.reconcile.books import remove
from tests.scripts.reconcile.test_stored import Heard


class Asking:
    """A visitor, as the command's client would be."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def get(self, path: str) -> Json:
        return self._visitor.ok("GET", f"/v3{path}")


def test_the_books_of_a_running_exchange_agree(tmp_path: Path) -> None:
    world, heard = World(tmp_path), Heard()
    for number in range(40):
        world.member(f"member{number}", money="10.00" if number < 5 else None)
    reconciled = reconcile(Asking(world.staff), heard)
    assert heard.differences == []
    assert heard.passed == reconciled.accounts == 2 * 2 + 1 + 40
    assert reconciled.transactions == 5
    assert list(reconciled.sequences) == ["accounts-0", "accounts-1"]
    world.close()


def test_what_differs_is_told_whatever_page_it_is_on(tmp_path: Path) -> None:
    world, heard = World(tmp_path), Heard()
    account = world.member("ada", money="10.00").ok("GET", "/v3/accounts/")["account"]
    document = cast("dict[str, object]", world.documents.get(document_id("account", account["account_id"])))
    world.documents.bulk([{**document, "balance": "10.00000001"}])
    for stream in world.exchange.streams.account_names:
        for some in transactions(world.documents, stream):
            remove(world.documents, [deposit["_id"] for deposit in some])
    reconcile(Asking(world.staff), heard)
    words = [(line.partition(" of ")[0], line.rpartition(" in ")[2]) for line in heard.differences]
    name = f"account/{account['account_id']}"
    assert words == [("external", "the ledger"), (name, "the ledger"), (name, "its document")]
    world.close()
