"""Owns the state of the exchange as a whole, and the kill switch for staff.

Never says open while any account stream says halted, or doesn't answer.
Called by resources/app.py.
"""

from collections.abc import Mapping
from typing import Final

from actors.machines.messages.answers import ExchangeResult
from actors.machines.messages.commands import ChangeExchangeState
from actors.machines.messages.words import ExchangeState as State
from couch_views.formats import format_time
from resources.answers import general as answers
from resources.exchange import Exchange
from resources.representations import Json
from resources.texts import Remark
from resources.toolkit.body import parsed_body
from resources.toolkit.fields import Shape, check
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import invalid
from resources.toolkit.query import Query
from resources.toolkit.resource import NO_QUERY, Cache, Call, Method, Outcome, Resource, command, done, read
from resources.toolkit.visitor import Who

_ANSWERS_WITHIN_S: Final = 1.0


class SwitchAsked(Shape):
    """``cancel_orders``: every resting order is cancelled, too; ``reason`` is kept, and shown to all."""

    state: State
    cancel_orders: bool = False
    reason: Remark = ""


def parse_state(value: object) -> ChangeExchangeState:
    asked = check(value, SwitchAsked)
    if asked.cancel_orders and asked.state is not State.HALTED:
        raise invalid("cancel_orders", "orders are cancelled by a halt only")
    return ChangeExchangeState(asked.state, asked.cancel_orders, asked.reason)


class ExchangeState(Resource):
    """``/v3/exchange/state/``: whether there is any trading; staff halts all markets, and opens those."""

    pattern = "/v3/exchange/state"
    title = "The state of the exchange"
    representations = (JSON, *page("exchange_state.xhtml"))

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                NO_QUERY,
                self.show,
                summary="Whether there is any trading",
                answers={200: answers.ExchangeStateShown},
                cache=Cache.NEVER,
            ),
            "PUT": command(
                Who.OPERATOR,
                parsed_body(SwitchAsked, parse_state),
                self.change,
                summary="Halt or open all markets",
                answers={200: answers.ExchangeStateShown},
                urgent=True,
            ),
        }

    async def show(self, _call: Call[None, Query]) -> Outcome:
        state = await self._exchange.state(_ANSWERS_WITHIN_S)
        return done({"state": State.HALTED} if state is None else represent(state), {})

    async def change(self, call: Call[ChangeExchangeState, Query]) -> Outcome:
        changed = await self._exchange.carry_out_one(call, call.body, ExchangeResult)
        return done(represent(changed.result), changed.position)


def represent(state: ExchangeResult) -> Json:
    """A switch that was never moved has neither a reason nor a time."""
    if state.version == 0:
        return {"state": state.state}
    return {
        "state": state.state,
        "reason": state.reason,
        "last_modified_datetime": format_time(state.time),
    }
