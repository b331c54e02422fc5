"""Owns what an answer of the machines comes to in the words of rules.

Never asks anybody anything.
Called by the stage.
"""

from actors.machines.messages.answers import (
    AccountResult,
    CancelledResult,
    ExchangeResult,
    MarketResult,
    MatchPreview,
    OrderPreview,
    OrderResult,
    Refused,
    Result,
)
from actors.machines.messages.challenges import ChallengeResult
from actors.machines.messages.words import OrderState
from tests.rules.steps import Outcome


def outcome_of(result: Result | None) -> Outcome:
    match result:
        case None:
            return Outcome("pending")
        case Refused():
            return Outcome("refused", str(result.reason))
        case OrderResult():
            trades = tuple((fill.quantity, fill.price) for fill in result.fills)
            reason = str(result.cancel_reason or "")
            return Outcome(str(result.state), reason, trades, result.available_quantity)
        case CancelledResult():
            return Outcome("done", cancels=len(result.order_ids))
        case MarketResult() | ExchangeResult() | ChallengeResult():
            return Outcome(str(result.state))
        case AccountResult():
            return Outcome("done")
    message = f"nothing here asks for what is answered by {result}"
    raise AssertionError(message)


def outcome_of_preview(quantity: int, matched: MatchPreview, account: OrderPreview) -> Outcome:
    """What would come of an order of this quantity."""
    trades = tuple((fill.quantity, fill.price) for fill in matched.fills)
    if matched.reason is not None:
        return Outcome("cancelled", str(matched.reason), trades, 0, exposure=account.exposure)
    states = {quantity: OrderState.CREATED, 0: OrderState.FILLED}
    state = states.get(matched.left, OrderState.PARTIAL)
    return Outcome(str(state), "", trades, matched.left, exposure=account.exposure)
