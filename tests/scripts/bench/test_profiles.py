"""Owns the tests of the comparison of the profiles: turns are compared in pairs, figures are medians.

Never measures.
Called by pytest.
"""

from scripts.bench.http import Case
from scripts.bench.profiles import EMBEDDED, FULL, Measured, rows_of


def test_turns_that_followed_each_other_are_compared() -> None:
    turns = {
        EMBEDDED: [Measured(100, 0.1, 0), Measured(200, 0.2, 0), Measured(50, 0.3, 0)],
        FULL: [Measured(90, 0.2, 0.01), Measured(160, 0.3, 0.02), Measured(60, 0.4, 0.03)],
    }
    embedded, full = rows_of(Case(8, 100), turns)
    assert (embedded["orders/s"], embedded["ratio"], embedded["worst"]) == (100, 1.0, 1.0)
    assert (full["orders/s"], full["ratio"], full["worst"]) == (90, 0.9, 0.8)
    assert (full["from"], full["each"], full["cpu ms"], full["broker ms"]) == (8, 100, 0.3, 0.02)
