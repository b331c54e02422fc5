"""Owns the tests of the making of the staff account: the gateway is played by the test.

Never starts an actor.
Called by pytest.
"""

import pytest

from actors.machines.messages.answers import AccountResult, Answer, Refused, Reply
from actors.machines.messages.commands import Question, RegisterMember, Request
from actors.machines.messages.words import Reason, Role
from actors.machines.streams import Streams
from actors.processes.gateway import OutcomeUnknownError, UnavailableError
from scripts.first_start.staff import StaffError, make_staff

MADE = AccountResult(16, "staff", Role.STAFF, 1, 0, 0, "Staff", "", 0)


class Played:
    """A gateway that answers what the test has written down, in turn."""

    streams = Streams()

    def __init__(self, *answers: AccountResult | Refused | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[RegisterMember | Question] = []

    async def request(self, request: Request) -> Answer:
        raise AssertionError("staff is registered, not requested")

    async def ask(self, asked: RegisterMember | Question) -> Reply:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Reply(answer, {})


async def test_the_account_is_registered_as_staff() -> None:
    gateway = Played(MADE)
    await make_staff(gateway, "the hash", patience_s=0)
    [asked] = gateway.asked
    assert isinstance(asked, RegisterMember)
    assert (asked.username, asked.password_hash, asked.staff) == ("staff", "the hash", True)


async def test_an_account_that_is_there_already_is_left_alone() -> None:
    await make_staff(Played(Refused(Reason.USERNAME_TAKEN)), "the hash", patience_s=0)


async def test_while_the_actors_start_it_asks_again_and_means_the_same() -> None:
    gateway = Played(UnavailableError("starting"), OutcomeUnknownError("slow"), MADE)
    await make_staff(gateway, "the hash", patience_s=10)
    assert len(gateway.asked) == 3
    assert len(set(map(repr, gateway.asked))) == 1


async def test_it_gives_up_in_words() -> None:
    with pytest.raises(StaffError, match="does not answer: starting"):
        await make_staff(Played(UnavailableError("starting")), "the hash", patience_s=-1)


async def test_a_refusal_is_an_error() -> None:
    with pytest.raises(StaffError, match="limit-exceeded"):
        await make_staff(Played(Refused(Reason.LIMIT_EXCEEDED)), "the hash", patience_s=0)
