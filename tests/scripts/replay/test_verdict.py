"""Owns the judgement of a replay: only what maker, taker and public tell alike counts, and all the money.

Never needs an exchange: its books are played.
Called by pytest.
"""

from collections.abc import Callable
from copy import deepcopy

import pytest

from scripts.client import Json
from scripts.replay.flow import Trade, digest_of_trades
from scripts.replay.venue import Member, Venue
from scripts.replay.verdict import Verdict, judge
from tests.scripts.replay.played import PlayedClient

UNIT = 10**8
VENUE = Venue("replay-1", "7", "8", [Member("maker", "m", 10 * UNIT), Member("taker", "t", 20 * UNIT)])
TRADES = [Trade(1, 2, 5000, 3), Trade(1, 3, 5001, 4)]


def execution(number: int, order: int, role: str, price: int, shares: int) -> Json:
    return {
        "execution_id": str(number),
        "reference_id": str(order),
        "role": role,
        "price": price,
        "quantity": shares * 10_000,
    }


def right_books() -> dict[tuple[str, str], list[Json]]:
    """(Token, list) -> its pages' items; the market's executions come newest first."""
    return {
        ("m", "executions"): [execution(1, 1, "maker", 5000, 3), execution(2, 1, "maker", 5001, 4)],
        ("t", "executions"): [execution(1, 2, "taker", 5000, 3), execution(2, 3, "taker", 5001, 4)],
        ("m", "positions"): [{"market_commission": "0.00"}],
        ("t", "positions"): [{"market_commission": "0.25"}],
        ("", "public"): [execution(2, 0, "", 5001, 4), execution(1, 0, "", 5000, 3)],
    }


def playing(books: dict[tuple[str, str], list[Json]]) -> PlayedClient:
    """An item a page; the maker has lost 1.00, the taker has won it and paid 0.25 commission."""
    balances = {"m": "9.00", "t": "20.75"}

    def answer(token: str, path: str) -> Json:
        if path == "/accounts/":
            return {"account": {"balance": balances[token]}}
        place, _, query = path.partition("?")
        name = "positions" if place == "/positions/" else "executions"
        items = books["", "public"] if place == "/markets/7/executions/" else books[token, name]
        start = 0 if query == "limit=1000" else int(query)
        more = f"?{start + 1}" if start + 1 < len(items) else None
        return {name: items[start : start + 1], "pagination": {"next_page": more}}

    return PlayedClient(answer)


def test_what_everybody_tells_alike_is_right() -> None:
    digest = digest_of_trades(TRADES)
    verdict = judge(playing(right_books()), VENUE, TRADES)
    assert verdict == Verdict(2, 2, 7, digest, digest, money_conserved=True)
    assert verdict.is_right


def lose(place: tuple[str, str]) -> Callable[[dict[tuple[str, str], list[Json]]], None]:
    return lambda books: books[place].clear()


def change(
    place: tuple[str, str], field: str, value: object
) -> Callable[[dict[tuple[str, str], list[Json]]], None]:
    return lambda books: books[place][-1].update({field: value})


def double(books: dict[tuple[str, str], list[Json]]) -> None:
    """Everybody tells of one execution more."""
    for place in (("m", "executions"), ("t", "executions"), ("", "public")):
        books[place].append({**deepcopy(books[place][0]), "execution_id": "3"})


@pytest.mark.parametrize(
    ("spoil", "matched"),
    [
        pytest.param(lose(("m", "executions")), 0, id="the maker knows nothing"),
        pytest.param(lose(("t", "executions")), 0, id="the taker knows nothing"),
        pytest.param(lose(("", "public")), 0, id="the public knows nothing"),
        pytest.param(change(("m", "executions"), "price", 5002), 1, id="the maker has another price"),
        pytest.param(change(("t", "executions"), "quantity", 40_001), 1, id="the taker has another quantity"),
        pytest.param(change(("", "public"), "price", 5001), 1, id="the public has another price"),
        pytest.param(change(("t", "executions"), "reference_id", "4"), 1, id="another order"),
        pytest.param(change(("t", "executions"), "reference_id", None), 1, id="an order without a reference"),
        pytest.param(double, 2, id="one too many"),
    ],
)
def test_any_difference_is_wrong(
    spoil: Callable[[dict[tuple[str, str], list[Json]]], None], matched: int
) -> None:
    books = right_books()
    spoil(books)
    verdict = judge(playing(books), VENUE, TRADES)
    assert verdict.executions_matched == matched
    assert not verdict.is_right


def test_quantities_that_are_no_whole_shares_are_wrong() -> None:
    books = right_books()
    for place in (("m", "executions"), ("t", "executions"), ("", "public")):
        books[place][0]["quantity"] += 1
    assert not judge(playing(books), VENUE, TRADES).is_right


@pytest.mark.parametrize("commission", ["0.24", "0.26", None])
def test_money_that_is_missing_or_too_much_is_wrong(commission: str | None) -> None:
    books = right_books()
    books["t", "positions"][0]["market_commission"] = commission
    verdict = judge(playing(books), VENUE, TRADES)
    assert verdict.executions_matched == 2
    assert not verdict.money_conserved
    assert not verdict.is_right
