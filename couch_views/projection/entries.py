"""Owns the documents of entries: what of each kind's content they hold, as the API writes it.

Never leaves anything out that its member may see, and never holds what nobody may: counterparties.
Called through the table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Never, cast

from actors.machines.messages.activity import (
    CommentContent,
    Content,
    Entry,
    EntryAdded,
    JoinedContent,
    NewsContent,
)
from actors.machines.messages.badges import BadgeContent
from actors.machines.messages.following import FollowContent
from actors.machines.messages.social_words import EntryKind
from actors.machines.messages.trading_entries import (
    ChallengeContent,
    FillContent,
    OrderContent,
    PositionContent,
    SettlementContent,
    VoidedContent,
)
from actors.machines.messages.words import TimeInForce
from actors.machines.money import format_money
from couch_views.activity_shapes import ORDERS, EntryDocument, entry_document_id, place_of
from couch_views.formats import format_average_price, format_time
from couch_views.json_values import Json
from couch_views.projection.rules import Moment
from couch_views.shapes import Document

Written = dict[str, Json]


def add_entry(event: EntryAdded, at: Moment, _: Mapping[str, Document]) -> Iterator[EntryDocument]:
    entry = event.entry
    yield {
        "_id": entry_document_id(at.stream, entry.entry_id),
        "kind": "entry",
        "stream": at.stream,
        "sequence": at.sequence,
        "id": str(entry.entry_id),
        "type": entry.kind.value,
        "account_id": _identity(entry.account_id),
        "username": entry.username or None,
        "market_id": _identity(entry.market_id),
        "event_id": _identity(entry.event_id),
        "places": _places(entry, event.numbers),
        "content": CONTENTS[type(entry.content)](cast("Never", entry.content)),
        "created_datetime": format_time(entry.time),
    }


def _places(entry: Entry, streams: Iterable[str]) -> list[str]:
    if entry.kind is EntryKind.ORDER:
        return [place_of(f"{ORDERS}/{entry.account_id}")]
    return [place_of(name) for name in streams]


def _identity(number: int) -> str | None:
    return str(number) if number else None


def _joined(_: JoinedContent) -> Written:
    return {}


def _news(content: NewsContent) -> Written:
    winners: list[Json] = [str(winner) for winner in content.winners]
    about: Written = {"contract_id": str(content.contract_id)} if content.contract_id else {}
    return {"step": content.step, "reason": content.reason or None, "winners": winners, **about}


def _badge(content: BadgeContent) -> Written:
    return {"badge": content.badge, "level": content.level}


def _comment(content: CommentContent) -> Written:
    return {"comment_id": str(content.comment_id)}


def _order(content: OrderContent) -> Written:
    return {
        "order_id": str(content.order_id),
        "contract_id": str(content.contract_id),
        "side": content.side.value,
        "type": content.time_in_force.value,
        # A market order takes any: what is reserved for it is no price of its own.
        "price": None if content.time_in_force is TimeInForce.MARKET else content.price,
        "quantity": content.quantity,
    }


def _fill(content: FillContent) -> Written:
    return {
        "order_id": str(content.order_id),
        "contract_id": str(content.contract_id),
        "side": content.side.value,
        "role": "maker" if content.maker else "taker",
        "average_price": format_average_price(content.value, content.quantity),
        "quantity": content.quantity,
        "challenge_id": _identity(content.challenge_id),
    }


def _position(content: PositionContent) -> Written:
    return {
        "step": "opened" if content.opened else "closed",
        "contract_id": str(content.contract_id),
        "side": content.side.value,
        "average_price": format_average_price(content.value, content.quantity),
        "quantity": content.quantity,
        "profit": None if content.profit is None else format_money(content.profit),
    }


def _settlement(content: SettlementContent) -> Written:
    return {
        "step": "settled" if content.version == 1 else "corrected",
        "outcome": content.outcome,
        "profit": format_money(content.result - content.commission),
        "commission": format_money(content.commission),
    }


def _voided(content: VoidedContent) -> Written:
    return {"step": "contract_voided", "contract_id": str(content.contract_id), "outcome": "void"}


def _challenge(content: ChallengeContent) -> Written:
    return {
        "step": content.step,
        "challenge_id": str(content.challenge_id),
        "contract_id": str(content.contract_id),
        "side": content.side.value,
        "price": content.price,
        "quantity": content.quantity,
        "other_account_id": _identity(content.other_account_id),
        "ending": content.ending or None,
    }


def _follow(content: FollowContent) -> Written:
    followed, _, _ = content.stream.partition("/")
    return {"followed": followed, "other_account_id": _identity(content.other_account_id)}


CONTENTS: Final[Mapping[type[Content], Callable[[Never], Written]]] = {
    JoinedContent: _joined,
    NewsContent: _news,
    FollowContent: _follow,
    BadgeContent: _badge,
    CommentContent: _comment,
    ChallengeContent: _challenge,
    OrderContent: _order,
    FillContent: _fill,
    PositionContent: _position,
    SettlementContent: _settlement,
    VoidedContent: _voided,
}
"""Class of content -> what documents hold of it."""
