"""Owns the judgement of self-trade prevention: nobody trades with themselves, and what that ends, ends once.

Never looks at answers.
Called by the verdict.
"""

from collections import Counter

from actors.machines.messages.words import Reason, SelfTrade
from tests.chaos.findings import Findings
from tests.chaos.history import History


def judge_self_trades(history: History, findings: Findings) -> None:
    """Adds trades of a member with themselves, and orders of which account and market don't tell alike."""
    for (market_id, execution_id), executions in history.executions.items():
        for one in executions:
            owners = [
                order.placed.account_id
                for order_id in one.order_ids
                for order in history.orders.get(order_id, [])[:1]
            ]
            if len(set(owners)) < len(owners):
                findings.lost.append(f"market {market_id}, execution {execution_id}: with oneself")
    heard = Counter(
        order_id
        for order_id, orders in history.orders.items()
        for order in orders[:1]
        for update in order.updates
        if update.reason is Reason.SELF_TRADE
    )
    findings.lost += [
        f"order {order_id} had met an order of its own member, and its account never heard"
        for order_id in history.crossed_self - heard
    ]
    findings.doubled += [
        f"order {order_id} was ended for meeting an order of its own member, and did not"
        for order_id in heard - history.crossed_self
    ]
    for arrived, met in history.met.items():
        for order in history.orders.get(arrived, [])[:1]:
            if order.placed.conditions.self_trade is not SelfTrade.CANCEL_MAKER:
                findings.lost.append(f"order {arrived} was to go itself, and order {met} went")
