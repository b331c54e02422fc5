"""Owns the reconciliation of a running exchange over HTTP: each page of what the exchange itself compared.

Never compares anything: the exchange asks its actors, waits for its documents, and compares.
Called by the command.
"""

from typing import Any, Final, Protocol

from actors.machines import limits
from actors.machines.money import parse_money
from couch_views.queries.ledger import Totals
from couch_views.queries.reconciliation import totals_problem
from scripts.reconcile.reconciled import Listener, Reconciled

_PATH: Final = "/ledger/reconciliation/"
_FIRST: Final = f"?limit={limits.RECONCILED_PER_PAGE_MAX}"


class Asks(Protocol):
    """Somebody who is signed in as staff; ``scripts.client.Client`` is one."""

    def get(self, path: str) -> Any: ...  # noqa: ANN401 (what the API answers)


def reconcile(staff: Asks, listener: Listener) -> Reconciled:
    """Asks for every account. Raises what asking raises, also where documents don't catch up in time."""
    accounts, sequences = 0, dict[str, int]()
    totals = Totals(0, 0)
    following: str | None = _FIRST
    while following is not None:
        answer = staff.get(_PATH + following)
        page = answer["reconciliation"]
        for account in page["accounts"]:
            stream = account["stream"]
            sequences[stream] = max(sequences.get(stream, 0), account["sequence"])
            for difference in account["differences"]:
                listener.differs(difference)
        accounts += len(page["accounts"])
        listener.advance(len(page["accounts"]))
        totals = Totals(parse_money(page["ledger_total"]), page["transactions"])
        following = answer["pagination"]["next_page"]
    problem = totals_problem(totals)
    if problem is not None:
        listener.differs(problem)
    return Reconciled(accounts, totals.transactions, dict(sorted(sequences.items())))
