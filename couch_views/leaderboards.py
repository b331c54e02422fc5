"""Owns the leaderboards as data: what each is about, who is on it, and what it tells of a member.

Never reads or writes a document.
Called by the projection (which makes the keys of their order), the queries and the resources.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from actors.machines import limits
from actors.machines.messages.social_words import Detail

SCOPES: Final = ("exchange", "category", "event", "market")
STAKE_MIN: Final = 10 * limits.MONEY_SCALE
"""Whoever risked less than 10.00 in a cell has no return on it worth to be compared."""
CALIBRATED_MARKETS_MIN: Final = 5
"""So many settled markets tell whether somebody's forecasts are good; one market or event tells of itself."""
KEY_DIGITS: Final = 20
KEY_MIDDLE: Final = 10**19
"""Above every value that is ranked, and its half of the keys is for those below zero."""
_DETAILS: Final = tuple(Detail)


class Board(NamedTuple):
    """One leaderboard. ``detail``: what a member must let others see in order to be on it."""

    name: str
    title: str
    description: str
    unit: str
    """What its values are: ``money``, ``ratio``, ``quantity``, ``brier`` or ``markets``."""
    detail: Detail
    scopes: tuple[str, ...] = SCOPES
    lowest_first: bool = False

    def key(self, value: int) -> str:
        """Digits that sort as the board does: the best first."""
        return str(KEY_MIDDLE + value if self.lowest_first else KEY_MIDDLE - value).zfill(KEY_DIGITS)

    def value(self, key: str) -> int:
        """What a key was made of."""
        return int(key) - KEY_MIDDLE if self.lowest_first else KEY_MIDDLE - int(key)

    def is_for(self, detail: Detail) -> bool:
        """Whether it tells no more than this."""
        return _DETAILS.index(self.detail) <= _DETAILS.index(detail)


BOARDS: Final[Mapping[str, Board]] = {
    board.name: board
    for board in (
        Board(
            "profit",
            "Profit",
            "What was won and lost in settled markets, after commission.",
            "money",
            Detail.PROFIT,
        ),
        Board(
            "return",
            "Return on stake",
            "Profit for each unit that was risked, of those who risked 10.00 or more.",
            "ratio",
            Detail.PROFIT,
        ),
        Board("volume", "Volume", "What was traded in settled markets.", "quantity", Detail.AMOUNT),
        Board(
            "calibration",
            "Calibration",
            "Brier score of what trades implied: how far the forecasts were from what happened, squared. The "
            "lowest is the best, a coin toss is 0.2500. Of those with five settled markets or more; for one "
            "event or market, of all.",
            "brier",
            Detail.PRICE,
            lowest_first=True,
        ),
        Board(
            "streak",
            "Win streak",
            "The most markets won one after the other.",
            "markets",
            Detail.PRICE,
            scopes=("exchange", "category", "event"),
        ),
    )
}
"""Name -> board, in the order in which they are shown."""

RULE: Final = (
    "Trades of the book count, for both sides, once their market is settled. Trades by challenges don't.",
    "Once one of two members has accepted a challenge of the other, trades between them don't count.",
    "A market counts in the week (ISO), month and season (quarter), in UTC, of its first settlement.",
    "It counts in the category that its event had then.",
    "A correction of a settlement replaces the result, a void removes it.",
    "Profit is after commission. A buy risks price times quantity, a sell the rest of what may be paid out.",
    "A buy forecasts the middle between its price and certain, a sell between impossible and its price.",
    "Forecasts are weighted by quantity.",
    "A market with a profit is won, one with a loss lost; one that comes to nothing changes no streak.",
    "Equal values share a rank. Who hides is not listed, and leaves no gap.",
    "Who shows themselves to followers only is listed where their followers look among those they follow.",
)
"""What counts, as everybody is told."""
