"""Owns what is worked out of a position: what was realised, what is open, the result under each outcome.

Never rounds but in what was realised; everything follows from the member's own executions and the market.
Called by the resource of positions.

Of a contract, as much as was both bought and sold is closed, each side at its average price: that is
realised, rounded down to the unit of money. What else was paid and received is that of the open quantity.
"""

from collections.abc import Iterator
from typing import NamedTuple

from actors.machines import limits
from actors.machines.money import commission_on, format_money, parse_commission, parse_money
from couch_views.shapes import ContractPositionField, MarketDocument, PositionDocument
from resources.representations import Json


class Holding(NamedTuple):
    """What was traded in a contract; money in 1/10^8 of a currency unit. Of a voided one nothing counts."""

    bought: int
    paid: int
    sold: int
    received: int

    @property
    def net(self) -> int:
        return self.bought - self.sold

    @property
    def cash(self) -> int:
        return self.received - self.paid

    @property
    def realised(self) -> int:
        """The profit on what was both bought and sold, at the average price of each."""
        if self.bought == 0 or self.sold == 0:
            return 0
        closed = min(self.bought, self.sold)
        return (self.received * closed * self.bought - self.paid * closed * self.sold) // (
            self.bought * self.sold
        )

    @property
    def open(self) -> int:
        """What the open quantity brought in, or (below 0) cost."""
        return self.cash - self.realised


NOTHING = Holding(0, 0, 0, 0)


def holding_of(contract: ContractPositionField | None) -> Holding:
    """What counts of a contract in a position; nothing where nothing was traded."""
    if contract is None or contract.get("voided"):
        return NOTHING
    return Holding(
        contract["bought_quantity"],
        parse_money(contract["bought_value"]),
        contract["sold_quantity"],
        parse_money(contract["sold_value"]),
    )


def market_figures(position: PositionDocument, market: MarketDocument) -> Json:
    """The whole position in one market: under each outcome, until it is settled.

    The reserve is the commission on the best of them: what it would cost to win that.
    """
    left = [contract["id"] for contract in market["contracts"] if not contract.get("voided")]
    held = {contract_id: holding_of(position["contracts"].get(contract_id)) for contract_id in left}
    rate = parse_commission(market["commission"])
    outcomes = [] if position["settled"] else list(_outcomes(held, market, rate))
    best = max((parse_money(str(each["highest"])) for each in outcomes), default=0)
    return {
        "market_id": position["market_id"],
        "exposure": position["exposure"],
        "realised_profit": format_money(sum(each.realised for each in held.values())),
        "outcomes": outcomes,
        "commission_reserve": format_money(commission_on(best, rate)),
        "settled": position["settled"],
        "result": position["result"],
        "commission": position["commission"],
    }


def _outcomes(held: dict[str, Holding], market: MarketDocument, rate: int) -> Iterator[Json]:
    cash = sum(each.cash for each in held.values())
    with_it = market["winner_count"] - 1
    for contract_id, holding in held.items():
        others = sorted(each.net for other, each in held.items() if other != contract_id)
        sure = cash + limits.PRICE_SCALE * holding.net
        lowest = sure + limits.PRICE_SCALE * sum(others[:with_it])
        highest = sure + limits.PRICE_SCALE * sum(others[len(others) - with_it :])
        yield _outcome(contract_id, lowest, highest, rate)
    if len(market["contracts"]) == 1:
        yield _outcome(None, cash, cash, rate)


def _outcome(contract_id: str | None, lowest: int, highest: int, rate: int) -> Json:
    return {
        "contract_id": contract_id,
        "lowest": format_money(lowest),
        "highest": format_money(highest),
        "commission": format_money(commission_on(highest, rate)),
    }
