"""Owns the tests of waiting for a store that is away.

Never waits.
Called by pytest.
"""

from structlog.testing import capture_logs

from actors.processes.outage import (
    BACK_OFF_FIRST_S,
    BACK_OFF_MAX_S,
    REFUSED_BACK_OFF_MAX_S,
    REMIND_EVERY_S,
    Outage,
)

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


def test_while_it_lasts_the_journal_is_reminded_each_minute() -> None:
    now = 0.0
    outage = Outage(lambda: now)
    with capture_logs() as lines:
        while now < 2.5 * REMIND_EVERY_S:
            now += outage.goes_on(GONE)
    assert [line["event"] for line in lines] == ["waits"] * 3
    assert [line["for_s"] // REMIND_EVERY_S for line in lines] == [0, 1, 2]


def test_what_is_refused_is_an_error_and_tried_again_less_often() -> None:
    outage = Outage()
    with capture_logs() as lines:
        pauses = [outage.goes_on(GONE, refused=True) for _ in range(20)]
    assert pauses[-1] == REFUSED_BACK_OFF_MAX_S
    assert [(line["event"], line["log_level"]) for line in lines] == [("is refused", "error")]
