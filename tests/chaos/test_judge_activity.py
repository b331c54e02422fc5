"""Owns the test that an entry too many or too few becomes a finding of the rig.

Never tests how it is found.
Called by pytest.
"""

from contextlib import closing

import pytest

from actors.machines.messages.record import decode, encode
from actors.machines.streams import Streams
from actors.processes.local import LocalExchange
from rabbit.memory import MemoryLog
from tests.chaos.findings import Findings
from tests.chaos.judge_activity import judge_activity
from tests.processes.workload import register
from tests.rabbit.rigs import everything

SOCIAL = "social-0"


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
    judge_activity(log, findings)
    assert any(SOCIAL in finding for finding in findings.doubled) == doubled
