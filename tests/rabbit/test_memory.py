"""Owns the tests of what the log in memory has beyond the contract.

Never repeats the contract (test_log.py).
Called by pytest.
"""

from rabbit.memory import MemoryLog
from tests.rabbit.rigs import START, STREAM, append, recovered


def test_freeing_a_lock_is_the_death_of_its_holder() -> None:
    log = MemoryLog()
    log.initialise((STREAM,))
    records = append(recovered(log), 2)
    log.free(STREAM)
    successor = recovered(log)
    assert successor.epoch == 2
    assert log.reader(STREAM).read(START, 10) == records


def test_the_frames_are_the_rows_themselves() -> None:
    log = MemoryLog()
    log.initialise((STREAM,))
    append(recovered(log), 2)
    assert len(log.frames(STREAM)) == 3
    log.frames(STREAM).clear()
    assert log.reader(STREAM).read(START, 10) == []


def test_a_log_of_a_given_identity_repeats_to_the_byte() -> None:
    first, second = MemoryLog("same"), MemoryLog("same")
    for log in (first, second):
        log.initialise((STREAM,))
        append(recovered(log), 2)
    assert first.frames(STREAM)[1:] == second.frames(STREAM)[1:], "all but the epoch's nonce"


def test_what_a_replaced_writer_published_may_stand_in_an_unfenced_log_and_is_passed_over() -> None:
    log = MemoryLog(fenced=False)
    log.initialise((STREAM,))
    append(recovered(log), 1)
    stray = log.frames(STREAM).pop()
    log.free(STREAM)
    successor = recovered(log)
    log.frames(STREAM).append(stray)
    records = append(successor, 2)
    assert log.reader(STREAM).read(START, 10) == records
