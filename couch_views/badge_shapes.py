"""Owns the shape of the documents of badges.

Never says which badges there are: their declarations do.
Called by the projection (writes), the queries and the resources (read).
"""

from couch_views.shapes import ID_DIGITS, Document


class BadgeDocument(Document):
    """kind ``badge``: ``badge_document_id(username, badge, level)``, from a social stream. Never changed.

    A level of a badge that a member has earned.
    """

    account_id: str
    username: str
    badge: str
    level: int
    """From 1."""
    entry_id: str
    """The entry that earned it."""
    earned_datetime: str


def badge_document_id(username: str, badge: str, level: int) -> str:
    """Names hold characters that sort differently in bytes and ICU, hence hex."""
    return f"badge{username.encode().hex()}-{badge.encode().hex()}-{str(level).zfill(ID_DIGITS)}"
