"""Owns the tests of who is believed to be signed in, and for how long.

Never tests signatures.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.messages.answers import ApiKeyCredentials, Refused, Reply
from actors.machines.messages.commands import GetAccount, GetApiKey
from actors.machines.messages.words import Reason, Role, Scope
from actors.processes.gateway import UnavailableError
from resources.api_keys import ApiKeyMaker, ApiKeyText
from resources.authority import MemberAuthority
from resources.exchange import Exchange
from resources.freshness import LastWrites
from resources.tokens import Tokens
from resources.toolkit.problems import ProblemError
from resources.toolkit.visitor import Member
from tests.resources.scripted import ADA, NOW, STAFF, Line, ScriptedGateway, account_result, room


class Scene:
    """An authority, its clock, and the actors it asks."""

    def __init__(self, *lines: Line) -> None:
        self.now = NOW
        self.gateway = ScriptedGateway(lines)
        self.tokens = Tokens(b"a secret", lambda: self.now)
        self.api_keys = ApiKeyMaker(b"a secret")
        around = room()
        exchange = Exchange(self.gateway, LastWrites(), around)
        self.authority = MemberAuthority(self.tokens, self.api_keys, exchange, around, lambda: self.now)

    async def status(self, authorization: str, address: str = "127.0.0.1") -> int:
        """What somebody who shows this is told; 200 if it is believed."""
        try:
            await self.authority.identify(authorization, address)
        except ProblemError as problem:
            return problem.kind.status
        return 200


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


# Roles.


async def test_roles_are_those_that_are_held_now_and_are_remembered() -> None:
    operator = Reply(account_result(roles=(Role.OPERATOR,)), {})
    scene = Scene(operator, Reply(account_result(), {}))
    shown = f"Session-Token {scene.tokens.issue(ADA).text}"
    assert await scene.authority.identify(shown, "") == ADA, "nobody has asked yet"
    confirmed = await scene.authority.confirm(ADA)
    assert confirmed.roles == (Role.OPERATOR,)
    assert await scene.authority.identify(shown, "") == confirmed
    scene.now += limits.SESSION_CHECKED_MS * 1_000
    assert await scene.authority.confirm(confirmed) == ADA, "and were withdrawn"


# API keys.

KEY = 48
SECRET = ApiKeyMaker(b"a secret").new_secret((16, 1), "of the tests")
SHOWN = ApiKeyText(KEY, SECRET).text
ANOTHERS = ApiKeyText(KEY, ApiKeyMaker(b"another secret").new_secret((16, 1), "of the tests")).text
HOLDER = Member(16, "ada", 3, staff=False, roles=(Role.TREASURER,), scope=Scope.TRADE, api_key_id=KEY)
GONE = Reply(Refused(Reason.NOT_FOUND), {})


def known(expires: int = NOW + 10**9, digest: str | None = None) -> Reply:
    """What the account says of the key."""
    digest = ApiKeyMaker(b"a secret").digest(SECRET) if digest is None else digest
    key = ApiKeyCredentials(KEY, 16, "ada", Role.MEMBER, (Role.TREASURER,), 3, Scope.TRADE, expires, digest)
    return Reply(key, {})


@pytest.mark.parametrize("scheme", ["Session-Token", "Bearer", "bearer", "BEARER "])
async def test_a_key_is_its_holder_with_its_scope(scheme: str) -> None:
    scene = Scene(known())
    assert await scene.authority.identify(f"{scheme} {SHOWN}", "") == HOLDER
    assert scene.gateway.asked == [GetApiKey(KEY)]
    assert await scene.authority.confirm(HOLDER) == HOLDER, "its account was just asked"


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (f"Basic {SHOWN}", None),
        (f"Bearer {ANOTHERS}", known()),
        (f"Bearer {SHOWN}x", None),
        (f"Bearer {SHOWN[:-1]}", None),
        (f"Bearer {SHOWN}", GONE),
        (f"Bearer {SHOWN}", known(expires=NOW)),
        (f"Bearer {SHOWN}", known(digest="0" * 64)),
        ("Bearer", None),
    ],
    ids=["scheme", "forged", "longer", "shorter", "revoked", "expired", "other digest", "nothing"],
)
async def test_what_is_no_live_key_is_401(shown: str, line: Line | None) -> None:
    scene = Scene(*([] if line is None else [line]))
    assert await scene.status(shown) == 401
    assert len(scene.gateway.asked) == (line is not None)


async def test_a_token_is_no_key() -> None:
    scene = Scene()
    assert await scene.status(f"Bearer {scene.tokens.issue(ADA).text}") == 401


async def test_a_key_is_asked_for_and_then_believed_for_a_while() -> None:
    scene = Scene(known(), GONE)
    for _ in range(5):
        assert await scene.status(f"Bearer {SHOWN}") == 200
        assert await scene.status(f"Bearer {ANOTHERS}") == 401, "each secret is compared each time"
    assert len(scene.gateway.asked) == 1
    scene.now += limits.SESSION_CHECKED_MS * 1_000
    assert await scene.status(f"Bearer {SHOWN}") == 401, "it was revoked elsewhere"


async def test_that_there_is_no_such_key_is_remembered_for_a_while_too() -> None:
    scene = Scene(GONE, known())
    for _ in range(5):
        assert await scene.status(f"Bearer {SHOWN}") == 401
    assert len(scene.gateway.asked) == 1


async def test_a_key_that_was_revoked_here_is_asked_for_at_once() -> None:
    scene = Scene(known(), GONE)
    assert await scene.status(f"Bearer {SHOWN}") == 200
    scene.authority.forget(HOLDER.account_id + 1)
    assert await scene.status(f"Bearer {SHOWN}") == 200
    scene.authority.forget(HOLDER.account_id)
    assert await scene.status(f"Bearer {SHOWN}") == 401


async def test_a_key_that_was_known_goes_on_while_its_account_is_away_and_expires() -> None:
    away = UnavailableError("no host")
    scene = Scene(away, known(expires=NOW + 10**6), away, away)
    assert await scene.status(f"Bearer {SHOWN}") == 503
    assert await scene.status(f"Bearer {SHOWN}") == 200
    scene.now += limits.SESSION_CHECKED_MS * 1_000
    assert await scene.status(f"Bearer {SHOWN}") == 200
    scene.now += limits.SESSION_CHECKED_MS * 1_000
    assert await scene.status(f"Bearer {SHOWN}") == 401


async def test_there_is_a_limit_to_the_keys_that_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBERS_REMEMBERED_MAX", 1)
    scene = Scene(known(), GONE, known())
    other = ApiKeyText(KEY + 16, SECRET).text
    statuses = [await scene.status(f"Bearer {shown}") for shown in (SHOWN, other, SHOWN)]
    assert (statuses, len(scene.gateway.asked)) == ([200, 401, 200], 3)


async def test_who_guesses_from_one_address_is_soon_refused() -> None:
    scene = Scene(known())
    quota = limits.ADDRESS_RATE_PER_S * limits.BURST_S
    statuses = [await scene.status("Bearer x", "203.0.113.7") for _ in range(quota + 1)]
    assert statuses == [401] * quota + [429]
    assert await scene.status("Bearer x", "203.0.113.8") == 401
    assert await scene.status(f"Bearer {SHOWN}", "203.0.113.7") == 200, "who knows it is not refused"


async def test_a_problem_says_nothing_of_what_was_shown() -> None:
    scene = Scene(known(), GONE)
    for shown in (ANOTHERS, SHOWN):
        scene.now += limits.SESSION_CHECKED_MS * 1_000
        with pytest.raises(ProblemError) as caught:
            await scene.authority.identify(f"Bearer {shown}x", "")
        assert shown not in repr(caught.value)
        assert shown not in str(caught.value.document)
