"""Owns the judgement of previews: nothing of them is in the log, and what they promise adds up.

Never says what an order would have come to: by the time that one comes, others may have come before it.
Called by the verdict.
"""

from collections.abc import Iterator

from tests.chaos.findings import Findings
from tests.chaos.history import History
from tests.chaos.ledger import ACCEPTED_MAX, PREVIEW, Json, Ledger


def judge_previews(ledger: Ledger, history: History, findings: Findings) -> None:
    """Adds every preview that happened, and every one that says what no order could come to."""
    references = {
        (order.placed.account_id, order.placed.reference_id)
        for orders in history.orders.values()
        for order in orders
    }
    for entry in ledger.entries:
        if entry.path != PREVIEW:
            continue
        reference = entry.body["reference_id"]
        if (entry.member.account_id, reference) in references:
            findings.doubled.append(f"{entry.member.username}: {reference} was only to be looked at")
        for status, content, _ in entry.answers:
            if status <= ACCEPTED_MAX:
                findings.lost += [
                    f"{entry.member.username}, preview of {reference}: {problem}"
                    for problem in _impossible(entry.body, content)
                ]


def _impossible(asked: Json, told: Json) -> Iterator[str]:
    quantities = [fill["quantity"] for fill in told["executions"]]
    if sum(quantities) != told["total_executed_quantity"]:
        yield f"{told['total_executed_quantity']} would be executed, in {quantities}"
    if told["total_executed_quantity"] + told["available_quantity"] > asked["quantity"]:
        yield f"of {asked['quantity']}, {told['total_executed_quantity']} and {told['available_quantity']}"
    sign = 1 if asked["side"] == "buy" else -1
    for fill in told["executions"] if told["price"] is not None else ():
        if sign * (told["price"] - fill["price"]) < 0:
            yield f"would trade at {fill['price']}, which is worse than {told['price']}"
