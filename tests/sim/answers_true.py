"""Owns the comparison of answers with the log: what was acknowledged must be there, as it was said.

Never judges whether a refusal was right.
Called by the clients, for every answer.
"""

from actors.machines.messages.answers import (
    AccountResult,
    CancelledResult,
    Credentials,
    ExchangeResult,
    Known,
    MarketResult,
    OrderResult,
    Refused,
    Result,
)
from actors.machines.messages.commands import Asked, Command, HaltExchange, HaltMarket, PlaceOrder, Request
from tests.sim.accounts_known import AccountsKnown
from tests.sim.violations import require


def check_results(known: AccountsKnown, asked: Request, results: tuple[Result, ...], *, final: bool) -> None:
    """The results of a request, item by item."""
    place = known.requests.get((asked.account_id, asked.scope, asked.key))
    require(place is not None, "{}: answered, and not in the log", asked)
    assert place is not None
    require(len(results) == len(asked.commands), "{}: {} results", asked, len(results))
    for item, (command, result) in enumerate(zip(asked.commands, results, strict=True)):
        _check(known, asked.account_id, command, result, (*place, item), final=final)


def check_reply(known: AccountsKnown, asked: Asked, result: Known) -> None:
    """The answer to a question or a registration."""
    match result:
        case OrderResult():
            _check_order(known, result)
        case AccountResult() | Credentials():
            account = known.accounts.get(result.account_id)
            name = None if account is None else account.username
            require(name == result.username, "{}: {}, but the account is {}'s", asked, result, name)
        case ExchangeResult() | MarketResult():
            require(isinstance(asked, HaltExchange | HaltMarket), "{}: {}", asked, result)
            require(result.state != "open", "{}: {}", asked, result)
        case _:
            require(isinstance(result, Refused), "{}: {}", asked, result)


def _check(
    known: AccountsKnown,
    account_id: int,
    command: Command,
    result: Result,
    place: tuple[str, int, int],
    *,
    final: bool,
) -> None:
    placed = known.placed.get(place)
    if isinstance(result, OrderResult):
        _check_order(known, result)
        account = known.orders[result.order_id].account_id
        require(account == account_id, "{} is told to {}, and belongs to {}", result, account_id, account)
        if isinstance(command, PlaceOrder):
            require(
                placed == result.order_id, "{} answers {}, for which {} was placed", result, command, placed
            )
            asked = (command.market_id, command.contract_id, command.side, command.price, command.quantity)
            told = (result.market_id, result.contract_id, result.side, result.price, result.quantity)
            require(told == asked, "{} answers {}", result, command)
            require(not final or result.state != "pending", "{} is final", result)
    elif isinstance(result, Refused) and placed is not None:
        state = known.orders[placed].state
        require(state == "rejected", "{} is refused ({}), and {} is {}", command, result, placed, state)
    elif isinstance(result, CancelledResult):
        for order_id in result.order_ids:
            order = known.orders[order_id]
            require(order.account_id == account_id, "{} is told to {}", result, account_id)
            require(order.state == "cancelled", "{}, but {} is {}", result, order_id, order.state)


def _check_order(known: AccountsKnown, result: OrderResult) -> None:
    """The order is in the log, and once was as it is told."""
    order = known.orders.get(result.order_id)
    require(order is not None, "{}: there is no such order in the log", result)
    assert order is not None
    told = (result.state, result.executed_quantity, result.available_quantity)
    require(told in order.versions, "{} never was so: {}", result, order.versions)
