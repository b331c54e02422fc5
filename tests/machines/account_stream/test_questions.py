"""Owns the tests of questions about API keys, roles and the house; the others are tested with the turn.

Never tests that a question leaves no trace: the turn's tests do.
Called by pytest.
"""

import pytest

from actors.machines import limits
from actors.machines.account_stream.questions import answer
from actors.machines.messages.answers import (
    ApiKeyCredentials,
    ApiKeyResult,
    ApiKeysResult,
    Credentials,
    HouseResult,
    Refused,
)
from actors.machines.messages.commands import (
    AccountQuestion,
    ChangeRoles,
    CreateApiKey,
    GetApiKey,
    GetApiKeys,
    GetCredentials,
    GetHouse,
    RevokeApiKey,
)
from actors.machines.messages.words import Role, Scope, Side
from actors.machines.streams import account_stream_of_id, make_id
from tests.machines.town import LOT, UNIT, OpenTown

DIGEST = "0123456789abcdef" * 4


class Scene:
    """A town in which alice, a treasurer, has two API keys."""

    def __init__(self) -> None:
        self.town = OpenTown()
        self.town.send(self.town.staff, ChangeRoles("alice", (Role.TREASURER,)))
        self.expires = self.town.time + 10**9
        created = self.town.send(
            self.town.alice,
            CreateApiKey("charts", Scope.READ, self.expires, DIGEST),
            CreateApiKey("bot", Scope.TRADE, self.expires + 1, DIGEST),
        )
        self.keys = [key for key in created if isinstance(key, ApiKeyResult)]

    def ask(self, asked: AccountQuestion, later: int = 0) -> object:
        accounts = self.town.accounts(account_stream_of_id(self.town.alice))
        return answer(accounts, asked, self.town.time + later)


def test_who_signs_in_by_a_key_is_checked_against_its_digest() -> None:
    scene = Scene()
    key = scene.keys[0].api_key_id
    assert scene.ask(GetApiKey(key)) == ApiKeyCredentials(
        key,
        scene.town.alice,
        "alice",
        Role.MEMBER,
        (Role.TREASURER,),
        1,
        Scope.READ,
        scene.expires,
        DIGEST,
    )
    assert isinstance(scene.ask(GetApiKey(key), later=10**9), Refused), "it has expired"
    scene.town.send(scene.town.alice, RevokeApiKey(key))
    assert isinstance(scene.ask(GetApiKey(key)), Refused)
    assert isinstance(scene.ask(GetApiKey(9_999)), Refused)


def test_a_member_sees_the_keys_that_are_live() -> None:
    scene = Scene()
    assert scene.ask(GetApiKeys(scene.town.alice)) == ApiKeysResult(tuple(scene.keys))
    at_the_end_of_the_first = scene.expires - scene.town.time
    assert scene.ask(GetApiKeys(scene.town.alice), later=at_the_end_of_the_first) == ApiKeysResult(
        (scene.keys[1],)
    )
    assert isinstance(scene.ask(GetApiKeys(9_999)), Refused)


def test_who_signs_in_by_password_is_told_the_roles() -> None:
    credentials = Scene().ask(GetCredentials("alice"))
    assert isinstance(credentials, Credentials)
    assert credentials.roles == (Role.TREASURER,)


def test_the_house_holds_what_members_don_t() -> None:
    town = OpenTown(("Yes", "No"), commission=200)
    town.place(town.alice, Side.BUY, 5_000, 10 * LOT)
    town.place(town.bob, Side.SELL, 5_000, 10 * LOT)
    town.settle(1)
    held = []
    for name in town.streams.account_names:
        house = answer(town.accounts(name), GetHouse(make_id(1, name)), town.time)
        assert isinstance(house, HouseResult)
        members = sum(account.balance for account in town.accounts(name).accounts.values())
        assert house.external + house.commission + sum(money for _, money in house.clearing) == -members
        held.append(house)
    assert sum(house.external for house in held) == -2_000 * UNIT
    assert sum(house.commission for house in held) == UNIT // 10
    assert [market_id for house in held for market_id, _ in house.clearing] == [1, 1]
    assert sum(money for house in held for _, money in house.clearing) == 0


def test_the_house_s_markets_are_told_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CLEARING_PER_ANSWER_MAX", 2)
    accounts = OpenTown().accounts("accounts-0")
    accounts.clearing = {7: 70, 3: -30, 5: 50}
    after = {0: ((3, -30), (5, 50)), 3: ((5, 50), (7, 70)), 5: ((7, 70),), 7: ()}
    for market_id, clearing in after.items():
        house = answer(accounts, GetHouse(16, market_id), 0)
        assert isinstance(house, HouseResult)
        assert house.clearing == clearing
