"""Owns how a scenario is played line by line, and what is said where it isn't as it is written.

Never performs anything itself: the stage does.
Called by the tests of the rules.
"""

from actors.machines.messages.words import ExchangeState, MarketState, OrderState
from tests.rules import drawing, steps
from tests.rules.stage import Stage
from tests.rules.steps import Line, Outcome


class BrokenRuleError(AssertionError):
    """What was seen is not what the rule says: the line, and both."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")


QUIET = {"", "done", *MarketState, *ExchangeState}


def play(lines: tuple[Line, ...]) -> None:
    """Performs a scenario; BrokenRuleError at the first line that isn't as it is written."""
    market = next((line.step for line in lines if isinstance(line.step, steps.Market)), steps.Market())
    stage = Stage(market)
    acted = False
    for at, line in enumerate(lines):
        try:
            _play(stage, line, at, acted=acted)
        except BrokenRuleError:
            raise
        except AssertionError as error:
            raise BrokenRuleError(line.number, str(error)) from error
        acted = acted or isinstance(line.step, steps.Action)
    if problems := stage.sound():
        raise BrokenRuleError(lines[-1].number, "after it the audit finds: " + "; ".join(problems))


def _play(stage: Stage, line: Line, at: int, *, acted: bool) -> None:
    step = line.step
    if isinstance(step, steps.Market):
        assert at == 0, "the market stands in the first line"
    elif isinstance(step, steps.Funds):
        assert not acted, "what somebody has at first is said before anything is done"
        stage.give(step)
    elif isinstance(step, steps.Action):
        _compare(line, stage.perform(step))
    elif isinstance(step, steps.Book) and not acted:
        stage.draw(step)
    else:
        said, seen = stage.check(step)
        assert said == seen, f"the rule says\n{said}\nbut it is\n{seen}"


def _compare(line: Line, seen: Outcome) -> None:
    """What is said must be so; what is not said is what one expects: an order rests, nothing trades."""
    said = line.outcome
    if said is None:
        orders = isinstance(line.step, steps.Order | steps.Amend | steps.Challenge)
        usual = orders and seen.state == OrderState.CREATED and not seen.trades
        cancelled = isinstance(line.step, steps.Cancel | steps.CancelAll) and seen.state != "refused"
        quiet = not orders and seen.state in QUIET
        assert usual or cancelled or quiet, f"nothing is said of what came of it: {drawing.said(seen)}"
        return
    wanted = Outcome(
        said.state or seen.state,
        said.reason or (seen.reason if not said.state else ""),
        said.trades,
        seen.rests if said.rests is None else said.rests,
        seen.cancels if said.cancels is None else said.cancels,
        seen.exposure if said.exposure is None else said.exposure,
    )
    failed = not said.state and seen.state in {"refused", OrderState.REJECTED, OrderState.CANCELLED}
    both = f"the rule says\n{drawing.said(said)}\nbut it is\n{drawing.said(seen)}"
    assert not failed, both
    assert wanted == seen, both
