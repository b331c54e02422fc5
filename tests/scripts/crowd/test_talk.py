"""Owns the tests of what members do beside trading: drawn, and such as the exchange takes.

Never asks an exchange.
Called by pytest.
"""

import datetime as dt
import random

from scripts.crowd import talk
from tests.scripts.crowd.scenes import asked, scene

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SHOWN = scene((3900, 4100), (5900, 6100))
OTHERS = ["mira-1-1", "nils-1-2"]


def test_comments_name_what_is_traded_and_at_what() -> None:
    said = {asked(talk.comment(random.Random(seed), SHOWN, OTHERS))["text"] for seed in range(200)}
    assert "40 % for Gulls is about right, if you ask me." in said
    assert any(text.startswith("@mira-1-1 ") for text in said)
    assert not [text for text in said if "{" in text]


def test_members_and_markets_are_followed() -> None:
    paths = {talk.follow(random.Random(seed), SHOWN, OTHERS).operation.path for seed in range(50)}
    assert paths == {
        "/following/members/mira-1-1/",
        "/following/members/nils-1-2/",
        "/following/markets/1/",
    }


def test_a_challenge_is_near_the_middle_and_ends() -> None:
    for seed in range(50):
        dare = asked(talk.challenge(random.Random(seed), SHOWN, OTHERS, NOW))
        middle = {"7": 4000, "8": 6000}[dare["contract_id"]]
        assert abs(dare["price"] - middle) <= 400
        assert dare["opponent"] in OTHERS
        assert dt.datetime.fromisoformat(dare["expires_datetime"]) > NOW


def test_what_one_is_dared_to_is_answered_mostly_by_yes() -> None:
    assert talk.answer(random.Random(1), []) is None
    acts = [talk.answer(random.Random(seed), [{"id": "32"}]) for seed in range(100)]
    states = [asked(act)["state"] for act in acts if act is not None]
    assert {act.operation.path for act in acts if act is not None} == {"/challenges/32/"}
    assert 50 < states.count("accepted") < 100 == len(states)
