"""Owns the tests of how the actors' results look in the API.

Never tests documents.
Called by pytest.
"""

from actors.machines.messages.answers import EventResult, MarketResult
from actors.machines.messages.parts import (
    Contract,
    EventDetails,
    Fill,
    LadderStep,
    MarketDetails,
    Verdict,
)
from actors.machines.messages.words import EventState, MarketState, OrderState, Reason
from resources.representations import (
    ORDER_FIELDS,
    account,
    event,
    market,
    member,
    order_answer,
    order_in_list,
    shown,
)
from tests.resources.scripted import NOW, account_result, order_result

MARKET = MarketDetails(
    5,
    2,
    "Winner",
    "winner",
    "Rules.",
    3,
    (Contract(6, "Gulls", "gulls"), Contract(7, "Herons", "herons")),
    1,
    250,
    (LadderStep(100, 9900, 100),),
)


def test_an_order_is_answered_with_its_executions_and_the_accounts_money() -> None:
    answer = order_answer(
        order_result(
            state=OrderState.CANCELLED,
            executed_quantity=3,
            executed_value=10,
            fills=(Fill(1, 5000, 2), Fill(2, 4999, 1)),
            cancel_reason=Reason.SELF_TRADE,
            balance=12_345_678_901,
            exposure=1,
        )
    )
    assert answer["executions"] == [
        {"execution_id": "1", "price": 5000, "quantity": 2},
        {"execution_id": "2", "price": 4999, "quantity": 1},
    ]
    assert (answer["order_id"], answer["average_price"]) == ("48", "3.3333")
    assert (answer["cancel_reason"], answer["type"]) == ("self-trade", "good_til_cancelled")
    money = [answer[field] for field in ("balance", "available_balance", "exposure")]
    assert money == ["123.45678901", "123.456789", "0.00000001"]


def test_an_order_that_was_not_cancelled_has_no_reason() -> None:
    assert "cancel_reason" not in order_answer(order_result())


def test_an_order_in_a_list_has_the_fields_of_its_document() -> None:
    listed = order_in_list(order_result(modified_time=NOW + 1))
    assert set(listed) == set(ORDER_FIELDS)
    assert listed["last_modified_datetime"] == "2026-01-01T00:00:00.000001Z"


def test_an_account_may_be_in_debt() -> None:
    shown_account = account(account_result(balance=-100_000_000, exposure=0))
    assert (shown_account["balance"], shown_account["available_balance"]) == ("-1.00", "-1.00")


def test_a_profile_shows_nothing_private() -> None:
    assert member(account_result()) == {
        "username": "ada",
        "display_name": "Ada",
        "bio": "",
        "created_datetime": "2026-01-01T00:00:00.000000Z",
    }


def test_an_event_and_its_times() -> None:
    details = EventDetails(2, "Cup", "cup", "sailing", NOW, "A race.")
    assert event(EventResult(details, EventState.LIVE, 0)) == {
        "id": "2",
        "name": "Cup",
        "slug": "cup",
        "type": "sailing",
        "state": "live",
        "start_datetime": "2026-01-01T00:00:00.000000Z",
        "description": "A race.",
        "created_datetime": "1970-01-01T00:00:00.000000Z",
    }


def test_a_market_with_its_ladder_and_contracts() -> None:
    shown_market = market(MarketResult(MARKET, MarketState.HALTED, NOW))
    assert shown_market["price_ladder"] == [{"from": 100, "to": 9900, "step": 100}]
    assert (shown_market["commission"], shown_market["display_order"]) == ("0.025", 3)
    assert shown_market["contracts"] == [
        {
            "id": str(number),
            "market_id": "5",
            "name": name,
            "slug": name.lower(),
            "display_order": place,
            "state_or_outcome": "halted",
            "payout": None,
        }
        for place, (number, name) in enumerate([(6, "Gulls"), (7, "Herons")])
    ]


def outcomes(state: MarketState, verdict: Verdict | None) -> list[object]:
    contracts = market(MarketResult(MARKET, state, NOW, verdict))["contracts"]
    assert isinstance(contracts, list)
    return [contract["state_or_outcome"] for contract in contracts]


def test_contracts_have_an_outcome_once_there_is_a_verdict() -> None:
    assert outcomes(MarketState.SETTLED, Verdict(1, (7,))) == ["loser", "winner"]
    assert outcomes(MarketState.VOIDED, Verdict(2, (), True)) == ["voided", "voided"]
    assert outcomes(MarketState.CLOSED, None) == ["closed", "closed"]


def test_what_is_not_asked_for_is_not_shown() -> None:
    assert shown({"id": "1", "account_id": "16", "_rev": "1-x"}, ("id",)) == {"id": "1"}
