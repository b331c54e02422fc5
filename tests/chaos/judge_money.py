"""Owns the judgement of the money, counted anew from deposits and executions as integers.

Never uses the exchange's own sums but to compare with them.
Called by the verdict, once every market is settled.
"""

from collections import Counter
from typing import Final

from tests.chaos.findings import Findings
from tests.chaos.history import History, Set
from tests.chaos.ledger import ACCEPTED_MAX, Json, Ledger
from tests.processes.ledger import PRICE_SCALE, money

MOVES: Final = {"deposits": 1, "withdrawals": -1}


def judge_money(ledger: Ledger, history: History, findings: Findings) -> None:
    """Adds every unit that is too much or too little."""
    _judge_deposits(ledger, history, findings)
    accounts = [account_id for several in history.accounts.values() for account_id in several]
    for account_id in accounts:
        _judge_movements(account_id, history, findings)
    findings.money += [problem for each in history.sets if (problem := _unsound(each, history))]
    for (market_id, version), clearing in history.clearing.items():
        if sum(clearing.values()) != 0:
            findings.money.append(f"market {market_id}, verdict {version}, keeps {clearing} in clearing")
    outside = sum(sum(amounts) for amounts in history.deposits.values())
    kept = sum(settled[-1].commission_total for settled in history.settled.values())
    inside = sum(map(history.balance, accounts)) + kept
    if outside != inside:
        findings.money.append(f"{outside} came in, {inside} is there")
    unsettled = sorted(history.terms.keys() - history.verdicts.keys())
    findings.money += [f"market {market_id} is not settled" for market_id in unsettled]


def _unsound(made: Set, history: History) -> str:
    """What is wrong with a set: it has each contract of its market once, and their prices come to 10000."""
    fill = made.fill
    told = f"market {made.market_id}: the set of execution {fill.execution_id}"
    contracts = sorted([made.contract_id, *(leg.contract_id for leg in fill.legs)])
    if contracts != sorted(history.terms[made.market_id].contract_ids):
        return f"{told} is of contracts {contracts}"
    paid = fill.price + sum(leg.price for leg in fill.legs)
    return "" if paid == PRICE_SCALE else f"{told} was made for {paid}"


def _judge_movements(account_id: int, history: History, findings: Findings) -> None:
    """Every balance is the one before and what moved, and in the end nothing is at risk."""
    before = 0
    for change, balance in history.movements.get(account_id, ()):
        if balance != before + change:
            findings.money.append(f"account {account_id} had {before}, got {change} and has {balance}")
        before = balance
    if (exposure := history.exposures.get(account_id, 0)) != 0:
        findings.money.append(f"account {account_id} is still exposed by {exposure} after all is settled")


def _judge_deposits(ledger: Ledger, history: History, findings: Findings) -> None:
    """No two moves of the workload are of one amount, so each is told from the others by it."""
    answered: Counter[tuple[str, int]] = Counter()
    asked: Counter[tuple[str, int]] = Counter()
    for entry in ledger.entries:
        if (move := _move(entry.path, entry.body)) is not None:
            asked[move] += 1
            answered[move] += bool(entry.answers) and entry.answers[0].status <= ACCEPTED_MAX
    logged = Counter(
        (username, amount)
        for username, accounts in history.accounts.items()
        for account_id in accounts
        for amount in history.deposits.get(account_id, ())
    )
    findings.lost += [
        f"money moved for {name} is not in the log: {units}" for name, units in answered - logged
    ]
    findings.doubled += [f"money moved for {name} too often: {units}" for name, units in logged - asked]


def _move(path: str, body: Json) -> tuple[str, int] | None:
    """Username and signed amount of a deposit or withdrawal."""
    parts = path.strip("/").split("/")
    if len(parts) != 3 or parts[2] not in MOVES:
        return None
    return parts[1], MOVES[parts[2]] * money(body["amount"])
