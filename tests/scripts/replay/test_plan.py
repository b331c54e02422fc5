"""Owns who sends what in a replay, and what must come of it.

Never talks to an exchange.
Called by pytest.
"""

import json
from pathlib import Path

import pytest

from actors.machines.messages.words import Side
from scripts.replay.flow import FlowError, Operation, Trade, digest_of_trades, read_flow
from scripts.replay.plan import MAKER, TAKERS, Request, Step, make_plan, requests

SYNTHETIC_FLOW = Path(__file__).resolve().parents[2] / "data" / "order_flow.csv"


def place(order_id: int, sentence: str) -> Operation:
    """``buys 10 @ 5000``."""
    verb, quantity, _, price = sentence.split()
    return Operation("A", order_id, Side.BUY if verb == "buys" else Side.SELL, int(price), int(quantity))


def cancel(order_id: int) -> Operation:
    return Operation("C", order_id, Side.BUY, 5000, 0)


def test_the_maker_sends_what_rests_and_the_takers_in_turn_what_trades() -> None:
    plan = make_plan(
        [
            place(1, "buys 10 @ 5000"),
            place(2, "sells 10 @ 5100"),
            place(3, "sells 4 @ 5000"),
            place(4, "buys 4 @ 5100"),
            place(5, "buys 4 @ 5099"),
        ]
    )
    assert [step.member for step in plan.steps] == [MAKER, MAKER, 1, 2, MAKER]
    assert plan.trades == [Trade(1, 3, 5000, 4), Trade(2, 4, 5100, 4)]
    assert plan.orders == 5


def test_the_turn_comes_round() -> None:
    takings = [place(number, "sells 1 @ 5000") for number in range(2, 54)]
    plan = make_plan([place(1, "buys 99 @ 5000"), *takings])
    assert [step.member for step in plan.steps] == [MAKER, *TAKERS, 1, 2]


def test_a_taker_who_would_meet_himself_is_skipped_and_keeps_what_rests() -> None:
    everybodys_turn = [
        operation
        for number in range(10, 10 + 2 * (len(TAKERS) - 1), 2)
        for operation in (place(number, "sells 1 @ 6000"), place(number + 1, "buys 1 @ 6000"))
    ]
    first = [place(1, "sells 1 @ 5000"), place(2, "buys 5 @ 5000")]
    plan = make_plan([*first, *everybodys_turn, place(500, "sells 2 @ 5000"), cancel(2)])
    # It is the first taker's turn again, but order 2 at rest is his: the second meets it.
    assert plan.steps[-2:] == [Step(2, place(500, "sells 2 @ 5000")), Step(1, cancel(2))]
    assert plan.trades[-1] == Trade(2, 500, 5000, 2)


def test_an_order_that_the_maker_can_only_trade_with_himself_is_a_takers() -> None:
    plan = make_plan([place(1, "buys 5 @ 5000"), place(2, "sells 5 @ 4000")])
    assert [step.member for step in plan.steps] == [MAKER, 1]


@pytest.mark.parametrize(
    ("operations", "message"),
    [
        ([], "there are no operations"),
        ([cancel(1)], "order 1 is cancelled but doesn't rest then"),
        ([place(1, "buys 5 @ 5000"), cancel(1), cancel(1)], "order 1 is cancelled but"),
        ([place(1, "buys 5 @ 5000"), place(2, "sells 5 @ 5000"), cancel(1)], "order 1 is cancelled but"),
        ([place(1, "buys 5 @ 5000"), place(1, "buys 5 @ 4000")], "order 1 comes twice"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(operations: list[Operation], message: str) -> None:
    with pytest.raises(FlowError, match=message):
        make_plan(operations)


def test_an_order_that_nobody_may_send_is_refused() -> None:
    # Every taker has a bid at rest, each a tick higher, and then one order would meet them all.
    rests = [
        operation
        for number in range(len(TAKERS))
        for operation in (
            place(10 + 2 * number, f"sells 1 @ {5000 + number}"),
            place(11 + 2 * number, f"buys 2 @ {5000 + number}"),
        )
    ]
    with pytest.raises(FlowError, match="order 500 meets orders of all 50 takers"):
        make_plan([*rests, place(500, "sells 99 @ 1")])


def test_members_get_a_currency_unit_for_each_share_they_order() -> None:
    plan = make_plan(
        [place(1, "buys 10 @ 5000"), place(2, "sells 4 @ 5000"), place(3, "sells 7 @ 5000"), cancel(3)]
    )
    assert plan.funds == [11, 5, 8]


def test_a_request_is_a_run_of_one_member() -> None:
    one, two, three, four = (place(number, "buys 1 @ 5000") for number in (1, 2, 3, 4))
    steps = [Step(MAKER, one), Step(MAKER, two), Step(MAKER, three), Step(7, four), Step(MAKER, cancel(1))]
    assert list(requests(steps, 2)) == [
        Request(MAKER, [one, two]),
        Request(MAKER, [three]),
        Request(7, [four]),
        Request(MAKER, [cancel(1)]),
    ]
    assert [len(request.operations) for request in requests(steps, 1)] == [1, 1, 1, 1, 1]


def test_a_file_leads_to_the_recorded_trades() -> None:
    recorded = json.loads(SYNTHETIC_FLOW.with_suffix(".oracle.json").read_text())
    plan = make_plan(read_flow(SYNTHETIC_FLOW))
    assert digest_of_trades(plan.trades) == recorded["sha256"]
    assert [step.operation for step in plan.steps] == read_flow(SYNTHETIC_FLOW)
