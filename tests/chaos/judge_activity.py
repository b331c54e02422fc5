"""Owns the judgement of members' activity: what social streams wrote is what they had to write, once.

Never relies on the hosts: each stream is made anew from what it read.
Called by the run, once everything has come to rest.
"""

from actors.machines.streams import Streams
from actors.processes.social_rederive import rederive
from rabbit.log import Log
from tests.chaos.findings import Findings


def judge_activity(log: Log, findings: Findings) -> None:
    """Adds the first record of each social stream that is not what its inputs lead to."""
    for name in Streams.of_names(log.streams()).social_names:
        if (difference := rederive(log, name).difference) is not None:
            findings.doubled.append(f"{name}, record {difference.sequence}: {difference.what}")
