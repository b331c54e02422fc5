"""Owns the tests of a market stream's effects: which event tells whom what.

Never delivers anything.
Called by pytest.
"""

import pytest

from actors.machines.market_stream.markets import Markets
from actors.machines.market_stream.markets_effects import Effects, market_effects
from actors.machines.messages.amendments import AmendmentRefused
from actors.machines.messages.book_events import (
    AmendMissed,
    CancelMissed,
    OrderCancelled,
    OrderMatched,
    OrderReduced,
    OrderRejected,
    OrderReplaced,
)
from actors.machines.messages.events import (
    MarketEvent,
    TermsAcknowledged,
)
from actors.machines.messages.parts import Amended, Fill, MakerFill, OwnOrder
from actors.machines.messages.posted import OrderReport, WithdrawalRefused
from actors.machines.messages.words import Reason, Side
from actors.machines.streams import account_stream_of_id
from tests.machines.town import LOT, OpenTown

ADA, BEN = 16, 17
"""Members of two account streams."""
TAKEN = MakerFill(1, 160, BEN, 4_900, 3)
ARRIVAL = OrderMatched(1, 1, 320, ADA, Side.BUY, 5_000, 10, (TAKEN,), 7, None, 9)
OWN = OwnOrder(1, 480, Side.SELL, 4_950, 2)


def markets() -> Markets:
    """A stream with one open market, in which nothing rests."""
    town = OpenTown()
    return town.markets(town.streams.of_market(1))


def told(account_id: int, message: OrderReport | WithdrawalRefused | AmendmentRefused) -> Effects:
    return [(account_stream_of_id(account_id), message)]


OF_MAKER = told(BEN, OrderReport(160, BEN, (Fill(1, 4_900, 3),), 0, time=9))
TOLD: list[tuple[MarketEvent, Effects]] = [
    (
        ARRIVAL,
        [*told(ADA, OrderReport(320, ADA, (Fill(1, 4_900, 3),), 7, arrival=True, time=9)), *OF_MAKER],
    ),
    (
        OrderMatched(1, 1, 320, ADA, Side.BUY, 5_000, 10, (), 10, Reason.INSUFFICIENT_LIQUIDITY, 9, (OWN,)),
        [
            *told(ADA, OrderReport(480, ADA, (), 0, reason=Reason.SELF_TRADE)),
            *told(
                ADA,
                OrderReport(320, ADA, (), 0, arrival=True, reason=Reason.INSUFFICIENT_LIQUIDITY, time=9),
            ),
        ],
    ),
    (
        OrderReduced(1, 1, 320, ADA, Side.BUY, 5_000, 8, 2, 6),
        told(ADA, OrderReport(320, ADA, (), 6, amended=Amended(5_000, 8))),
    ),
    (
        OrderReplaced(1, 1, 320, ADA, Side.BUY, 4_000, 9, 12, ARRIVAL),
        [
            *told(
                ADA,
                OrderReport(
                    320,
                    ADA,
                    (Fill(1, 4_900, 3),),
                    7,
                    arrival=True,
                    time=9,
                    amended=Amended(5_000, 12),
                ),
            ),
            *OF_MAKER,
        ],
    ),
    (
        AmendMissed(1, 320, ADA, Reason.TOO_LATE),
        told(ADA, AmendmentRefused(1, 320, ADA, Reason.TOO_LATE)),
    ),
    (
        OrderCancelled(1, 1, 320, ADA, Side.BUY, 5_000, LOT, Reason.MEMBER_REQUESTED),
        told(ADA, OrderReport(320, ADA, (), 0, reason=Reason.MEMBER_REQUESTED)),
    ),
    (
        OrderRejected(1, 320, ADA, Reason.MARKET_NOT_OPEN),
        told(ADA, OrderReport(320, ADA, (), 0, True, Reason.MARKET_NOT_OPEN, True)),
    ),
    (CancelMissed(1, 320, ADA), told(ADA, WithdrawalRefused(320, ADA))),
    (TermsAcknowledged(1, "accounts-0"), []),
]


@pytest.mark.parametrize(("event", "expected"), TOLD)
def test_whom_an_event_tells_what(event: MarketEvent, expected: Effects) -> None:
    assert market_effects(markets(), event) == expected
