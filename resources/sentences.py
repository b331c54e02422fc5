"""Owns the sentences in which entries of activity tell what happened, with no more than is shown of them.

Never reads a document, and never decides what is shown: what isn't in an entry is not in its sentence.
Called by the resources of activity and of whatever shows entries.
"""

from collections.abc import Callable, Mapping
from typing import Final, cast

from actors.machines.messages.social_words import EntryKind
from actors.machines.stream.badge_declarations import BY_NAME
from couch_views.json_values import JsonObject
from resources.pages.formats import payout, percent, signed_money

_CHALLENGES: Final = {
    "offered": ("offered a challenge", ""),
    "accepted": ("accepted a challenge", ""),
    "taken": ("had a challenge taken", ""),
    "ended": ("had a challenge", "come to nothing"),
    # How it ended, where that is shown.
    "declined": ("had a challenge", "declined"),
    "withdrawn": ("withdrew a challenge", ""),
    "expired": ("had a challenge", "run out"),
    "cancelled": ("had a challenge", "cancelled"),
}
"""Step or ending -> what is said before the terms, and after them."""
_ENDS: Final = (".", "?", "!")
"""What a name of a market may end with, and a sentence: none is set behind another."""


def sentence(entry: JsonObject) -> str:
    """An entry in words, as ``resources/answers/activity.py`` has it but for the sentence itself."""
    words = _BY_KIND[EntryKind(str(entry["kind"]))](entry)
    said = " ".join(word for word in words if word)
    return said if said.endswith(_ENDS) else f"{said}."


def _joined(entry: JsonObject) -> tuple[str, ...]:
    return _who(entry), "joined Credence"


def _news(entry: JsonObject) -> tuple[str, ...]:
    won = ", ".join(_name(each) for each in cast("list[JsonObject]", entry["winners"]))
    step = str(entry["step"]).replace("_", " ")
    name, which = _name(entry["market"]), _name(entry.get("contract"))
    what = f"{name} {step.capitalize()}" if name.endswith(_ENDS) else f"{name}: {step}"
    said = (what, which, won and f"Won by {won}", entry["reason"])
    return (". ".join(str(each).rstrip(".") for each in said if each),)


def _order(entry: JsonObject) -> tuple[str, ...]:
    asks = {"buy": "asks to buy", "sell": "asks to sell"}
    side = asks.get(_text(entry, "side"))
    what = f"{side} {_name(entry['contract'])}" if side else "placed an order"
    return _who(entry), what, _where(entry), _terms(entry)


def _fill(entry: JsonObject) -> tuple[str, ...]:
    side = {"buy": "bought", "sell": "sold"}.get(_text(entry, "side"))
    what = f"{side} {_name(entry['contract'])}" if side else "traded"
    return _who(entry), what, _where(entry), _terms(entry)


def _position(entry: JsonObject) -> tuple[str, ...]:
    side = {"buy": "for", "sell": "against"}.get(_text(entry, "side"))
    on = f"{side} {_name(entry['contract'])}" if side else ""
    return _who(entry), f"{entry['step']} a position", on, _where(entry), _terms(entry), _profit(entry)


def _settlement(entry: JsonObject) -> tuple[str, ...]:
    outcome = _text(entry, "outcome")
    if entry["step"] == "contract_voided":
        return _who(entry), f"got the stakes on {_name(entry['contract'])} back", _where(entry)
    if outcome in ("won", "lost"):
        return _who(entry), outcome, _where(entry), _profit(entry), _corrected(entry)
    said = {"even": "came out even", "void": "got all back"}.get(outcome, "had a position settled")
    return _who(entry), said, _where(entry), _corrected(entry)


def _follow(entry: JsonObject) -> tuple[str, ...]:
    followed = _text(entry, "other_username") or _name(entry["market"] or entry["event"])
    return _who(entry), "follows", followed


def _challenge(entry: JsonObject) -> tuple[str, ...]:
    said, after = _CHALLENGES[_text(entry, "ending") or _text(entry, "step")]
    other = _text(entry, "other_username")
    side = {"buy": "for", "sell": "against"}.get(_text(entry, "side"))
    on = f"{side} {_name(entry['contract'])}" if side else ""
    with_whom = other and f"with {other}"
    return _who(entry), said, with_whom, on, _where(entry), _terms(entry), after


def _badge(entry: JsonObject) -> tuple[str, ...]:
    """By the titles of the badge and of its level; one that isn't declared any more by its name."""
    badge = BY_NAME.get(str(entry["badge"]))
    if badge is None:
        return _who(entry), "earned the badge", str(entry["badge"])
    return _who(
        entry
    ), f"earned the badge {badge.title}: {badge.levels[cast('int', entry['level']) - 1].title}"


def _comment(entry: JsonObject) -> tuple[str, ...]:
    return _who(entry), "wrote a comment", _where(entry)


def _who(entry: JsonObject) -> str:
    member = cast("Mapping[str, str]", entry["member"])
    return member["display_name"]


def _name(named: object) -> str:
    return "" if named is None else str(cast("Mapping[str, object]", named)["name"])


def _text(entry: JsonObject, field: str) -> str:
    """The field, if it is there and says anything."""
    return str(entry.get(field) or "")


def _where(entry: JsonObject) -> str:
    return f"in {_name(entry['market'])}" if entry["market"] else ""


def _terms(entry: JsonObject) -> str:
    """Price and quantity, as far as they are shown."""
    price = entry.get("price") or entry.get("average_price")
    said = (price and f"at {percent(price)}", "quantity" in entry and f"for {payout(entry['quantity'])}")
    return " ".join(each for each in said if each)


def _profit(entry: JsonObject) -> str:
    profit = entry.get("profit")
    return f"({signed_money(profit)})" if profit else ""


def _corrected(entry: JsonObject) -> str:
    return "after a correction" if entry["step"] == "corrected" else ""


_BY_KIND: Final[Mapping[EntryKind, Callable[[JsonObject], tuple[str, ...]]]] = {
    EntryKind.JOINED: _joined,
    EntryKind.ORDER: _order,
    EntryKind.FILL: _fill,
    EntryKind.POSITION: _position,
    EntryKind.SETTLEMENT: _settlement,
    EntryKind.FOLLOW: _follow,
    EntryKind.CHALLENGE: _challenge,
    EntryKind.BADGE: _badge,
    EntryKind.COMMENT: _comment,
    EntryKind.NEWS: _news,
}

assert _BY_KIND.keys() == set(EntryKind)
