"""Owns the tests of which halts are due: a conversation of breaches found and what the log shows.

Never sends a halt.
Called by pytest.
"""

from actors.auditing.breaches import Breach, Rule
from actors.auditing.halts import SIGNATURE, Halts
from actors.machines.messages.commands import Halt, HaltExchange, HaltMarket
from actors.machines.messages.events import (
    ExchangeHalted,
    ExchangeOpened,
    MarketClosed,
    MarketCreated,
    MarketHalted,
    MarketOpened,
)
from actors.machines.messages.parts import FULL_LADDER, Contract, MarketDetails

DETAILS = MarketDetails(7, 1, "Winner", "winner", "", 0, (Contract(1, "Yes", "yes"),), 1, 0, FULL_LADDER)
IN_MARKET = Breach("markets-1", 12, Rule.PRIORITY, "order 17 was passed over", 7)
ANYWHERE = Breach("accounts-0", 34, Rule.CONSERVED, "account 17 has a unit more", None)
HALT = HaltMarket(7, "auditor: priority at markets-1:12")
HALT_ALL = HaltExchange("auditor: money-conserved at accounts-0:34")


def trading() -> Halts:
    halts = Halts()
    halts.note(MarketCreated(DETAILS, 1, 1, 0, 1))
    halts.note(MarketOpened(7))
    return halts


def due_after(halts: Halts, *happened: Breach | object) -> list[Halt]:
    for each in happened:
        if isinstance(each, Breach):
            halts.found(each)
        else:
            halts.note(each)  # type: ignore[arg-type]
    return halts.due()


def test_nothing_is_due_where_nothing_was_found() -> None:
    assert trading().due() == []


def test_a_breach_halts_its_market_until_the_log_shows_the_halt() -> None:
    halts = trading()
    assert due_after(halts, IN_MARKET) == [HALT]
    assert due_after(halts, IN_MARKET) == [HALT], "again and again"
    assert due_after(halts, MarketHalted(7, HALT.reason)) == []


def test_staff_may_open_again_what_the_auditor_halted() -> None:
    halts = trading()
    due_after(halts, IN_MARKET, MarketHalted(7, HALT.reason), IN_MARKET)
    assert due_after(halts, MarketOpened(7)) == []
    assert due_after(halts, IN_MARKET) == [HALT], "what is found from now on is new"


def test_a_market_that_does_not_trade_is_halted_when_it_opens() -> None:
    halts = trading()
    assert due_after(halts, MarketHalted(7), IN_MARKET) == []
    assert due_after(halts, MarketOpened(7)) == [HALT]
    assert due_after(halts, MarketClosed(7)) == []


def test_a_market_that_the_kill_switch_halted_is_halted_beyond_it() -> None:
    halts = trading()
    assert due_after(halts, MarketHalted(7, "fire drill", by_switch=True), IN_MARKET) == [HALT]
    assert due_after(halts, MarketHalted(7, HALT.reason)) == []


def test_a_breach_that_concerns_no_market_halts_all() -> None:
    halts = trading()
    assert due_after(halts, ANYWHERE) == [HALT_ALL]
    assert due_after(halts, ExchangeHalted(1, False, HALT_ALL.reason, 0, 0, 0, 1)) == []
    assert due_after(halts, ExchangeOpened(2, "", 1, 1, 0, 1)) == []


def test_an_exchange_that_staff_halted_is_halted_again_when_it_opens() -> None:
    halts = trading()
    assert due_after(halts, ExchangeHalted(1, False, "lunch", 1, 1, 0, 1), ANYWHERE) == []
    assert due_after(halts, ExchangeOpened(2, "", 1, 1, 0, 1)) == [HALT_ALL]


def test_a_breach_of_a_market_that_is_not_there_halts_all() -> None:
    unknown = Breach("markets-1", 12, Rule.LIFE, "it was never created", 99)
    assert due_after(trading(), unknown) == [HaltExchange("auditor: market-life at markets-1:12")]


def test_a_halt_says_nothing_of_members() -> None:
    assert all(str(word) not in HALT.reason for word in ("account", "order", 17))
    assert HALT.reason.startswith(SIGNATURE)
