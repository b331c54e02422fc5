"""Owns the judgement of the log by the exchange's own auditor: priority, exposure, causes, the post.

Never relies on it alone: what was promised to members is judged by the rig's own code.
Called by the run, once everything has come to rest.
"""

from actors.auditing.auditor import Auditor
from actors.auditing.entries import Entry
from actors.machines.messages.record import decode
from rabbit.log import Log
from tests.chaos.findings import Findings
from tests.chaos.history import LogReader


def judge_rules(log: Log, findings: Findings) -> None:
    """Adds every breach."""
    auditor = Auditor(log.streams())
    breaches = []
    for record in LogReader(log).records():
        entry = Entry(record.stream, record.sequence, record.time, decode(record.body))
        breaches += auditor.feed(entry)
    breaches += auditor.at_rest()
    findings.rules += [
        f"{breach.stream}, record {breach.sequence}: {breach.rule}: {breach.what}" for breach in breaches
    ]
