"""Owns the test that an entry too many or too few becomes a finding of the rig.

Never tests how it is found.
Called by pytest.
"""

from collections.abc import Callable
from contextlib import closing
from typing import Final

import pytest

from actors.machines.messages.challenges import ChallengeAccepted, ChallengeOffered, Offer
from actors.machines.messages.record import decode, encode
from actors.machines.messages.words import Side
from actors.machines.streams import Streams
from actors.processes.local import LocalExchange
from rabbit.memory import MemoryLog
from tests.chaos.findings import Findings
from tests.chaos.history import History
from tests.chaos.judge_activity import Counted, judge_activity, judge_counts
from tests.processes.workload import register
from tests.rabbit.rigs import everything

SOCIAL = "social-0"
ADA, BEN, CHALLENGE, OTHER_ORDER = 16, 32, 48, 64


@pytest.mark.parametrize("doubled", [False, True])
def test_an_entry_that_is_there_twice_is_a_finding(*, doubled: bool) -> None:
    log = MemoryLog()
    exchange = LocalExchange(Streams(), log)
    exchange.ask(register("erika"))
    exchange.stop(SOCIAL)
    if doubled:
        (last,) = everything(log.reader(SOCIAL))[-1:]
        with closing(log.writer(SOCIAL)) as writer:
            list(writer.recover())
            writer.append(encode(decode(last.body)), last.time)
    findings = Findings()
    judge_activity(log, History(), findings)
    assert any(SOCIAL in finding for finding in findings.doubled) == doubled


def a_challenge_taken() -> History:
    offered = ChallengeOffered(1, 2, CHALLENGE, ADA, "ada", Side.BUY, 5_000, 10, Offer(0, None, 9), 1)
    accepted = ChallengeAccepted(1, 2, CHALLENGE, ADA, Side.BUY, 5_000, 10, 10**6, OTHER_ORDER, BEN, "ben", 2)
    history = History()
    history.take([("markets-0", offered), ("markets-0", accepted)])
    return history


def as_told() -> Counted:
    counted = Counted()
    counted.traded.update({CHALLENGE: 10, OTHER_ORDER: 10})
    steps = [(CHALLENGE, ADA, "offered"), (CHALLENGE, ADA, "taken"), (CHALLENGE, BEN, "accepted")]
    counted.challenges.update(steps)
    counted.earned.update([(ADA, "challenger", 1)])
    counted.badges.update([(ADA, "challenger", 1)])
    return counted


# What is told otherwise -> how many findings of lost and of doubled there are.
OTHERWISE: Final[dict[str, tuple[Callable[[Counted], object], tuple[int, int]]]] = {
    "all as it was": (lambda _: None, (0, 0)),
    "a fill without an entry": (lambda told: told.traded.pop(CHALLENGE), (1, 0)),
    "a fill told twice": (lambda told: told.traded.update({CHALLENGE: 10}), (0, 1)),
    "a step without an entry": (lambda told: told.challenges.pop((CHALLENGE, ADA, "taken")), (1, 0)),
    "a step told twice": (lambda told: told.challenges.update([(CHALLENGE, ADA, "taken")]), (0, 1)),
    "a badge without an entry": (lambda told: told.badges.clear(), (1, 0)),
    "a badge earned twice, and told once": (
        lambda told: told.earned.update([(ADA, "challenger", 1)]),
        (1, 1),
    ),
    "a badge told twice": (lambda told: told.badges.update([(ADA, "challenger", 1)]), (0, 1)),
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_entries_are_counted_against_what_happened(what: str) -> None:
    change, expected = OTHERWISE[what]
    counted, findings = as_told(), Findings()
    change(counted)
    judge_counts(counted, a_challenge_taken(), findings)
    assert (len(findings.lost), len(findings.doubled)) == expected
