"""Owns the judgement of challenges: what was acknowledged of each is in the log, and happened once.

Never looks at their trades as trades: those are judged with all others.
Called by the verdict.
"""

from collections.abc import Iterator
from typing import Final

from actors.machines.messages.challenges import ChallengeAccepted, ChallengeEnded, ChallengeOffered
from actors.machines.messages.events import OrderPlaced
from actors.machines.messages.words import ChallengeState
from tests.chaos.challenging import TERMS
from tests.chaos.findings import Findings
from tests.chaos.history import History
from tests.chaos.ledger import ACCEPTED_MAX, CHALLENGES, PENDING, Entry, Json, Ledger

NOT_FOUND: Final = 404


def judge_challenges(ledger: Ledger, history: History, findings: Findings) -> None:
    """Adds every challenge that is lost, doubled, never asked for or never at an end."""
    entries = [entry for entry in ledger.entries if entry.path.startswith(CHALLENGES)]
    for entry in entries:
        found = _of_offer(entry, history) if entry.method == "POST" else _of_answer(entry, history)
        findings.lost += [f"{entry.member.username} {entry.method} {entry.path}: {what}" for what in found]
    findings.doubled += _doubled(history)
    findings.doubled += _never_asked_for(entries, history)
    findings.stuck += [
        f"challenge {challenge_id} is open"
        for challenge_id in history.offers
        if challenge_id not in history.ends
    ]


def order_ids_asked_for(ledger: Ledger, history: History) -> set[int]:
    """The orders by which members offered or accepted challenges, as far as they asked for that.

    Who accepts does so without a key: each time they asked in doubt may have placed an order, of which one
    at most has traded.
    """
    keys, accepted = set(), set()
    for entry in ledger.entries:
        if entry.path == CHALLENGES:
            keys.add((entry.member.account_id, f"POST /v3{CHALLENGES}".rstrip("/"), entry.key))
        elif entry.path.startswith(CHALLENGES) and entry.body["state"] == ChallengeState.ACCEPTED:
            accepted.add((entry.member.account_id, _identity(entry)))
    offering = {
        (stream, opened.request_id)
        for key, several in history.opened.items()
        if key in keys
        for stream, opened in several
    }
    return {
        placed.order_id
        for (stream, request_id, _), several in history.placed.items()
        for placed in several
        if (stream, request_id) in offering or (placed.account_id, placed.challenge_id) in accepted
    }


def _of_offer(entry: Entry, history: History) -> Iterator[str]:
    """What an offer was answered with, and the log has otherwise."""
    opened = history.opened.get(
        (entry.member.account_id, f"POST /v3{CHALLENGES}".rstrip("/"), entry.key or ""), []
    )
    placed = history.placed.get((opened[0][0], opened[0][1].request_id, 0), []) if opened else []
    told = [answered.content["challenge"] for answered in entry.answers if answered.status <= ACCEPTED_MAX]
    for challenge in told:
        if not placed or str(placed[0].order_id) != challenge["id"]:
            yield f"challenge {challenge['id']} is not in the log"
            return
        yield from _differences(placed[0], entry.body, challenge)
        offered = history.offers.get(placed[0].order_id, [])
        if challenge["state"] == ChallengeState.OFFERED and not offered:
            yield f"challenge {challenge['id']} was never open"
    if not told and any(order.order_id in history.offers for order in placed):
        yield f"refused, and yet challenge {placed[0].order_id} was open"


def _differences(placed: OrderPlaced, asked: Json, told: Json) -> Iterator[str]:
    logged = {
        "market_id": str(placed.market_id),
        "contract_id": str(placed.contract_id),
        "side": placed.side,
        "price": placed.price,
        "quantity": placed.quantity,
    }
    for name in TERMS:
        if not logged[name] == asked[name] == told[name]:
            yield f"{name} was asked as {asked[name]}, answered as {told[name]}, logged as {logged[name]}"
    opponent = None if placed.offer is None else placed.offer.opponent
    if not opponent == asked.get("opponent") == told["opponent"]:
        yield f"it is for {opponent} in the log, and was answered as for {told['opponent']}"


def _of_answer(entry: Entry, history: History) -> Iterator[str]:
    """What somebody was told to have become of a challenge, and the log has otherwise."""
    ends = history.ends.get(_identity(entry), [])
    for status, content, _ in entry.answers:
        if status == NOT_FOUND:
            yield "a challenge that was seen is not found"
        if status > ACCEPTED_MAX or status == PENDING:
            continue
        told = content["challenge"]["state"]
        if told != entry.body["state"]:
            yield f"asked to be {entry.body['state']}, answered as {told}"
        if not ends or _state_of(ends[0]) != told:
            yield f"answered as {told}, and not so in the log"
        elif isinstance(ends[0], ChallengeAccepted) and ends[0].acceptor_id != entry.member.account_id:
            yield f"answered as {told}, but the log has another who accepted"


def _doubled(history: History) -> Iterator[str]:
    for challenge_id, offers in history.offers.items():
        if len(offers) > 1:
            yield f"challenge {challenge_id} was opened {len(offers)} times"
    for challenge_id, ends in history.ends.items():
        if len(ends) > 1:
            yield f"challenge {challenge_id} ended {len(ends)} times"
        if challenge_id not in history.offers:
            yield f"challenge {challenge_id} ended and was never open"


def _never_asked_for(entries: list[Entry], history: History) -> Iterator[str]:
    """Nobody accepts or declines unasked; a cancel of all one's orders withdraws, too."""
    asked = {
        (_identity(entry), entry.member.account_id, entry.body["state"])
        for entry in entries
        if entry.method == "PATCH"
    }
    for challenge_id, ends in history.ends.items():
        for ended in ends:
            answered_by = _answered_by(ended, history.offers.get(challenge_id, []))
            if answered_by and (challenge_id, answered_by, _state_of(ended)) not in asked:
                yield f"challenge {challenge_id} is {_state_of(ended)}, and nobody asked for that"


def _answered_by(ended: ChallengeAccepted | ChallengeEnded, offers: list[ChallengeOffered]) -> int:
    """Who must have asked for this end; 0: nobody, or one of several."""
    if isinstance(ended, ChallengeAccepted):
        return ended.acceptor_id
    if ended.state is ChallengeState.DECLINED and offers:
        return offers[0].offer.opponent_id
    return 0


def _state_of(ended: ChallengeAccepted | ChallengeEnded) -> str:
    return ChallengeState.ACCEPTED if isinstance(ended, ChallengeAccepted) else ended.state


def _identity(entry: Entry) -> int:
    return int(entry.path.strip("/").rpartition("/")[2])
