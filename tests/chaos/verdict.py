"""Owns the verdict: was the promise kept, by the log, the documents and the ledger alone.

Never asks a running exchange.
Called by the command once everything has come to rest, and by the tests that plant lies.
"""

from collections.abc import Iterable

from tests.chaos.findings import Findings
from tests.chaos.history import History
from tests.chaos.judge_amendments import judge_amendments
from tests.chaos.judge_answers import AnswerJudge
from tests.chaos.judge_challenges import judge_challenges
from tests.chaos.judge_conditions import judge_conditions
from tests.chaos.judge_log import judge_log
from tests.chaos.judge_money import judge_money
from tests.chaos.judge_previews import judge_previews
from tests.chaos.judge_self_trades import judge_self_trades
from tests.chaos.judge_settlements import judge_settlements
from tests.chaos.judge_steps import judge_steps
from tests.chaos.ledger import Ledger


def judge(ledger: Ledger, history: History, pending: Iterable[int] = ()) -> Findings:
    """What is wrong. ``pending``: the orders that had waited in vain before the markets were closed."""
    findings = Findings()
    AnswerJudge(history, findings).judge(ledger)
    judge_challenges(ledger, history, findings)
    judge_log(ledger, history, findings)
    judge_amendments(ledger, history, findings)
    judge_conditions(history, findings)
    judge_self_trades(history, findings)
    judge_previews(ledger, history, findings)
    judge_steps(ledger, history, findings)
    judge_settlements(history, findings)
    judge_money(ledger, history, findings)
    stuck = sorted({*pending, *history.live})
    findings.stuck += [f"order {order_id} is {history.orders[order_id][0].state}" for order_id in stuck]
    return findings
