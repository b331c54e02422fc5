"""Owns the tests of who is believed to be signed in, and for how long.

Never tests signatures.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.messages.answers import Refused, Reply
from actors.machines.messages.commands import GetAccount
from actors.machines.messages.words import Reason
from actors.processes.gateway import UnavailableError
from resources.authority import SessionAuthority
from resources.exchange import Exchange
from resources.freshness import LastWrites
from resources.tokens import Tokens
from resources.toolkit.problems import ProblemError
from tests.resources.scripted import ADA, NOW, STAFF, Line, ScriptedGateway, account_result, room


class Scene:
    """An authority, its clock, and the actors it asks."""

    def __init__(self, *lines: Line) -> None:
        self.now = NOW
        self.gateway = ScriptedGateway(lines)
        self.tokens = Tokens(b"a secret", lambda: self.now)
        exchange = Exchange(self.gateway, LastWrites(), room())
        self.authority = SessionAuthority(self.tokens, exchange, lambda: self.now)


def generation(number: int) -> Reply:
    return Reply(account_result(generation=number), {})


@pytest.mark.parametrize("scheme", ["Session-Token", "session-token", "SESSION-TOKEN "])
async def test_a_token_is_read_from_its_header(scheme: str) -> None:
    scene = Scene()
    shown = f"{scheme} {scene.tokens.issue(STAFF).text}"
    assert await scene.authority.identify(shown, "192.0.2.1") == STAFF


@pytest.mark.parametrize("authorization", ["", "Session-Token", "Basic YTpi", "Bearer x", "x"])
async def test_another_header_is_401(authorization: str) -> None:
    with pytest.raises(ProblemError) as caught:
        await Scene().authority.identify(authorization, "192.0.2.1")
    assert caught.value.kind.status == 401


async def test_a_session_is_asked_for_and_then_believed_for_a_while() -> None:
    scene = Scene(generation(1), generation(1))
    for _ in range(5):
        await scene.authority.confirm(ADA)
    assert scene.gateway.asked == [GetAccount(ADA.account_id)]
    scene.now += limits.SESSION_CHECKED_MS * 1_000
    await scene.authority.confirm(ADA)
    assert len(scene.gateway.asked) == 2


@pytest.mark.parametrize("line", [generation(2), Reply(Refused(Reason.NOT_FOUND), {})])
async def test_an_ended_session_is_401(line: Line) -> None:
    with pytest.raises(ProblemError) as caught:
        await Scene(line).authority.confirm(ADA)
    assert caught.value.kind.status == 401


async def test_a_session_that_ended_elsewhere_is_noticed_within_the_time_it_is_believed() -> None:
    scene = Scene(generation(1), generation(2))
    await scene.authority.confirm(ADA)
    scene.now += limits.SESSION_CHECKED_MS * 1_000
    with pytest.raises(ProblemError):
        await scene.authority.confirm(ADA)
    assert limits.SESSION_CHECKED_MS <= 1_000


async def test_a_session_that_ended_here_is_asked_for_at_once() -> None:
    scene = Scene(generation(1), generation(2))
    await scene.authority.confirm(ADA)
    scene.authority.forget(ADA.account_id)
    with pytest.raises(ProblemError):
        await scene.authority.confirm(ADA)


async def test_who_has_just_signed_in_again_is_not_judged_by_the_session_before() -> None:
    scene = Scene(generation(0), generation(1))
    with pytest.raises(ProblemError):
        await scene.authority.confirm(ADA)
    await scene.authority.confirm(ADA)


async def test_what_can_not_be_confirmed_is_503() -> None:
    with pytest.raises(ProblemError) as caught:
        await Scene(UnavailableError("no host")).authority.confirm(ADA)
    assert caught.value.kind.status == 503


async def test_who_was_signed_in_stays_so_while_their_account_is_away() -> None:
    away = UnavailableError("no host")
    scene = Scene(generation(1), away, away, generation(2))
    await scene.authority.confirm(ADA)
    for _ in range(2):
        scene.now += limits.SESSION_CHECKED_MS * 1_000
        await scene.authority.confirm(ADA)
    with pytest.raises(ProblemError) as caught:
        await scene.authority.confirm(ADA)
    assert caught.value.kind.status == 401, "it is asked again each time"


async def test_there_is_a_limit_to_who_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBERS_REMEMBERED_MAX", 1)
    scene = Scene(generation(1), Reply(account_result(account_id=32), {}), generation(1))
    for member in (ADA, STAFF, ADA):
        await scene.authority.confirm(member)
    assert len(scene.gateway.asked) == 3
