"""Owns the form of a flow file: what is read from it, and what is refused with its line.

Never plays a file.
Called by pytest.
"""

from pathlib import Path

import pytest

from actors.machines.messages.words import Side
from scripts.replay.flow import FlowError, Operation, Trade, digest_of_trades, read_flow

HEADER = "op,id,side,price,quantity\n"


def test_a_file_is_its_operations_in_order(tmp_path: Path) -> None:
    path = tmp_path / "flow.csv"
    path.write_text(HEADER + "A,1,0,5000,18\nM,2,1,1,1000000\nC,1,0,5000,0\n")
    assert read_flow(path) == [
        Operation("A", 1, Side.BUY, 5000, 18),
        Operation("M", 2, Side.SELL, 1, 1_000_000),
        Operation("C", 1, Side.BUY, 5000, 0),
    ]
    assert [operation.is_cancel for operation in read_flow(path)] == [False, False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the header"),
        ("id,op,side,price,quantity\n", "line 1: the header"),
        (HEADER + "A,1,0,5000,18\nA,2,0,5000\n", "line 3: not an operation: A,2,0,5000"),
        (HEADER + "A,1,0,5000,18,1\n", "line 2: not an operation"),
        (HEADER + "\n", "line 2: not an operation"),
        (HEADER + "A,x,0,5000,18\n", "line 2: not an operation"),
        (HEADER + "A,1,2,5000,18\n", "line 2: not an operation"),
        (HEADER + "A,1,0,50.5,18\n", "line 2: not an operation"),
        (HEADER + "X,1,0,5000,18\n", "line 2: op must be"),
        (HEADER + "A,0,0,5000,18\n", "line 2: op must be A, M or C, and the id at least 1"),
        (HEADER + "A,1,0,0,18\n", "line 2: the price must be 1 to 9999"),
        (HEADER + "A,1,0,10000,18\n", "line 2: the price must be 1 to 9999"),
        (HEADER + "A,1,0,5000,0\n", "line 2: the quantity must be 1 to 1000000"),
        (HEADER + "M,1,0,5000,1000001\n", "line 2: the quantity must be 1 to 1000000"),
    ],
)
def test_what_is_not_an_operation_is_named_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "flow.csv"
    path.write_text(text)
    with pytest.raises(FlowError, match=message):
        read_flow(path)


def test_the_digest_is_over_a_line_for_each_trade() -> None:
    # printf '1,2,5000,30\n3,2,5001,1\n' | sha256sum
    expected = "b42e761270d6538e18f98ce97320d9bd87a054903f825e30242327c2bdd3b26e"
    assert digest_of_trades([Trade(1, 2, 5000, 30), Trade(3, 2, 5001, 1)]) == expected
