"""Owns the shape of the documents of scores: what a member's settled markets come to in one cell.

Never says who may see it: the filter does (resources/privacy.py).
Called by the projection (writes), the design ``leaderboards`` and the queries (read).
"""

from couch_views.shapes import Document, document_id


class ScoreDocument(Document):
    """kind ``score``: ``score_document_id(account_id, scope, period)``, from the member's social stream.

    Private: each board shows one value of it. Without settled markets that count it is on no board.
    """

    account_id: str
    username: str
    scope: str
    """``exchange``, ``category:{type}``, ``event:{id}`` or ``market:{id}``."""
    period: str
    """``all``, ``2026-Q4``, ``2026-11`` or ``2026-W47``."""
    markets: int
    profit: str
    stake: str
    volume: int
    brier: str
    """A sum in digits: it grows past what a JavaScript number holds. Its unit is that of results."""
    current_streak: int
    longest_streak: int
    keys: dict[str, str]
    """Board -> digits that sort as the board does, of the boards that this is enough for."""
    audience: str
    """Who sees the member on boards at all, as they chose; the filter asks again."""
    detail: str
    """How much they let others see, likewise."""
    listed: list[str]
    """Those of the boards that tell no more than that."""
    updated_datetime: str


def score_document_id(account_id: int, scope: str, period: str) -> str:
    """Types of events hold any text, hence hex."""
    return document_id("score", account_id) + f"{period} {scope}".encode().hex()
