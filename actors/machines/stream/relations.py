"""Owns what is known of who has blocked and muted whom among the members of a social stream.

Never says what anybody sees: the filter does, from documents.
Called by the slice of blocks, and by every slice that lets one member do something to another.
"""

Pairs = dict[int, dict[int, None]]
"""Member here -> others."""


class Relations:
    """What members of this social stream have to do with others, beside following them."""

    def __init__(self) -> None:
        self.blocked: Pairs = {}
        """Member here -> whom they have blocked."""
        self.blocked_by: Pairs = {}
        """Member here -> who has blocked them."""
        self.muted: Pairs = {}
        """Member here -> whom they have muted."""

    def are_blocked(self, account_id: int, other: int) -> bool:
        """Whether one of the two has blocked the other; the first is a member of this social stream."""
        return holds(self.blocked, account_id, other) or holds(self.blocked_by, account_id, other)

    def is_unwelcome(self, account_id: int, other: int) -> bool:
        """Whether a member of this social stream is not to hear of another one, by themselves or not."""
        return self.are_blocked(account_id, other) or holds(self.muted, account_id, other)


def holds(pairs: Pairs, account_id: int, other: int) -> bool:
    return other in pairs.get(account_id, ())


def put(pairs: Pairs, account_id: int, other: int) -> None:
    pairs.setdefault(account_id, {})[other] = None


def remove(pairs: Pairs, account_id: int, other: int) -> None:
    others = pairs[account_id]
    del others[other]
    if not others:
        del pairs[account_id]
