"""Owns how any stream notes the kill switch: open at first, then as it is told.

Never moves the switch: its machine is in the market stream of events.
Called by the machines of account streams and of market streams.
"""

from typing import Final

from actors.machines.messages.events import ExchangeStateNoted
from actors.machines.messages.posted import SwitchExchange
from actors.machines.messages.words import ExchangeState

NEVER_SWITCHED: Final = ExchangeStateNoted(0, ExchangeState.OPEN, False, "", 0)
"""What every stream starts from."""


def noted(message: SwitchExchange) -> ExchangeStateNoted:
    """What a stream notes of a move; from then on it acts by it."""
    return ExchangeStateNoted(
        message.version, message.state, message.cancel_orders, message.reason, message.time
    )
