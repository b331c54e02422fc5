"""Owns the tests of the limits: the relations between them that the exchange rests on.

Never tests that a limit is kept: the tests of who keeps it do.
Called by pytest.
"""

from actors.machines import limits


def test_all_money_fits_into_what_a_database_integer_holds() -> None:
    assert limits.MONEY_PER_STREAM_MAX * limits.STREAMS_OF_A_KIND_MAX < 2**63
    assert limits.QUANTITY_MAX * limits.PRICE_SCALE <= limits.MONEY_PER_STREAM_MAX


def test_every_limit_is_a_positive_whole_number() -> None:
    named = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert named
    assert [name for name, value in named.items() if not isinstance(value, int) or value < 1] == []


def test_a_key_outlives_the_webs_own_retries() -> None:
    assert limits.WEB_KEY_KEPT_US > 2 * 1_000 * limits.ANSWER_UNKNOWN_AFTER_MS
