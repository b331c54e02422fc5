"""Owns the tests of ``python -m scripts.auction``: what it says of files, and how it refuses others.

Never repeats what the machine's own tests say of prices.
Called by pytest.

A case is a file in ``tests/data/auctions`` with its expected answer beside it, made by trying every price;
others are added by adding two files.
"""

import json
from pathlib import Path

import pytest

from scripts.auction import main

CASES = sorted((Path(__file__).parents[1] / "data" / "auctions").glob("*.csv"))


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_the_price_of_a_file(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = json.loads(case.with_suffix(".oracle.json").read_text())
    reference = expected.pop("reference")
    assert main([str(case), "--reference", str(reference)]) == 0
    assert json.loads(capsys.readouterr().out) == expected


def test_the_reference_is_the_middle_unless_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("side,type,price,quantity\nbuy,limit,6000,1\nsell,market,,1\n")
    assert main([str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == {"price": 5000, "volume": 1, "imbalance": 0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("side,price\n", "line 1: the header must be side,type,price,quantity"),
        ("", "line 1: the header must be"),
        ("buy,limit,5000", "line 2: buy,limit,5000: an order has 4 columns"),
        ("buys,limit,5000,1", "line 2: buys,limit,5000,1: 'buys' is not a valid Side"),
        ("buy,stop,5000,1", "the type is limit, or market without a price"),
        ("buy,market,5000,1", "the type is limit, or market without a price"),
        ("buy,limit,,1", "the price is a whole number from 1 to 9999"),
        ("buy,limit,10000,1", "the price is a whole number from 1 to 9999"),
        ("buy,limit,5000,0.5", "the quantity is a whole number from 1 to 10000000000"),
        ("buy,limit,5000,1\nsell,limit,5000,-1", "line 3: sell,limit,5000,-1: the quantity"),
        ("buy,limit,5000,é", "'ascii' codec can't decode"),
    ],
)
def test_what_is_no_file_of_orders_is_refused_in_words(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "orders.csv"
    header = "" if text == "" or text.startswith("side") else "side,type,price,quantity\n"
    file.write_text(header + text)
    assert main([str(file)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"{file}: " in shown.err
    assert said in shown.err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.csv")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_a_reference_that_is_no_price(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["orders.csv", "--reference", "10000"])
    assert ended.value.code == 2
    assert "a price is a whole number from 1 to 9999" in capsys.readouterr().err
