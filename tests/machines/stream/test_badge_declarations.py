"""Owns the tests of the declared badges: what each counts, and that they are declared well.

Never plays an exchange.
Called by pytest.
"""

from typing import Final

import pytest

from actors.machines.messages.activity import CommentContent, Content, Entry
from actors.machines.messages.following import FollowContent
from actors.machines.messages.notifications import FollowerGained
from actors.machines.messages.social_words import Detail
from actors.machines.messages.trading_entries import FillContent, SettlementContent
from actors.machines.messages.words import Side
from actors.machines.stream.badge_declarations import BADGES, BY_NAME
from actors.machines.stream.badge_rules import Happening, Kind, Tally
from actors.machines.stream.known import Known

WON, LOST, EVEN = (SettlementContent(False, result, 0, 1) for result in (5, -5, 0))
VOID, CORRECTED = SettlementContent(True, 5, 0, 1), SettlementContent(False, 5, 0, 2)


def fill(
    price: int = 5_000, *, side: Side = Side.BUY, maker: bool = False, challenge_id: int = 0
) -> FillContent:
    return FillContent(1, 1, side, 10, price * 10, maker, (), challenge_id)


CASES: Final[dict[str, tuple[list[tuple[int, Content]], int]]] = {
    "trader": ([(1, fill()), (1, fill())], 2),
    "explorer": ([(1, fill()), (2, fill()), (1, fill())], 2),
    "all-rounder": ([(1, fill()), (2, fill()), (3, fill()), (4, fill()), (5, fill())], 2),
    "market-maker": ([(1, fill()), (1, fill(maker=True)), (1, fill(maker=True, challenge_id=3))], 1),
    "heavyweight": ([(1, fill()), (1, fill(side=Side.SELL))], 20),
    "winner": ([(1, WON), (2, LOST), (3, EVEN), (4, VOID), (5, CORRECTED), (6, WON)], 2),
    "winning-streak": ([(1, WON), (2, LOST), (3, WON), (4, VOID), (5, EVEN), (5, CORRECTED), (6, WON)], 2),
    "long-shot": (
        [
            (1, fill(999)),
            (2, fill(1_000)),
            (3, fill(999, side=Side.SELL)),
            (4, fill(999)),
            (5, fill(999)),
            *[(market, WON) for market in (1, 2, 3)],
            (4, LOST),
            (4, CORRECTED),
            (5, CORRECTED),
        ],
        1,
    ),
    "duellist": ([(1, fill()), (1, fill(challenge_id=3)), (1, fill(challenge_id=4))], 2),
    "followed": (
        [
            (2, FollowContent("member/1", 1)),
            (3, FollowContent("member/1", 1)),
            (2, FollowContent("member/1", 1)),
        ],
        2,
    ),
    "commentator": ([(1, CommentContent(1)), (1, CommentContent(2))], 2),
    "duel-winner": ([(1, fill()), (2, fill(challenge_id=3)), (1, WON), (2, WON)], 1),
}


@pytest.mark.parametrize("name", BY_NAME)
def test_what_a_badge_counts(name: str) -> None:
    steps, expected = CASES[name]
    tally, known = Tally(""), Known()
    known.categories.update({1: "sport", 2: "politics", 3: "sport", 4: ""})
    for number, (market, content) in enumerate(steps, 1):
        kind: Kind = FollowerGained if isinstance(content, FollowContent) else type(content)
        entry = Entry(number, market, "ben", market, market, content, number)
        if kind in BY_NAME[name].rule.kinds:
            BY_NAME[name].rule.apply(tally, Happening(kind, 1, "ada", entry), known)
    assert tally.counts[1] == expected


def test_levels_rise_and_texts_are_there() -> None:
    assert len(BADGES) >= 10
    for badge in BADGES:
        amounts = [level.amount for level in badge.levels]
        assert amounts == sorted(set(amounts))
        assert amounts[0] > 0
        assert all([badge.title, badge.description, *(level.title for level in badge.levels)])


def test_a_badge_that_tells_of_money_takes_that_detail() -> None:
    tells = {name: badge.tells for name, badge in BY_NAME.items() if badge.tells is not Detail.TRADED}
    assert tells == {
        "heavyweight": Detail.AMOUNT,
        "winner": Detail.SIDE,
        "winning-streak": Detail.SIDE,
        "long-shot": Detail.PRICE,
        "duel-winner": Detail.SIDE,
    }
