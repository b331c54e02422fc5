"""Owns the judgement of settlements: each verdict, and each correction, paid what the executions say, once.

Never adds up what is in the exchange as a whole.
Called by the verdict, once every market is settled.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from actors.machines.messages.events import PositionSettled
from actors.machines.messages.parts import Verdict
from actors.machines.messages.words import Side
from tests.chaos.findings import Findings
from tests.chaos.history import History
from tests.processes.ledger import PRICE_SCALE


def judge_settlements(history: History, findings: Findings) -> None:
    """Adds every payment that is missing, wrong or there twice, and every stake given back twice."""
    for number in range(max(map(len, history.all_verdicts.values()), default=0)):
        verdicts = {
            market_id: several[number]
            for market_id, several in history.all_verdicts.items()
            if len(several) > number
        }
        findings.money += _wrong_results(verdicts, history)
    for (account_id, market_id), settled in history.settled.items():
        versions = [each.version for each in settled]
        if versions != sorted(set(versions)):
            findings.doubled.append(f"account {account_id}, market {market_id}: settled by {versions}")
        findings.money += _wrong_moves(settled)
    findings.doubled += [
        f"account {account_id} got its stakes in contract {contract_id} back {count} times"
        for (account_id, contract_id), count in history.returned.items()
        if count > 1
    ]


def _wrong_results(verdicts: Mapping[int, Verdict], history: History) -> Iterator[str]:
    """Each member was paid in each market what the executions say, less commission."""
    expected = expected_results(history, verdicts)
    told = {
        (account_id, market_id): (settled.result, settled.commission_total)
        for (account_id, market_id), several in history.settled.items()
        for settled in several
        if market_id in verdicts and settled.version == verdicts[market_id].version
    }
    for account_id, market_id in sorted(expected.keys() | told.keys()):
        if market_id not in history.terms:
            yield f"account {account_id} is settled in market {market_id}, which nobody made"
            continue
        result = expected.get((account_id, market_id), 0)
        # Of a win only, rounded down to the unit.
        commission = max(result, 0) * history.terms[market_id].commission // PRICE_SCALE
        found = told.get((account_id, market_id))
        if found != (result, commission):
            version = verdicts[market_id].version
            yield (
                f"account {account_id}, market {market_id}, verdict {version}:"
                f" settled with {found}, not {(result, commission)}"
            )


def _wrong_moves(settled: list[PositionSettled]) -> Iterator[str]:
    """What moves is all at the first verdict, and the difference at each correction."""
    if settled[0].gross != settled[0].result or settled[0].commission != settled[0].commission_total:
        yield f"{settled[0]} does not move its result"
    for before, after in pairwise(settled):
        moved = after.result - before.result, after.commission_total - before.commission_total
        if (after.gross, after.commission) != moved:
            yield f"{after} has to move {moved}"


def expected_results(history: History, verdicts: Mapping[int, Verdict]) -> dict[tuple[int, int], int]:
    """What each account won or lost in each market, by the executions and verdicts alone."""
    results: dict[tuple[int, int], int] = defaultdict(int)
    for (market_id, _), executions in history.executions.items():
        verdict = verdicts.get(market_id)
        if verdict is None or verdict.void:
            continue
        for one in executions:
            if history.is_voided(market_id, one.contract_id):
                continue
            value = one.quantity * (_pays(verdict, one.contract_id) - one.price)
            for order_id in one.order_ids:
                for order in history.orders.get(order_id, [])[:1]:
                    gain = value if order.placed.side is Side.BUY else -value
                    results[order.placed.account_id, market_id] += gain
    return results


def _pays(verdict: Verdict, contract_id: int) -> int:
    return PRICE_SCALE if contract_id in verdict.winners else 0
