"""Owns the tests of comparing two exchanges: turns are compared in pairs, figures are medians.

Never measures.
Called by pytest.
"""

from scripts.bench.http import Case
from scripts.bench.sides import Measured, rows_of


def test_turns_that_followed_each_other_are_compared() -> None:
    turns = {
        "one": [Measured(100, 0.1, 0), Measured(200, 0.2, 0), Measured(50, 0.3, 0)],
        "other": [Measured(90, 0.2, 0.01), Measured(160, 0.3, 0.02), Measured(60, 0.4, 0.03)],
    }
    one, other = rows_of("side", Case(8, 100), turns)
    assert (one["side"], one["orders/s"], one["ratio"], one["worst"]) == ("one", 100, 1.0, 1.0)
    assert (other["side"], other["orders/s"], other["ratio"], other["worst"]) == ("other", 90, 0.9, 0.8)
    assert (other["from"], other["each"], other["cpu ms"], other["broker ms"]) == (8, 100, 0.3, 0.02)
