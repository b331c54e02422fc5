"""Owns the tests of scores: all cells of all members, as anybody works them out from the markets' logs alone.

Never looks at who may see a score.
Called by pytest.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.machines import limits
from actors.machines.messages.following import ChangePrivacy, PrivacyChoice
from actors.machines.messages.record import decode_events
from actors.machines.messages.social_words import Audience, Detail, PrivacyKind
from actors.machines.money import parse_money
from actors.machines.stream.scoring import CERTAIN
from actors.machines.streams import Streams
from couch_views.classes import DocumentClass
from couch_views.leaderboards import BOARDS
from couch_views.projection.fold import Fold
from couch_views.projection.table import rules_about
from couch_views.score_shapes import ScoreDocument, score_document_id
from tests.couch_views.projection.records import everything
from tests.machines.stream.by_hand import Cell, Figures, by_hand
from tests.machines.stream.league import League
from tests.machines.stream.square import FOUR, ONE

MARKETS = 3
WEEK_US = 7 * limits.DAY_US
Step = tuple[object, ...]


def scores_of(league: League) -> list[ScoreDocument]:
    """What the social streams come to."""
    found = []
    for name in league.streams.social_names:
        fold = Fold(rules_about(DocumentClass.HISTORY), {})
        for sequence, (time, events) in enumerate(league.records(name), 1):
            fold.add(name, sequence, time, events)
        fold.run({})
        found += [
            cast("ScoreDocument", each) for each in everything(fold).values() if each["kind"] == "score"
        ]
    return found


def figures(scores: list[ScoreDocument]) -> dict[Cell, Figures]:
    """Those that count, in the form of what is worked out by hand."""
    return {
        (int(score["account_id"]), score["scope"], score["period"]): Figures(
            score["markets"],
            parse_money(score["profit"]),
            parse_money(score["stake"]),
            score["volume"],
            Fraction(int(score["brier"]), CERTAIN**2) / score["volume"],
            score["current_streak"],
            score["longest_streak"],
        )
        for score in scores
        if score["markets"]
    }


def worked_out(league: League) -> dict[Cell, Figures]:
    return by_hand(
        (time, decode_events(body))
        for name in league.streams.market_names
        for time, body in zip(league.times[name], league.bodies[name], strict=True)
    )


PAIR = st.tuples(st.integers(0, 3), st.integers(1, 3)).map(lambda drawn: (drawn[0], sum(drawn) % 4))
"""Two of the four, never the same."""
MARKET = st.integers(1, MARKETS)
TRADE = st.tuples(st.just("trade"), PAIR, MARKET, st.sampled_from([3_000, 4_500, 5_000]), st.integers(1, 9))
VERDICT = st.tuples(st.just("verdict"), MARKET, st.sampled_from([0, 1, None])) | st.tuples(
    st.sampled_from(["shared", "withdrawn"]), MARKET
)
CHALLENGE = st.tuples(st.just("challenge"), PAIR, MARKET)
LATER = st.tuples(st.just("time"), st.integers(1, 8))
"""So many weeks pass."""


def some(step: st.SearchStrategy[Step], fewest: int, most: int) -> st.SearchStrategy[list[Step]]:
    return st.lists(step, min_size=fewest, max_size=most)


STEPS = st.tuples(
    some(TRADE | CHALLENGE, 4, 8),
    some(TRADE, 6, 12),
    some(TRADE | VERDICT | LATER, 2, 6),
    some(VERDICT | LATER, 4, 10),
).map(lambda parts: [step for part in parts for step in part])
"""Trades before and after challenges, then verdicts and what corrects them, then nothing but these."""


def play(league: League, step: Step) -> None:
    member = league.members
    match step:
        case ("trade", (int(buyer), int(seller)), int(market_id), int(price), int(lots)):
            contract = lots % len(league.contracts[market_id])
            league.trade(member[buyer], member[seller], price, lots, market_id, contract)
        case ("challenge", (int(one), int(other)), int(market_id)):
            league.challenge(member[one], member[other], market_id)
        case ("verdict", int(market_id), int(winner)):
            league.verdict(market_id, winner)
        case ("verdict", int(market_id), None):
            league.verdict(market_id, void=True)
        case ("shared", int(market_id)):
            league.verdict(market_id, shared=True)
        case ("withdrawn", int(market_id)):
            league.withdraw(market_id)
        case ("time", int(weeks)):
            league.time += weeks * WEEK_US


@settings(max_examples=25, deadline=None)
@given(STEPS, st.sampled_from([ONE, FOUR]), st.sampled_from([0, 250]), st.integers(1, 3))
def test_all_boards_can_be_worked_out_from_the_markets_logs_alone(
    steps: list[Step], streams: Streams, commission: int, portion: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(limits, "MEMBERS_SCORED_AT_ONCE_MAX", portion)
        league = League(streams, commission, MARKETS)
        for step in steps:
            play(league, step)
    league.assert_sound()
    assert figures(scores_of(league)) == worked_out(league)


def played() -> League:
    """Alice wins market 1 and loses market 3, of the same event; bob the other way round."""
    league = League(commission=100, markets=3)
    for market_id, winner in ((1, 0), (3, 1)):
        league.trade(league.alice, league.bob, 4_000, 50, market_id)
        league.verdict(market_id, winner)
    return league


def score(league: League, account_id: int, scope: str, period: str = "all") -> ScoreDocument:
    by_id: Mapping[str, ScoreDocument] = {each["_id"]: each for each in scores_of(league)}
    return by_id[score_document_id(account_id, scope, period)]


def test_a_score_has_a_key_for_each_board_that_it_is_enough_for() -> None:
    league = played()
    found = score(league, league.alice, "event:1")
    assert {name: BOARDS[name].value(key) for name, key in found["keys"].items()} == {
        "profit": parse_money("9.70"),
        "volume": 1_000_000,
        "return": 2_425,
        "calibration": 2_900,
        "streak": 1,
    }
    assert found["listed"] == ["calibration", "streak"]
    assert found == {
        **found,
        "kind": "score",
        "stream": "social-0",
        "account_id": str(league.alice),
        "username": "alice",
        "scope": "event:1",
        "period": "all",
        "markets": 2,
        "profit": "9.70",
        "stake": "40.00",
        "volume": 1_000_000,
        "brier": str(500_000 * (6_000**2 + 14_000**2)),
        "current_streak": 0,
        "longest_streak": 1,
        "audience": "everyone",
        "detail": "price",
    }


def test_what_is_too_little_is_on_no_board_about_it() -> None:
    league = played()
    whole = score(league, league.alice, "exchange")
    assert set(whole["keys"]) == {"profit", "volume", "return", "streak"}, "two markets don't calibrate"
    one = score(league, league.alice, "market:3")
    assert set(one["keys"]) == {"profit", "volume", "return", "calibration"}, "one market is no streak"
    league.trade(league.carol, league.dave, 1_000, 1, 2)
    league.verdict(2, 1)
    assert set(score(league, league.carol, "market:2")["keys"]) == {"profit", "volume", "calibration"}


def test_a_void_leaves_nothing_on_any_board() -> None:
    league = played()
    league.verdict(1, void=True)
    gone = score(league, league.alice, "market:1")
    assert (gone["markets"], gone["keys"], gone["listed"]) == (0, {}, [])
    assert score(league, league.alice, "event:1")["profit"] == "-20.00"


def test_a_member_s_choice_is_in_all_their_scores() -> None:
    league = played()
    for audience, detail in ((Audience.MEMBERS, Detail.AMOUNT), (None, Detail.PROFIT)):
        choice = PrivacyChoice(PrivacyKind.LEADERBOARDS, audience, detail)
        league.told(league.alice, ChangePrivacy((choice,)))
    scores = [each for each in scores_of(league) if each["account_id"] == str(league.alice)]
    assert {each["audience"] for each in scores} == {"members"}
    assert all(set(each["listed"]) == set(each["keys"]) for each in scores)
    league.verdict(3, 0)
    assert score(league, league.bob, "market:3")["listed"] == ["calibration"]
    assert "profit" in score(league, league.alice, "market:3")["listed"]
