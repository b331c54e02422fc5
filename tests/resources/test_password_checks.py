"""Owns the tests of checking passwords: who is asked for what, and when not even that.

Never tests hashing, or how many may be wrong.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.messages.answers import Credentials, Refused, Reply
from actors.machines.messages.commands import GetCredentials
from actors.machines.messages.words import Reason, Role
from resources.attempts import Attempts
from resources.exchange import Exchange
from resources.freshness import LastWrites
from resources.password_checks import PasswordChecks
from resources.passwords import Passwords, hash_password
from resources.toolkit.problems import ProblemError
from tests.resources.scripted import Line, ScriptedGateway, room
from tests.resources.world import PASSWORD

ADA = Credentials(16, "ada", Role.MEMBER, 1, hash_password(PASSWORD, "cheap"))
KNOWN = Reply(ADA, {})
UNKNOWN = Reply(Refused(Reason.NOT_FOUND), {})
THERE = "203.0.113.7"


class Scene:
    """Checks, and the actors they ask. The clock stands still."""

    def __init__(self, *lines: Line) -> None:
        self.gateway = ScriptedGateway(lines)
        exchange = Exchange(self.gateway, LastWrites(), room())
        self._checks = PasswordChecks(exchange, Passwords("cheap"), Attempts(lambda: 0))

    async def check(self, username: str = "ada", password: str = PASSWORD) -> Credentials | None:
        return await self._checks.check(username, password, THERE)


async def test_who_knows_the_password_gets_what_the_account_holds() -> None:
    scene = Scene(KNOWN)
    assert await scene.check() == ADA
    assert scene.gateway.asked == [GetCredentials("ada")]


@pytest.mark.parametrize(
    ("username", "password", "lines"),
    [
        ("ada", "a wrong one", [KNOWN]),
        ("ada", "", [KNOWN]),
        ("nobody", PASSWORD, [UNKNOWN]),
        ("nobody", "nobody's password", [UNKNOWN]),
        ("Not One", PASSWORD, []),
        ("", "", []),
    ],
)
async def test_who_does_not_gets_nothing(username: str, password: str, lines: list[Line]) -> None:
    scene = Scene(*lines)
    assert await scene.check(username, password) is None
    assert len(scene.gateway.asked) == len(lines)


async def test_after_too_many_wrong_ones_nobody_is_asked() -> None:
    most = limits.WRONG_PASSWORDS_PER_USERNAME
    scene = Scene(*[KNOWN] * most)
    for _ in range(most):
        assert await scene.check(password="a wrong one") is None
    with pytest.raises(ProblemError) as caught:
        await scene.check()
    assert (caught.value.kind.status, len(scene.gateway.asked)) == (429, most)


async def test_right_ones_are_not_counted() -> None:
    often = 3 * limits.WRONG_PASSWORDS_PER_USERNAME
    scene = Scene(*[KNOWN] * often)
    assert [await scene.check() for _ in range(often)] == [ADA] * often
