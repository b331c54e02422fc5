"""Owns the proof of what each side sees of an arrival: fills of a book and sets, in the order of trading.

Never repeats how they come about.
Called by pytest.
"""

from actors.machines.market_stream.executions import Execution, MakerFills, executions, maker_fills, own_fills
from actors.machines.messages.book_events import OrderMatched
from actors.machines.messages.parts import Fill, MakerFill, SetFill, SetLeg
from actors.machines.messages.words import Side

BUY, SELL = Side.BUY, Side.SELL
DIRECT = (MakerFill(4, 50, 5, 6_500, 9),)
SETS = (
    SetFill(1, 6_000, 3, (SetLeg(2, 8, 60, 6, 3_000), SetLeg(3, 9, 70, 7, 1_000))),
    SetFill(5, 6_600, 2, (SetLeg(6, 8, 60, 6, 3_000), SetLeg(7, 9, 71, 7, 400))),
)


def arrived(sets: tuple[SetFill, ...]) -> OrderMatched:
    return OrderMatched(1, 7, 40, 4, BUY, 7_000, 14, DIRECT, 0, None, 100, sets=sets)


def test_a_fill_of_a_book_is_one_execution() -> None:
    event = arrived(())
    assert executions(event) == [Execution(4, 7, BUY, 6_500, 9)]
    assert own_fills(event) == (Fill(4, 6_500, 9),)
    assert maker_fills(event) == [MakerFills(7, 50, 5, SELL, (Fill(4, 6_500, 9),))]


def test_a_set_is_an_execution_of_every_contract() -> None:
    assert executions(arrived(SETS)) == [
        Execution(1, 7, BUY, 6_000, 3),
        Execution(2, 8, SELL, 3_000, 3),
        Execution(3, 9, SELL, 1_000, 3),
        Execution(4, 7, BUY, 6_500, 9),
        Execution(5, 7, BUY, 6_600, 2),
        Execution(6, 8, SELL, 3_000, 2),
        Execution(7, 9, SELL, 400, 2),
    ]


def test_the_arriving_order_sees_all_that_it_traded() -> None:
    assert own_fills(arrived(SETS)) == (Fill(1, 6_000, 3), Fill(4, 6_500, 9), Fill(5, 6_600, 2))


def test_a_resting_order_sees_all_of_its_fills_at_once() -> None:
    assert maker_fills(arrived(SETS)) == [
        MakerFills(8, 60, 6, BUY, (Fill(2, 3_000, 3), Fill(6, 3_000, 2))),
        MakerFills(9, 70, 7, BUY, (Fill(3, 1_000, 3),)),
        MakerFills(7, 50, 5, SELL, (Fill(4, 6_500, 9),)),
        MakerFills(9, 71, 7, BUY, (Fill(7, 400, 2),)),
    ]
