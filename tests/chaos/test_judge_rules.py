"""Owns the test that the auditor's breaches become findings of the rig.

Never tests the rules: the auditor's own tests do.
Called by pytest.
"""

from contextlib import closing

import pytest

from actors.machines.messages.events import Event, MemberRegistered, MoneyDeposited
from actors.machines.messages.record import Body, encode
from actors.machines.messages.words import Role
from rabbit.memory import MemoryLog
from tests.chaos.findings import Findings
from tests.chaos.judge_rules import judge_rules

GRACE = MemberRegistered(16, "grace", "", "grace", Role.MEMBER, "a key", 1)


@pytest.mark.parametrize(
    ("events", "found"),
    [((GRACE,), False), ((GRACE, MoneyDeposited(16, 5, 7)), True)],
    ids=["right", "more money than came"],
)
def test_a_breach_is_a_finding(events: tuple[Event, ...], found: bool) -> None:
    log = MemoryLog()
    log.initialise(("accounts-0", "markets-0"))
    with closing(log.writer("accounts-0")) as writer:
        list(writer.recover())
        writer.append(encode(Body({}, events, {}, {})), 1)
    findings = Findings()
    judge_rules(log, findings)
    assert any("money" in rule for rule in findings.rules) == found, findings.rules
