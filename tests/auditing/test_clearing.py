"""Owns the tests of the rule that a market's clearing is zero over all account streams.

Never computes a clearing.
Called by pytest.
"""

from actors.auditing.breaches import Rule
from actors.auditing.clearing import ClearingAudit

STREAMS = ("accounts-0", "accounts-1")


def test_it_is_judged_once_every_stream_has_the_same_version() -> None:
    clearing = ClearingAudit(STREAMS)
    assert clearing.applied("accounts-0", 5, 7, 1, 30) == []
    assert clearing.applied("accounts-0", 6, 7, 2, -10) == []
    assert clearing.applied("accounts-1", 3, 7, 1, -30) == []
    (breach,) = clearing.applied("accounts-1", 4, 7, 2, 11)
    assert (breach.stream, breach.sequence, breach.rule, breach.market_id) == (
        "accounts-1",
        4,
        Rule.CLEARING,
        7,
    )
    assert "verdict 2 leaves 1 in clearing" in breach.what
    assert clearing._applied == {}, "nothing is kept of what is settled everywhere"
