"""Owns the tests of waiting for a store that is away.

Never waits.
Called by pytest.
"""

from structlog.testing import capture_logs

from actors.processes.outage import BACK_OFF_FIRST_S, BACK_OFF_MAX_S, Outage

GONE = ConnectionError("gone")


def test_it_is_left_alone_longer_and_longer_up_to_a_limit() -> None:
    outage = Outage()
    pauses = [outage.goes_on(GONE) for _ in range(9)]
    assert pauses[:4] == [BACK_OFF_FIRST_S * 2**doubled for doubled in range(4)]
    assert pauses[-1] == BACK_OFF_MAX_S
    outage.is_over()
    assert outage.goes_on(GONE) == BACK_OFF_FIRST_S


def test_the_journal_hears_of_its_beginning_and_its_end_once() -> None:
    outage = Outage()
    with capture_logs() as lines:
        outage.is_over()
        for _ in range(5):
            outage.goes_on(GONE)
        outage.is_over()
        outage.is_over()
    assert [line["event"] for line in lines] == ["waits", "goes on"]
    assert lines[0]["reason"] == "gone"
