"""Owns the making of the first staff account, which can't be registered over HTTP.

Never changes an account that is there already.
Called by the first start alone.
"""

import asyncio
import time
from typing import Final

from actors.machines.messages.answers import AccountResult, Refused
from actors.machines.messages.commands import RegisterMember
from actors.machines.messages.words import Reason
from actors.processes.gateway import Gateway, OutcomeUnknownError, UnavailableError

USERNAME: Final = "staff"
KEY: Final = "first-start/staff"
PAUSE_S: Final = 0.1


class StaffError(Exception):
    """The staff account can't be made; the message says why, in words for an operator."""


async def make_staff(gateway: Gateway, password_hash: str, patience_s: float) -> None:
    """Makes the account, or finds it; waits for the actors. Raises ``StaffError``."""
    register = RegisterMember(USERNAME, password_hash, "Staff", KEY, staff=True)
    give_up = time.monotonic() + patience_s
    while True:
        try:
            reply = await gateway.ask(register)
        except (UnavailableError, OutcomeUnknownError) as error:
            if time.monotonic() > give_up:
                raise StaffError(f"the exchange does not answer: {error}") from error
            await asyncio.sleep(PAUSE_S)
            continue
        match reply.result:
            case AccountResult() | Refused(reason=Reason.USERNAME_TAKEN):
                return
            case refused:
                raise StaffError(f"the staff account was refused: {refused}")
