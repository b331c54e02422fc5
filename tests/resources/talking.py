"""Owns how tests of comments talk: who writes what where, and what members tell the exchange beside it.

Never checks anything.
Called by the tests of comments.
"""

from itertools import count
from typing import Final

from actors.machines.messages.answers import Answer
from actors.machines.messages.commands import Request
from actors.machines.messages.social_commands import SocialCommand
from tests.resources.world import Json, Visitor, World

_KEYS: Final = count()


def write(visitor: Visitor, market: Json, text: str = "Well.", **fields: str) -> Json:
    """A comment on a market."""
    path = f"/v3/markets/{market['id']}/comments/"
    return visitor.ok("POST", path, {"text": text, **fields})["comment"]


def texts(visitor: Visitor, market: Json, query: str = "") -> list[str]:
    """What somebody sees of the comments on a market."""
    found = visitor.ok("GET", f"/v3/markets/{market['id']}/comments/{query}")["comments"]
    return [each["text"] for each in found]


def account_of(visitor: Visitor) -> int:
    return int(visitor.ok("GET", "/v3/accounts/")["account"]["account_id"])


def tell(world: World, visitor: Visitor, command: SocialCommand) -> None:
    """What a member does that isn't about comments."""
    request = Request(
        account_of(visitor),
        1,
        "POST /",
        f"told-{next(_KEYS)}",
        key_kept=True,
        fingerprint="",
        commands=(command,),
    )
    answer = world.exchange.ask(request)
    assert isinstance(answer, Answer)
