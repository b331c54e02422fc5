"""Owns the tests of what messages about comments refuse at birth.

Never tests what they lead to.
Called by pytest.
"""

import msgspec
import pytest

from actors.machines import limits
from actors.machines.messages.comments import CommentCommand, Mention, Subject, WriteComment

MARKET = [3, 0, 0]
MANY = [Mention(16 * number, f"member-{number}") for number in range(1, limits.MENTIONS_PER_COMMENT_MAX + 2)]


def read(*wire: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(wire), type=CommentCommand)


@pytest.mark.parametrize(
    "text",
    [
        "Well.",
        "Two\nlines\tand a tab",
        "x" * limits.COMMENT_LENGTH_MAX,
        "\u202eturned\u202c \u200d \ufeff",
        "<script>alert(1)</script> ]]>",
    ],
)
def test_any_text_is_a_comment(text: str) -> None:
    assert read("WriteComment", MARKET, text) == WriteComment(Subject(3), text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n \t", "x" * (limits.COMMENT_LENGTH_MAX + 1), "a\0b", "a\rb", "a\x1bb", "a\x85b", "a\ufffeb"],
)
def test_nothing_and_control_characters_are_none(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read("WriteComment", MARKET, text)


@pytest.mark.parametrize("subject", [[0, 0, 0], [3, 4, 0], [3, 0, 16], [3, 4, 16], [0, 4, 0], [0, 0, 16]])
def test_a_comment_is_about_one_thing(subject: list[int]) -> None:
    assert read("WriteComment", [0, 4, 16], "Well.") == WriteComment(
        Subject(entry_id=4, account_id=16), "Well."
    )
    with pytest.raises(msgspec.ValidationError):
        read("WriteComment", subject, "Well.")


def test_so_many_are_mentioned() -> None:
    assert read("WriteComment", MARKET, "Well.", MANY[:-1]) == WriteComment(
        Subject(3), "Well.", tuple(MANY[:-1])
    )
    with pytest.raises(msgspec.ValidationError):
        read("WriteComment", MARKET, "Well.", MANY)


@pytest.mark.parametrize(
    "wire",
    [
        ("EditComment", 0, "Well."),
        ("EditComment", 1, ""),
        ("ReportComment", 1, ""),
        ("HideComment", 1, ""),
        ("ShowComment", 1, "x" * (limits.REASON_LENGTH_MAX + 1)),
        ("DeleteComment", -1),
    ],
)
def test_what_is_out_of_range_is_never_born(wire: tuple[object, ...]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(*wire)
