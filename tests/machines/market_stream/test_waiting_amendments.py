"""Owns the tests of amendments that wait: one for an order, by a timer of its own, until it is decided.

Never tests what it comes to then: the tests of amendments do.
Called by pytest.
"""

from msgspec import structs

from actors.machines.market_stream.timers import Timers
from actors.machines.market_stream.waiting_amendments import WaitingAmendments, delayed_amendment
from actors.machines.messages.amendments import SubmitAmendment
from actors.machines.messages.book_events import AmendMissed
from actors.machines.messages.parts import Conditions
from actors.machines.messages.words import Reason, TimeInForce

KEPT = TimeInForce.KEEP_IN_PLAY
ASKED = SubmitAmendment(3, 16, 7, 5000, 200, 100, KEPT, Conditions(post_only=True))


def test_an_amendment_waits_under_its_order_s_number_counted_the_other_way() -> None:
    waiting, timers = WaitingAmendments(3), Timers()
    waiting.begin(delayed_amendment(ASKED, 2_000), timers)
    assert timers.due(2_000) == [(3, -16)]
    assert waiting.of_timer(-16) == ASKED
    assert (waiting.of_timer(16), waiting.of_timer(0)) == (None, None)


def test_of_those_that_are_due_at_once_the_first_that_was_asked_for_goes_first() -> None:
    waiting, timers = WaitingAmendments(3), Timers()
    later = structs.replace(ASKED, order_id=99)
    for asked in (ASKED, later):
        waiting.begin(delayed_amendment(asked, 2_000), timers)
    done = []
    for _, identity in timers.due(2_000):
        asked_first = waiting.of_timer(identity)
        assert asked_first is not None
        done.append(asked_first)
        missed = AmendMissed(3, asked_first.order_id, 7, Reason.TOO_LATE, delayed=True)
        waiting.end(missed, timers)
        assert (timers.next_time, bool(waiting.waiting)) in ((2_000, True), (None, False))
    assert done == [ASKED, later]
    assert waiting.of_timer(-99) is None


def test_it_ends_with_what_says_that_it_had_waited_and_with_nothing_else() -> None:
    waiting, timers = WaitingAmendments(3), Timers()
    waiting.begin(delayed_amendment(ASKED, 2_000), timers)
    waiting.end(AmendMissed(3, 16, 7, Reason.TOO_LATE), timers)
    assert timers.next_time == 2_000
    missed = waiting.decide_misses(Reason.MARKET_NOT_OPEN, {}, {16: None})
    assert missed == [AmendMissed(3, 16, 7, Reason.MARKET_NOT_OPEN, delayed=True)]
    waiting.end(missed[0], timers)
    assert (timers.due(9_000), waiting.waiting) == ([], {})


def test_where_the_market_stops_an_amendment_of_an_order_that_is_gone_was_too_late() -> None:
    waiting, timers = WaitingAmendments(3), Timers()
    waiting.begin(delayed_amendment(ASKED, 2_000), timers)
    (missed,) = waiting.decide_misses(Reason.MARKET_NOT_OPEN, {}, {32: None})
    assert missed.reason is Reason.TOO_LATE
