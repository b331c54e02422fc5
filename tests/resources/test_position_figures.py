"""Owns the proof that what is said of a position follows from the member's own executions alone.

Never asks for a page: test_holdings.py does.
Called by pytest.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines.messages.events import Event, MarketCreated, OrderPlaced, OrderUpdated
from actors.machines.messages.parts import FULL_LADDER, Contract, Fill, MarketDetails
from actors.machines.messages.record import decode
from actors.machines.messages.voiding import ContractVoided, StakesReturned, VoidContract
from actors.machines.messages.words import OrderState, Side, TimeInForce
from actors.machines.money import format_money, parse_money
from couch_views.shapes import (
    FillDocument,
    MarketDocument,
    PositionDocument,
    StatementDocument,
    document_id,
)
from resources.holdings import held_in
from resources.position_figures import market_figures
from resources.representations import Json
from tests.couch_views.projection.records import project, registered
from tests.machines.town import LOT, OpenTown

GTC = TimeInForce.GOOD_TIL_CANCELLED
SCALE = 10_000


class Trade(NamedTuple):
    contract_id: int
    side: Side
    price: int
    quantity: int


class Known(NamedTuple):
    """What the documents hold of one member in one market."""

    position: PositionDocument
    market: MarketDocument
    fills: list[FillDocument]


def known(
    trades: Sequence[Trade], contracts: int, winner_count: int = 1, commission: int = 0, voided: int = 0
) -> Known:
    """Each trade is an order of account 16 in market 7 that filled at once; then a contract may be voided."""
    made = tuple(Contract(number, f"C{number}", f"c{number}") for number in range(1, contracts + 1))
    details = MarketDetails(7, 5, "Winner", "winner", "", 0, made, winner_count, commission, FULL_LADDER)
    events: list[list[Event]] = [[registered()]]
    for order_id, (contract_id, side, price, quantity) in enumerate(trades, 1):
        order = (7, contract_id, side, price, quantity, GTC, None, 0, 0, 0)
        events.append([OrderPlaced(16, order_id, 1, 0, *order)])
        fills = (Fill(order_id, price, quantity),)
        word = (7, contract_id, side, fills, 0, OrderState.FILLED, None, True, 0, 0, 0)
        events.append([OrderUpdated(16, order_id, *word)])
    creation: list[Event] = [MarketCreated(details, 16, 1, 0, 0)]
    if voided:
        events.append([StakesReturned(16, 7, voided, (), 0, 0)])
    markets = project(creation, [ContractVoided(7, voided, "withdrawn", 16, 1, 0)] if voided else [])
    accounts = project(*events)
    return Known(
        cast("PositionDocument", accounts[document_id("position", 16, 7)]),
        cast("MarketDocument", markets[document_id("market", 7)]),
        [cast("FillDocument", each) for each in accounts.values() if each["kind"] == "fill"],
    )


def money(shown: object) -> int:
    return parse_money(str(shown))


def by_executions(fills: Sequence[FillDocument], contract_id: str) -> Json:
    """A contract's row, worked out of one's own executions in exact fractions."""
    mine = [fill for fill in fills if fill["contract_id"] == contract_id]
    bought = [(fill["price"], fill["quantity"]) for fill in mine if fill["side"] == "buy"]
    sold = [(fill["price"], fill["quantity"]) for fill in mine if fill["side"] == "sell"]
    quantities = [sum(quantity for _, quantity in side) for side in (bought, sold)]
    values = [sum(price * quantity for price, quantity in side) for side in (bought, sold)]
    averages = [Fraction(value, quantity or 1) for value, quantity in zip(values, quantities, strict=True)]
    realised = min(quantities) * (averages[1] - averages[0]) // 1
    cash, net = values[1] - values[0], quantities[0] - quantities[1]
    return {
        "quantity": net,
        "average_price": averages[0] if net > 0 else averages[1] if net else None,
        "profit_or_loss": {"winner": format_money(cash + SCALE * net), "loser": format_money(cash)},
        "realised_profit": format_money(int(realised)),
        "open_value": format_money(cash - int(realised)),
    }


def under(fills: Sequence[FillDocument], winners: Sequence[str], voided: str) -> int:
    """What all executions come to if these contracts win."""
    total = 0
    for fill in fills:
        if fill["contract_id"] != voided:
            paid = SCALE if fill["contract_id"] in winners else 0
            gain = (paid - fill["price"]) * fill["quantity"]
            total += gain if fill["side"] == "buy" else -gain
    return total


def trades(contracts: int) -> st.SearchStrategy[list[Trade]]:
    each = st.builds(
        Trade, st.integers(1, contracts), st.sampled_from(Side), st.integers(1, 9_999), st.integers(1, 10**10)
    )
    return st.lists(each, min_size=1, max_size=8)


@given(trades(3))
def test_a_contract_s_row_is_worked_out_of_one_s_own_executions(made: list[Trade]) -> None:
    found = known(made, 3)
    rows = held_in(found.position)
    assert {str(row["contract_id"]) for row in rows} == {fill["contract_id"] for fill in found.fills}
    for row in rows:
        due = by_executions(found.fills, str(row["contract_id"]))
        average, shown = due.pop("average_price"), row["average_price"]
        assert (average is None) == (shown is None)
        if isinstance(average, Fraction):
            assert abs(Fraction(str(shown)) - average) <= Fraction(1, 100)
        assert {name: row[name] for name in due} == due
        assert money(row["realised_profit"]) + money(row["open_value"]) == money(
            cast("dict[str, str]", row["profit_or_loss"])["loser"]
        )


@given(st.data(), st.integers(1, 4), st.sampled_from([0, 200, 333]))
def test_each_outcome_is_the_worst_and_the_best_of_those_in_which_the_contract_wins(
    data: st.DataObject, contracts: int, commission: int
) -> None:
    winner_count = data.draw(st.integers(1, max(1, contracts - 1)))
    made = data.draw(trades(contracts))
    voided = (
        data.draw(st.integers(1, contracts))
        if contracts > winner_count + 1 and data.draw(st.booleans())
        else 0
    )
    found = known(made, contracts, winner_count, commission, voided)
    left = [str(number) for number in range(1, contracts + 1) if number != voided]
    figures = market_figures(found.position, found.market)
    outcomes = cast("list[Json]", figures["outcomes"])
    assert [each["contract_id"] for each in outcomes] == (left if contracts > 1 else ["1", None])
    results = {}
    for outcome in outcomes:
        wins = outcome["contract_id"]
        together = [each for each in combinations(left, winner_count) if wins in each] if wins else [()]
        each_result = [under(found.fills, winners, str(voided)) for winners in together]
        assert (money(outcome["lowest"]), money(outcome["highest"])) == (min(each_result), max(each_result))
        assert money(outcome["commission"]) == max(0, *each_result) * commission // SCALE
        results[wins] = max(each_result)
    assert money(figures["commission_reserve"]) == max(0, *results.values()) * commission // SCALE
    rows = [row for row in held_in(found.position) if not row["contract_voided"]]
    assert money(figures["realised_profit"]) == sum(money(row["realised_profit"]) for row in rows)


VERDICTS = st.lists(st.sampled_from(["first", "second", "both share", "void"]), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None)
@given(trades(3), st.booleans(), VERDICTS)
def test_a_statement_is_worked_out_of_one_s_own_executions_and_the_markets(
    made: list[Trade], withdrawn: bool, verdicts: list[str]
) -> None:
    """Of three contracts the third may be voided; then a verdict, and what corrects it, all booked."""
    town = OpenTown(("Gulls", "Herons", "Terns"), commission=333)
    for contract_id, side, price, quantity in made:
        order = (price, min(quantity, 10 * LOT))
        town.place(town.alice, side, *order, contract_id=contract_id)
        town.place(town.bob, side.other, *order, contract_id=contract_id)
    if withdrawn:
        town.send(town.staff, VoidContract(1, 3, "withdrawn"))
    for verdict in verdicts:
        winners = {"first": (1,), "second": (2,)}.get(verdict, ())
        town.settle(*winners, void=verdict == "void", dead_heat=(1, 2) if verdict == "both share" else ())
    documents = {
        identity: document
        for name, bodies in town.bodies.items()
        for identity, document in project(*(decode(body).events for body in bodies), stream=name).items()
    }
    market = cast("MarketDocument", documents[document_id("market", 1)])
    for account_id in (town.alice, town.bob):
        own = [each for each in documents.values() if dict(each).get("account_id") == str(account_id)]
        fills = [cast("FillDocument", each) for each in own if each["kind"] == "fill"]
        statement = [cast("StatementDocument", each) for each in own if each["kind"] == "statement"]
        statement.sort(key=lambda each: each["_id"])
        balance = 0
        for movement in statement:
            balance += money(movement["amount"])
            assert money(movement["balance"]) == balance
        assert town.money(account_id)[0] == balance
        booked = {
            kind: sum(money(each["amount"]) for each in statement if each["type"] == kind)
            for kind in ("settlement", "commission")
        }
        result = sum(_result(fill, market) for fill in fills)
        assert booked == {"settlement": result, "commission": -(max(0, result) * 333 // SCALE)}


def _result(fill: FillDocument, market: MarketDocument) -> int:
    """What one execution comes to, by what its contract pays; nothing if that was voided."""
    (contract,) = [each for each in market["contracts"] if each["id"] == fill["contract_id"]]
    pays = contract.get("payout")
    if pays is None:
        return 0
    gain = (pays - fill["price"]) * fill["quantity"]
    return gain if fill["side"] == "buy" else -gain
