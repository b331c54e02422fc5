"""Owns the shape of the document of a challenge: its terms, who is in it, how it stands.

Never says who may see it: the resource does.
Called by the projection (writes), by the queries and the resource (read).
"""

from typing import TypedDict

from couch_views.shapes import Document


class ChallengeExecution(TypedDict):
    execution_id: str
    price: int
    quantity: int
    created_datetime: str


class ChallengeDocument(Document):
    """kind ``challenge``: ``document_id("challenge", challenge_id)``, from the market's stream. Private.

    It is for its challenger, for who is named as opponent and for who accepted; and, as far as it goes, for
    who has its link. ``side`` is the challenger's. ``acceptor...`` and ``execution`` are None until it is
    accepted.
    """

    challenger_id: str
    opponent_id: str | None
    acceptor_id: str | None
    id: str
    state: str
    market_id: str
    contract_id: str
    side: str
    price: int
    quantity: int
    stake: str
    """What the challenger risks."""
    opponent_stake: str
    challenger: str
    opponent: str | None
    acceptor: str | None
    message: str
    expires_datetime: str
    created_datetime: str
    last_modified_datetime: str
    execution: ChallengeExecution | None
