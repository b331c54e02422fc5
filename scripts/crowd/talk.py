"""Owns what members of the crowd do beside trading: comments, following, challenges and answers to them.

Never sends anything, never looks at a clock.
Called by the crowd, for one member at a time.
"""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Final

from scripts.client import Json, Operation, operation
from scripts.crowd.scene import CERTAIN, Act, Scene

LASTS: Final = dt.timedelta(hours=6)
SAYINGS: Final = (
    "{name} at {percent} %? I'd have said more.",
    "Nobody here seems to have looked at {name} lately.",
    "{percent} % for {name} is about right, if you ask me.",
    "I am out of {name}. Good luck to those who stay.",
    "Whoever sells {name} at {percent} % knows something, or nothing at all.",
    "Has anybody a reason for {name}, or is it the weather?",
    "I keep coming back to {name}.",
    "@{other} do you really believe in {name}?",
    "Thank you, @{other}, for the other side of that one.",
)
DARES: Final = ("Put it where your mouth is.", "A friendly one.", "You won't.", "For the harbour's honour.")


def comment(draw: random.Random, scene: Scene, others: Sequence[str]) -> Act:
    """A few words on the market."""
    contract = draw.choice(scene.contracts)
    text = draw.choice(SAYINGS).format(
        name=contract.name, percent=scene.middle(contract.id) // 100, other=draw.choice(others)
    )
    return Act("comment", operation("POST", f"/markets/{scene.market.id}/comments/", {"text": text}))


def follow(draw: random.Random, scene: Scene, others: Sequence[str]) -> Act:
    """Another member, or the market."""
    if draw.random() < 0.7:
        return Act("follow", operation("PUT", f"/following/members/{draw.choice(others)}/"))
    return Act("follow", operation("PUT", f"/following/markets/{scene.market.id}/"))


def challenge(draw: random.Random, scene: Scene, others: Sequence[str], now: dt.datetime) -> Act:
    """A small bet that another member is dared to take."""
    contract = draw.choice(scene.contracts)
    body = {
        "market_id": scene.market.id,
        "contract_id": contract.id,
        "side": draw.choice(("buy", "sell")),
        "price": scene.possible(scene.middle(contract.id) + draw.randint(-300, 300)),
        "quantity": draw.randint(1, 5) * CERTAIN,
        "opponent": draw.choice(others),
        "message": draw.choice(DARES),
        "expires_datetime": (now + LASTS).isoformat(),
    }
    return Act("challenge", operation("POST", "/challenges/", body))


def offered() -> Operation[Json]:
    """A look at what one is dared to."""
    return operation("GET", "/challenges/?role=opponent&states=offered&limit=20")


def answer(draw: random.Random, found: Sequence[Json]) -> Act | None:
    """Mostly yes."""
    if not found:
        return None
    state = "accepted" if draw.random() < 0.7 else "declined"
    return Act(state, operation("PATCH", f"/challenges/{draw.choice(found)['id']}/", {"state": state}))
