"""Owns the tests of the leaderboards as data: the order of their keys, and what each tells.

Never looks at a score.
Called by pytest.
"""

import pytest

from actors.machines.messages.social_words import Detail
from couch_views.leaderboards import BOARDS


@pytest.mark.parametrize(("value", "better"), [(-5, 7), (0, 1), (-1, 0), (10**17, 10**17 + 1)])
def test_keys_sort_as_their_board_does(value: int, better: int) -> None:
    for board in BOARDS.values():
        first, second = (value, better) if board.lowest_first else (better, value)
        assert board.key(first) < board.key(second)
        assert board.value(board.key(value)) == value


@pytest.mark.parametrize(
    ("detail", "boards"),
    [
        (Detail.TRADED, []),
        (Detail.SIDE, []),
        (Detail.PRICE, ["calibration", "streak"]),
        (Detail.AMOUNT, ["volume", "calibration", "streak"]),
        (Detail.PROFIT, ["profit", "return", "volume", "calibration", "streak"]),
    ],
)
def test_a_board_tells_as_much_as_its_detail(detail: Detail, boards: list[str]) -> None:
    assert [name for name, board in BOARDS.items() if board.is_for(detail)] == boards
