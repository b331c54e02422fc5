"""Owns the table of classes: which kinds of documents come first, and which may come later.

Never says how they come about or what they hold.
Called by the projector (which writes one class before the other) and by whoever shows documents.

To register a kind is one line in ``CLASSES``. A reader that shows documents of several classes waits for
the latest of them: ``HISTORY`` never is ahead of ``CURRENT``.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class DocumentClass(StrEnum):
    """How urgent a document is. Each class has checkpoints of its own."""

    CURRENT = "current"
    """What somebody looks at in order to act. However long the other's backlog, it doesn't wait."""
    HISTORY = "history"
    """What has happened, and what is added up from it. Written while the current documents are up to date."""


CLASSES: Final[Mapping[str, DocumentClass]] = {
    "event": DocumentClass.CURRENT,
    "market": DocumentClass.CURRENT,
    "quotes": DocumentClass.CURRENT,
    "trading": DocumentClass.CURRENT,
    "member": DocumentClass.CURRENT,
    "account": DocumentClass.CURRENT,
    "order": DocumentClass.CURRENT,
    "position": DocumentClass.CURRENT,
    # Who may see what must not wait for what there is to see.
    "follow": DocumentClass.CURRENT,
    "block": DocumentClass.CURRENT,
    "mute": DocumentClass.CURRENT,
    "privacy": DocumentClass.CURRENT,
    "challenge": DocumentClass.CURRENT,
    "execution": DocumentClass.HISTORY,
    "fill": DocumentClass.HISTORY,
    "statement": DocumentClass.HISTORY,
    "history": DocumentClass.HISTORY,
    "transaction": DocumentClass.HISTORY,
    "action": DocumentClass.HISTORY,
    "outcome": DocumentClass.HISTORY,
    "news": DocumentClass.HISTORY,
    "comment": DocumentClass.HISTORY,
    "report": DocumentClass.HISTORY,
    "score": DocumentClass.HISTORY,
    "badge": DocumentClass.HISTORY,
    "notification": DocumentClass.CURRENT,
    "notification_choices": DocumentClass.CURRENT,
    "entry": DocumentClass.HISTORY,
    # An address that was revoked must not be one a moment longer than it has to.
    "feed": DocumentClass.CURRENT,
}
"""Kind of document -> its class."""
