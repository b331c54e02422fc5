"""Owns the table of what comments and reports make of documents.

Never reads a view.
Called by pytest.
"""

from typing import Final

import pytest

from actors.machines.messages.comments import (
    CommentDeleted,
    CommentEdited,
    CommentEvent,
    CommentHidden,
    CommentReported,
    CommentShown,
    CommentWritten,
    Mention,
    Subject,
)
from couch_views.comment_shapes import comment_document_id, report_document_id
from couch_views.shapes import Document
from tests.couch_views.projection.records import SECOND, at, fields, project

WRITTEN: Final = CommentWritten(
    16, 32, "alice", Subject(3), "Well, @bob.", (Mention(48, "bob"),), 0, 0, 1 * SECOND
)
COMMENT, REPORT = comment_document_id(16), report_document_id(16)
HIDDEN: Final = CommentHidden(16, 64, 5, 0, "rude", 7 * SECOND)
SHOWN: Final = CommentShown(16, 64, 6, 0, "not rude", 8 * SECOND)
DELETED: Final = CommentDeleted(16, 9 * SECOND)


def reported(who: int, *, queued: bool = False) -> CommentReported:
    return CommentReported(16, who, f"member-{who}", "rude", queued, who * SECOND)


def projected(*events: CommentEvent) -> dict[str, Document]:
    """Each event in a record of its own."""
    return project(*([event] for event in events), stream="social-0")


def test_a_comment_is_written() -> None:
    assert projected(WRITTEN) == {
        COMMENT: {
            "_id": COMMENT,
            "kind": "comment",
            "stream": "social-0",
            "sequence": 1,
            "id": "16",
            "account_id": "32",
            "username": "alice",
            "market_id": "3",
            "entry_id": None,
            "entry_account_id": None,
            "in_reply_to": None,
            "text": "Well, @bob.",
            "mentions": ["bob"],
            "state": "written",
            "hidden_reason": None,
            "created_datetime": at(1),
            "edited_datetime": None,
        }
    }


def test_a_reply_on_an_entry() -> None:
    subject = Subject(entry_id=80, account_id=96)
    reply = CommentWritten(112, 32, "alice", subject, "So.", (), 16, 48, SECOND)
    (document,) = projected(reply).values()
    names = ("market_id", "entry_id", "entry_account_id", "in_reply_to")
    assert fields(document, names) == dict(zip(names, (None, "80", "96", "16"), strict=True))


@pytest.mark.parametrize(
    ("events", "text", "mentions", "state", "reason", "edited"),
    [
        ([CommentEdited(16, 32, "Better.", (), 4 * SECOND)], "Better.", [], "written", None, at(4)),
        ([HIDDEN], "Well, @bob.", ["bob"], "hidden", "rude", None),
        ([HIDDEN, SHOWN], "Well, @bob.", ["bob"], "written", None, None),
        ([DELETED], "", [], "deleted", None, None),
        ([HIDDEN, DELETED], "", [], "deleted", None, None),
    ],
)
def test_what_becomes_of_a_comment(
    events: list[CommentEvent],
    text: str,
    mentions: list[str],
    state: str,
    reason: str | None,
    edited: str | None,
) -> None:
    document = projected(WRITTEN, *events)[COMMENT]
    names = ("text", "mentions", "state", "hidden_reason", "edited_datetime")
    assert fields(document, names) == dict(zip(names, (text, mentions, state, reason, edited), strict=True))


@pytest.mark.parametrize(
    ("events", "reporters", "state", "time"),
    [
        ([reported(2)], [2], "open", at(2)),
        ([reported(2), reported(3, queued=True)], [2, 3], "queued", at(3)),
        ([reported(2, queued=True), HIDDEN], [2], "settled", at(7)),
        ([reported(2, queued=True), SHOWN], [2], "settled", at(8)),
        ([reported(2, queued=True), SHOWN, reported(3)], [2, 3], "open", at(3)),
        ([reported(2, queued=True), DELETED], [2], "settled", at(9)),
        ([HIDDEN], [], "settled", at(7)),
    ],
)
def test_what_was_reported(events: list[CommentEvent], reporters: list[int], state: str, time: str) -> None:
    document = projected(WRITTEN, *events)[REPORT]
    assert fields(document, ("comment_id", "state", "reported_datetime", "reports")) == {
        "comment_id": "16",
        "state": state,
        "reported_datetime": time,
        "reports": [
            {
                "account_id": str(who),
                "username": f"member-{who}",
                "reason": "rude",
                "created_datetime": at(who),
            }
            for who in reporters
        ],
    }


@pytest.mark.parametrize(("event", "action"), [(HIDDEN, "hide-comment"), (SHOWN, "show-comment")])
def test_what_staff_did_is_told_with_its_outcome(event: CommentHidden | CommentShown, action: str) -> None:
    documents = list(projected(WRITTEN, event).values())
    (did,) = (each for each in documents if each["kind"] == "action")
    (came,) = (each for each in documents if each["kind"] == "outcome")
    assert came["_id"] == did["_id"].replace("action", "outcome")
    assert fields(did, ("account_id", "action", "details", "reason")) == {
        "account_id": "64",
        "action": action,
        "details": {"comment_id": "16"},
        "reason": event.reason,
    }
    assert fields(came, ("outcome", "refusal")) == {"outcome": "done", "refusal": None}
