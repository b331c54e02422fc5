"""Owns the audit of a whole log: feed it each stream's records in order, it says what does not hold.

Never reads a log, a clock or a setting; needs no order between streams.
Called by the auditor's process, by ``make audit`` and by rigs that run the exchange in one thread.
"""

from collections.abc import Sequence
from typing import Final

from actors.auditing.accounts import AccountsAudit
from actors.auditing.breaches import Breach, Findings, Rule
from actors.auditing.causes import CausesAudit
from actors.auditing.clearing import ClearingAudit
from actors.auditing.entries import Entry
from actors.auditing.halts import MOVES, Halts
from actors.auditing.markets import MarketsAudit
from actors.auditing.post import PostAudit
from actors.auditing.social import ReadsAudit, SocialAudit
from actors.auditing.told import ToldAudit
from actors.machines.messages.commands import Halt
from actors.machines.messages.events import Event, MarketCreated, VerdictNoted
from actors.machines.messages.posted import Posted

ACCOUNTS: Final = "accounts-"
MARKETS: Final = "markets-"
SOCIAL: Final = "social-"
SPANNING: Final = frozenset({VerdictNoted, *MOVES})
"""The events that more than their own stream has to know of."""


class StreamAudit:
    """One stream: the audit of its kind, of what it tells, and where it stands."""

    def __init__(self, name: str, account_streams: tuple[str, ...], homes: dict[int, str]) -> None:
        self.findings = Findings(name)
        self.accounts = AccountsAudit(self.findings) if name.startswith(ACCOUNTS) else None
        self.markets = MarketsAudit(self.findings, account_streams) if name.startswith(MARKETS) else None
        self.social = SocialAudit(self.findings) if name.startswith(SOCIAL) else None
        left_of = (lambda *_: 0) if self.markets is None else self.markets.left_of
        self.told = ToldAudit(self.findings, account_streams, homes, left_of, self._username_of)
        self.time = 0

    def _username_of(self, account_id: int) -> str:
        member = None if self.accounts is None else self.accounts.members.members.get(account_id)
        return "nobody" if member is None else member.username

    def place(self, entry: Entry) -> None:
        """The record must be the next one."""
        before = self.findings.sequence
        self.findings.sequence = entry.sequence
        if entry.sequence != before + 1:
            self.findings.add(Rule.SEQUENCE, f"record {entry.sequence} comes after record {before}")
        if entry.time < self.time:
            self.findings.add(Rule.SEQUENCE, f"its time {entry.time} is before {self.time}")
        self.time = max(self.time, entry.time)


class Auditor:
    """The audit of all streams of a log."""

    def __init__(self, streams: Sequence[str]) -> None:
        self._account_streams = tuple(name for name in streams if name.startswith(ACCOUNTS))
        self._homes: dict[int, str] = {}
        self._streams = {name: StreamAudit(name, self._account_streams, self._homes) for name in streams}
        findings = {name: audit.findings for name, audit in self._streams.items()}
        self._post = PostAudit(findings)
        self._reads = ReadsAudit(findings)
        self._causes = CausesAudit(self._account_of, self._market_of)
        self._clearing = ClearingAudit(self._account_streams)
        self._halts = Halts()
        self.events = 0
        """Events judged so far."""

    @property
    def unsettled(self) -> bool:
        """Whether records refer to what was not fed yet."""
        return self._post.unsettled or self._reads.unsettled

    def feed(self, entry: Entry) -> list[Breach]:
        """The next record of its stream; what breaches were found by it, also in other streams' records."""
        audit = self._streams[entry.stream]
        audit.place(entry)
        found = self._judge(audit, entry)
        self._post.note(entry)
        self._reads.note(entry, self._post.noted)
        found += audit.findings.take()
        for covered in self._post.covered():
            found += self._causes.judge(covered)
        return self._keep(found)

    @property
    def fed(self) -> int:
        """Records so far."""
        return self._post.noted

    def overdue(self, fed: int) -> list[Breach]:
        """What the first ``fed`` records refer to and is not there; each thing is said once.

        To be asked when, after those were fed, every stream was read to its end: what a record took was in
        the log before it.
        """
        return self._keep(self._post.overdue(fed) + self._reads.overdue(fed))

    def at_rest(self) -> list[Breach]:
        """The same for all records: everything in the log was fed."""
        return self.overdue(self.fed)

    def broken(self, stream: str, what: str) -> list[Breach]:
        """A stream can't be read on: its chain says why."""
        sequence = self._streams[stream].findings.sequence + 1
        return self._keep([Breach(stream, sequence, Rule.CHAIN, what)])

    def halts(self) -> list[Halt]:
        """The halts to ask for now; they are due until the log shows them."""
        return self._halts.due()

    def _judge(self, audit: StreamAudit, entry: Entry) -> list[Breach]:
        """The rules within the stream, and the one over all account streams."""
        found: list[Breach] = []
        self.events += len(entry.body.events)
        rules = audit.accounts or audit.markets or audit.social
        assert rules is not None, f"{entry.stream} is of no kind that is known"
        rules.begin(entry.time)
        judge, note = rules.judge, audit.told.note
        for event in entry.body.events:
            judge(event)
            note(event)
            if type(event) in SPANNING:
                found += self._note(audit, event)
        rules.end()
        audit.told.judge(entry)
        return found

    def _note(self, audit: StreamAudit, event: Event) -> list[Breach]:
        """What more than this stream has to know of an event."""
        if isinstance(event, VerdictNoted):
            return self._applied(audit, event)
        self._halts.note(event)
        if isinstance(event, MarketCreated):
            market_id, here = event.market.market_id, audit.findings.stream
            if self._homes.setdefault(market_id, here) != here:
                what = f"the market is created here, but messages to it go to {self._homes[market_id]}"
                audit.findings.add(Rule.IDENTITY, what, market_id)
        return []

    def _applied(self, audit: StreamAudit, event: VerdictNoted) -> list[Breach]:
        if audit.accounts is None:
            return []
        clearing = audit.accounts.members.clearing.get(event.market_id, 0)
        place = (audit.findings.stream, audit.findings.sequence)
        return self._clearing.applied(*place, event.market_id, event.verdict.version, clearing)

    def _keep(self, found: list[Breach]) -> list[Breach]:
        """Members' activity is no reason to halt trading: nothing that trades depends on it."""
        for breach in found:
            if not breach.stream.startswith(SOCIAL):
                self._halts.found(breach)
        return found

    def _account_of(self, stream: str, username: str) -> int | None:
        accounts = self._streams[stream].accounts
        return None if accounts is None else accounts.members.usernames.get(username)

    def _market_of(self, stream: str, message: Posted | None) -> int | None:
        market_id: int | None = getattr(message, "market_id", None)
        accounts = self._streams[stream].accounts
        if market_id is None and accounts is not None:
            order = accounts.members.orders.get(getattr(message, "order_id", 0))
            market_id = None if order is None else order.market_id
        return market_id
