"""Owns what is told of a run: a table for people, and the last line for programs.

Never judges.
Called by the command.
"""

import json
from collections import Counter
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.chaos.ledger import ACCEPTED_MAX, CHALLENGES, Ledger
from tests.chaos.outages import longest_outage_ms, times_back
from tests.chaos.run import Outcome

SHOWN_MAX: Final = 20
"""Findings of a kind that are told; how many there are is told anyway."""


def last_line(profile: str, outcome: Outcome) -> str:
    """The one JSON object that a run ends with."""
    findings = outcome.findings
    return json.dumps(
        {
            "profile": profile,
            "orders": len(outcome.served),
            "kills": len(outcome.kills),
            "acknowledged_lost": len(findings.lost),
            "doubled": len(findings.doubled),
            "money_conserved": not findings.money,
            "in_doubt_resolved": not findings.unresolved,
            "longest_outage_ms": longest_outage_ms(outcome.served, outcome.began, outcome.ended),
            "stuck_orders": len(findings.stuck),
            "ok": findings.is_clean,
        }
    )


def print_summary(outcome: Outcome, console: Console) -> None:
    """Kills by kind of process, disturbances, and what was found."""
    console.print(_table_of_kills(outcome))
    if outcome.holds:
        console.print(_table_of_holds(outcome))
    ledger = outcome.ledger
    seconds = outcome.ended - outcome.began
    console.print(
        f"{len(outcome.served)} orders accepted in {seconds:.0f} s, {len(ledger.entries)} requests,"
        f" {ledger.in_doubt} of them in doubt for a time"
    )
    answered = challenges_by_state(ledger)
    console.print(f"challenges: {', '.join(f'{count} {state}' for state, count in answered.items())}")
    in_all = longest_outage_ms(outcome.served, outcome.began, outcome.ended)
    undisturbed = longest_outage_ms(outcome.served, outcome.began, outcome.ended, besides=outcome.holds)
    console.print(f"longest outage {in_all} ms; by kills alone, besides the disturbances, {undisturbed} ms")
    for kind, sentences in outcome.findings.by_kind().items():
        if sentences:
            console.print(f"{len(sentences)} {kind}:")
        for sentence in sentences[:SHOWN_MAX]:
            console.print(f"  {sentence}", highlight=False, markup=False, soft_wrap=True)


def challenges_by_state(ledger: Ledger) -> dict[str, int]:
    """How many requests about challenges succeeded, by what the challenge became."""
    states = Counter(
        entry.body.get("state", "offered")
        for entry in ledger.entries
        if entry.path.startswith(CHALLENGES)
        and any(answered.status <= ACCEPTED_MAX for answered in entry.answers)
    )
    return dict(sorted(states.items()))


def _table_of_kills(outcome: Outcome) -> Table:
    table = Table("killed", "times", "undisturbed", "median back, ms", "worst back, ms")
    for name, back in times_back(outcome.kills, outcome.served, outcome.holds).items():
        table.add_row(name, *("" if value is None else str(value) for value in back))
    return table


def _table_of_holds(outcome: Outcome) -> Table:
    table = Table("disturbance", "times", "seconds in all")
    times = Counter(hold.deed for hold in outcome.holds)
    for deed, count in sorted(times.items()):
        lasted = sum(hold.ended - hold.began for hold in outcome.holds if hold.deed == deed)
        table.add_row(deed, str(count), f"{lasted:.0f}")
    return table
