"""Owns the reads of a member's badges.

Never says who may see them: the filter does (resources/privacy.py).
Called by resources.
"""

from collections.abc import Iterable
from typing import cast

from couch_views.badge_shapes import BadgeDocument, badge_document_id
from couch_views.queries.lists import read_known
from couch_views.queries.reading import Reads


def badges(documents: Reads, username: str, levels: Iterable[tuple[str, int]]) -> list[BadgeDocument]:
    """Which of these levels (a badge's name, a level) a member has, in the order asked."""
    found = read_known(documents, [badge_document_id(username, *level) for level in levels])
    return cast("list[BadgeDocument]", found)
