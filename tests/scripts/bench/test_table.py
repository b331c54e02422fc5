"""Owns the shape in which benchmarks show what they measured.

Never measures anything.
Called by pytest.
"""

import json

import pytest

from scripts.bench.table import print_table, shown


def test_rows_are_shown_to_people_and_to_machines(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("books", [{"book": "fast", "ratio": 7.51}, {"book": "naive", "ratio": 0.02}])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "books"
    assert any("fast" in line and "7.51" in line for line in lines)
    assert [json.loads(line) for line in lines[-2:]] == [
        {"bench": "books", "book": "fast", "ratio": 7.51},
        {"bench": "books", "book": "naive", "ratio": 0.02},
    ]


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ("fast", "fast"),
        (0, "0"),
        (1_234_567, "1,234,567"),
        (1_234_567.8, "1,234,568"),
        (999.94, "1,000"),
        (56.78, "56.8"),
        (0.012345, "0.0123"),
        (-12_345.6, "-12,346"),
    ],
)
def test_figures_are_shown_with_what_counts(figure: float | str, text: str) -> None:
    assert shown(figure) == text
