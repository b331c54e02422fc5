"""Owns the reads of challenges: one, and those that a member offered or is the opponent of.

Never shows one to who is not in it: of one, the resource judges; a list is a member's own.
Called by resources.
"""

from collections.abc import Sequence
from enum import StrEnum, unique
from typing import Final, cast

from actors.machines import limits
from actors.machines.messages.words import ChallengeState
from couch_views.challenge_shapes import ChallengeDocument
from couch_views.queries.keys import ANY, key_digits
from couch_views.queries.lists import Listing, ViewRange, in_life_order
from couch_views.queries.pages import Page, parse_sort
from couch_views.queries.reading import Reads
from couch_views.shapes import document_id


@unique
class ChallengeRole(StrEnum):
    """What a member is in a challenge. Opponent: who is named, or who accepted."""

    CHALLENGER = "challenger"
    OPPONENT = "opponent"


# Ids are given in order of creation only within a stream: a list is in the order of creation.
_NAMES: Final = {"created": "created", "created_datetime": "created"}
_ORDERS: Final = (("created", "id"),)


def challenge(documents: Reads, challenge_id: int) -> ChallengeDocument | None:
    return cast("ChallengeDocument | None", documents.get(document_id("challenge", challenge_id)))


def challenges(
    documents: Reads,
    account_id: int,
    states: Sequence[str] = (),
    role: ChallengeRole | None = None,
    sort: str | None = None,
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[ChallengeDocument]:
    """The member's challenges, newest first unless ``sort`` says otherwise."""
    order = parse_sort(sort or "-created", _NAMES, _ORDERS)
    prefix = (key_digits(account_id), ANY if role is None else role.value)
    wanted = in_life_order(states, ChallengeState) or [ANY]
    ranges = [ViewRange("challenges", (*prefix, state)) for state in wanted]
    return Listing("challenges", ranges, order).page(documents, limit, cursor)
