"""Owns the documents of what staff does: each action with who, why and when, and what came of it.

Never shows a password's hash or a key: none of the staff's commands holds one.
Called through the table.

What came of an action is a document of its own: neither is ever changed.
"""

from collections.abc import Iterator, Mapping
from typing import Final, assert_never

from actors.machines.messages.answers import Refused, Result
from actors.machines.messages.challenges import ChallengeResult, DeclineChallenge
from actors.machines.messages.commands import (
    ChangeEvent,
    ChangeExchangeState,
    ChangeMarketState,
    ChangeRoles,
    CreateEvent,
    CreateMarket,
    PostedCommand,
    SettleMarket,
    TurnInPlay,
)
from actors.machines.messages.comments import CommentHidden, CommentShown
from actors.machines.messages.events import InstructionSent, ItemAnswered, MoneyMoveSent
from actors.machines.messages.voiding import VoidContract
from actors.machines.money import format_money
from actors.machines.streams import ID_STREAM_BITS
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import (
    ActionDocument,
    Document,
    OutcomeDocument,
    action_document_id,
    outcome_document_id,
)

_ITEMS: Final = 1_000

_Details = dict[str, str]


def action_id(account_id: int, request_id: int, item: int) -> int:
    """One number for an item of a request: unique among all streams, in the order of its stream's."""
    stream = account_id & (1 << ID_STREAM_BITS) - 1
    return (request_id << ID_STREAM_BITS | stream) * _ITEMS + item


def add_instruction(
    event: InstructionSent, at: Moment, _: Mapping[str, Document]
) -> Iterator[ActionDocument]:
    if event.time and not isinstance(event.command, DeclineChallenge):
        yield _action(event, at, _NAMES[type(event.command)], _details(event.command), event.command.reason)


def add_money_move(event: MoneyMoveSent, at: Moment, _: Mapping[str, Document]) -> Iterator[ActionDocument]:
    if event.time:
        name = "withdrawal" if event.withdrawal else "deposit"
        details = {"username": event.username, "amount": format_money(event.amount)}
        yield _action(event, at, name, details, event.reason)


def add_moderation(
    event: CommentHidden | CommentShown, at: Moment, _: Mapping[str, Document]
) -> Iterator[ActionDocument]:
    """Told by the comment's stream, once it is done."""
    name = "hide-comment" if isinstance(event, CommentHidden) else "show-comment"
    yield _action(event, at, name, {"comment_id": str(event.comment_id)}, event.reason)


def add_moderated(
    event: CommentHidden | CommentShown, at: Moment, _: Mapping[str, Document]
) -> Iterator[OutcomeDocument]:
    yield _outcome(event.time, action_id(event.account_id, event.request_id, event.item), at, None)


def add_outcome(event: ItemAnswered, at: Moment, _: Mapping[str, Document]) -> Iterator[OutcomeDocument]:
    if event.asked_time and not isinstance(event.result, ChallengeResult):
        identity = action_id(event.account_id, event.request_id, event.item)
        yield _outcome(event.asked_time, identity, at, event.result)


def _outcome(time: int, identity: int, at: Moment, result: Result | None) -> OutcomeDocument:
    refused = result if isinstance(result, Refused) else None
    return {
        "_id": outcome_document_id(time, identity),
        "kind": "outcome",
        "stream": at.stream,
        "sequence": at.sequence,
        "outcome": "done" if refused is None else "refused",
        "refusal": None if refused is None else refused.detail or refused.reason.value,
    }


def _action(
    event: InstructionSent | MoneyMoveSent | CommentHidden | CommentShown,
    at: Moment,
    name: str,
    details: _Details,
    reason: str,
) -> ActionDocument:
    identity = action_id(event.account_id, event.request_id, event.item)
    return {
        "_id": action_document_id(event.time, identity),
        "kind": "action",
        "stream": at.stream,
        "sequence": at.sequence,
        "id": str(identity),
        "account_id": str(event.account_id),
        "action": name,
        "details": details,
        "reason": reason,
        "created_datetime": format_time(event.time),
    }


_NAMES: Final[Mapping[type[PostedCommand], str]] = {
    CreateEvent: "create-event",
    ChangeEvent: "change-event",
    CreateMarket: "create-market",
    ChangeMarketState: "change-market-state",
    TurnInPlay: "turn-in-play",
    SettleMarket: "settle-market",
    VoidContract: "void-contract",
    ChangeExchangeState: "change-exchange-state",
    ChangeRoles: "change-roles",
}


def _details(command: PostedCommand) -> _Details:
    """What the action is about, in the API's words."""
    match command:
        case CreateEvent():
            return {"name": command.name, "type": command.type}
        case ChangeEvent():
            changed = {"name": command.name, "type": command.type, "description": command.description}
            state = None if command.state is None else command.state.value
            start = None if command.start_time is None else format_time(command.start_time)
            given = {**changed, "state": state, "start_datetime": start}
            texts = {field: text for field, text in given.items() if text is not None}
            return {"event_id": str(command.event_id), **texts}
        case CreateMarket():
            return {"event_id": str(command.event_id), "name": command.name}
        case ChangeMarketState():
            return {"market_id": str(command.market_id), "state": command.state.value}
        case TurnInPlay():
            return {"market_id": str(command.market_id)}
        case SettleMarket():
            winners = "void" if command.void else ",".join(map(str, command.winners))
            shared = {"dead_heat": ",".join(map(str, command.dead_heat))} if command.dead_heat else {}
            return {"market_id": str(command.market_id), "winners": winners, **shared}
        case VoidContract():
            return {"market_id": str(command.market_id), "contract_id": str(command.contract_id)}
        case ChangeExchangeState():
            cancelled = {"cancel_orders": "true"} if command.cancel_orders else {}
            return {"state": command.state.value, **cancelled}
        case ChangeRoles():
            return {"username": command.username, "roles": ",".join(command.roles)}
        case _:
            assert_never(command)
