"""Owns the tests of the audit of an account stream as a whole: each event reaches its rules.

Never repeats the tables of those rules.
Called by pytest.
"""

from actors.auditing.breaches import Rule
from actors.machines.messages.events import MarketNoted, MarketOpened, TermsNoted
from actors.machines.messages.parts import FULL_LADDER
from tests.auditing.recorded import audited, doubled, fields, found_in, history


def test_a_lawful_history_has_no_breach() -> None:
    assert audited(history()) == []


def test_a_market_is_announced_once_and_its_terms_never_change() -> None:
    assert Rule.IDENTITY in found_in(MarketNoted, doubled)
    assert Rule.TERMS in found_in(TermsNoted, doubled)
    assert Rule.CAUSE in found_in(
        TermsNoted,
        lambda event: fields(terms=fields(ladder=FULL_LADDER * 2)(event.terms))(event),  # type: ignore[arg-type, union-attr]
    )


def test_an_event_of_a_market_stream_does_not_belong_there() -> None:
    assert Rule.SEQUENCE in found_in(MarketNoted, lambda _: MarketOpened(1))
