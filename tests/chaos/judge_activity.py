"""Owns the judgement of members' activity: what social streams wrote is what they had to write, once.

Never relies on the hosts: each stream is made anew from what it read, and what was traded, offered and
earned is counted against the entries of it.
Called by the run, once everything has come to rest.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from actors.machines.messages.activity import EntryAdded
from actors.machines.messages.badges import BadgeContent, BadgeEarned
from actors.machines.messages.challenges import ChallengeAccepted
from actors.machines.messages.events import Event
from actors.machines.messages.trading_entries import ChallengeContent, FillContent
from actors.machines.streams import Streams, social_stream_of_id
from actors.processes.social_rederive import rederive
from rabbit.log import Log
from tests.chaos.findings import Findings
from tests.chaos.history import History, LogReader


@dataclass(slots=True)
class Counted:
    """What social streams tell of, each counted where its entry was made."""

    traded: Counter[Hashable] = field(default_factory=Counter)
    """Order -> how much of it was executed, by the entries."""
    challenges: Counter[Hashable] = field(default_factory=Counter)
    """Challenge, member and step."""
    badges: Counter[Hashable] = field(default_factory=Counter)
    """Member, badge and level, as entries."""
    earned: Counter[Hashable] = field(default_factory=Counter)
    """The same, as the badges slice says."""

    def take(self, stream: str, event: Event) -> None:
        if isinstance(event, BadgeEarned):
            self.earned[event.account_id, event.badge, event.level] += 1
        if not isinstance(event, EntryAdded) or social_stream_of_id(event.entry.entry_id) != stream:
            return
        match event.entry.content:
            case FillContent(order_id=order_id, quantity=quantity):
                self.traded[order_id] += quantity
            case ChallengeContent(challenge_id=challenge_id, step=step):
                self.challenges[challenge_id, event.entry.account_id, step] += 1
            case BadgeContent(badge=badge, level=level):
                self.badges[event.entry.account_id, badge, level] += 1
            case _:
                pass


def judge_activity(log: Log, history: History, findings: Findings) -> None:
    """Adds what has no entry or two, and the first record of each stream that its inputs don't lead to."""
    counted = Counted()
    for stream, event in LogReader(log).read():
        counted.take(stream, event)
    judge_counts(counted, history, findings)
    for name in Streams.of_names(log.streams()).social_names:
        if (difference := rederive(log, name).difference) is not None:
            findings.doubled.append(f"{name}, record {difference.sequence}: {difference.what}")


def judge_counts(counted: Counted, history: History, findings: Findings) -> None:
    """Adds every entry that is missing, and every one that is there too often."""
    twice = Counter({badge: count for badge, count in counted.earned.items() if count > 1})
    findings.doubled += [f"a badge was earned more than once: {badge}" for badge in twice]
    for what, expected, told in (
        ("executed of an order", _traded(history), counted.traded),
        ("step of a challenge", Counter(_steps(history)), counted.challenges),
        ("badge", counted.earned, counted.badges),
    ):
        findings.lost += [f"no entry tells of: {what} {one}: {n}" for one, n in (expected - told).items()]
        findings.doubled += [
            f"too much is told of: {what} {one}: {n}" for one, n in (told - expected).items()
        ]


def _traded(history: History) -> Counter[Hashable]:
    traded: Counter[Hashable] = Counter()
    for executions in history.executions.values():
        for one in executions:
            for order_id in one.order_ids:
                traded[order_id] += one.quantity
    return traded


def _steps(history: History) -> Iterator[Hashable]:
    for challenge_id, offers in history.offers.items():
        for offered in offers:
            yield challenge_id, offered.account_id, "offered"
    for challenge_id, ends in history.ends.items():
        for ended in ends:
            if isinstance(ended, ChallengeAccepted):
                yield challenge_id, ended.account_id, "taken"
                yield challenge_id, ended.acceptor_id, "accepted"
            else:
                yield challenge_id, ended.account_id, "ended"
