"""Owns the judgement of markets' lives: what staff was told of has happened, and nothing unasked for.

Never looks at what trades in them.
Called by the verdict.

Staff asks without keys: each time that it was answered, or that nobody knows, it may have happened.
"""

from collections import Counter
from typing import Final

from tests.chaos.findings import Findings
from tests.chaos.history import History, Step, void_of
from tests.chaos.ledger import ACCEPTED_MAX, MARKETS, Entry, Ledger

BY_ITSELF: Final = frozenset({"open", "closed"})
"""What the end of an auction comes to without being asked for."""
ONCE: Final = ("in play", "closed", "void")
"""What no market goes through twice, or none of its contracts."""


def judge_steps(ledger: Ledger, history: History, findings: Findings) -> None:
    """Adds every step that is lost, doubled or never asked for, and every market that was made twice."""
    acknowledged, asked = Counter[Step](), Counter[Step]()
    made: dict[str, list[Entry]] = {}
    for entry in ledger.entries:
        if entry.path == MARKETS:
            made.setdefault(entry.body["name"], []).append(entry)
        elif (step := _step(entry)) is not None:
            told = sum(answered.status <= ACCEPTED_MAX for answered in entry.answers)
            acknowledged[step] += told
            asked[step] += len(entry.answers) + entry.doubts
    _judge_made(made, history, findings)
    ours = {market_id for name in made for market_id in history.names.get(name, [])}
    for step, count in (acknowledged - history.steps).items():
        # What is out of its market already is answered like what was just taken out.
        if not (step[1].startswith("void") and history.steps[step]):
            findings.lost.append(f"{_words(step)}: acknowledged {count} times more than it happened")
    for step, count in history.steps.items():
        if step[1].startswith(ONCE) and count > 1:
            findings.doubled.append(f"{_words(step)}: {count} times")
        if step[1] == "halted" and count > asked[step]:
            findings.other.append(f"market {step[0]} was halted")
        elif step[0] in ours and step[1] not in BY_ITSELF and count > asked[step]:
            findings.doubled.append(f"{_words(step)}: {count} times, asked for {asked[step]} times")


def _judge_made(made: dict[str, list[Entry]], history: History, findings: Findings) -> None:
    for name, entries in made.items():
        market_ids = history.names.get(name, [])
        if len(market_ids) > 1:
            findings.doubled.append(f"{name} was made as the markets {market_ids}")
        told = {
            int(answered.content["market"]["id"])
            for entry in entries
            for answered in entry.answers
            if answered.status <= ACCEPTED_MAX
        }
        if not told <= set(market_ids):
            findings.lost.append(f"{name} was made as {told}, and the log has {market_ids}")


def _step(entry: Entry) -> Step | None:
    """What somebody asked a market for."""
    parts = entry.path.strip("/").split("/")
    if parts[0] != "markets" or entry.method not in {"PATCH", "PUT"}:
        return None
    market_id, body = int(parts[1]), entry.body
    match parts[2:]:
        case []:
            return market_id, "in play" if "in_play" in body else body["state"]
        case ["settlement"]:
            return market_id, "verdict void" if body.get("void") else f"verdict {','.join(body['winners'])}"
        case _:
            return market_id, void_of(int(parts[3]))


def _words(step: Step) -> str:
    return f"market {step[0]}, {step[1]}"
