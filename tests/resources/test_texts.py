"""Owns the tests of what a text from a client may be.

Never tests where texts are used.
Called by pytest.
"""

import pytest

from actors.machines import limits
from resources import texts
from resources.toolkit.fields import matches

CONTROL = ["\x00", "\x07", "\x0b", "\x1f", "\x7f", "\ufffe", "\uffff"]
LINE_ENDS = ["\n", "\r", "\t"]
LINES = {"bio": texts.Bio, "description": texts.Description}
ONE_LINE = {
    "name": texts.Name,
    "display_name": texts.DisplayName,
    "reference": texts.Reference,
    "reason": texts.Reason,
}
SHAPES = {**LINES, **ONE_LINE, "username": texts.Username, "password": texts.Password}


@pytest.mark.parametrize("text", ["Ann", "Łódź 2:1", "日本", "a  b", "<b>&amp;</b>", "😀", "--"])
@pytest.mark.parametrize("kind", [*LINES, *ONE_LINE])
def test_words_of_any_language_are_texts(kind: str, text: str) -> None:
    assert matches(text, SHAPES[kind])


@pytest.mark.parametrize("character", CONTROL)
@pytest.mark.parametrize("kind", [*LINES, *ONE_LINE])
def test_control_characters_are_in_no_text(kind: str, character: str) -> None:
    assert not matches(f"a{character}b", SHAPES[kind])


@pytest.mark.parametrize("character", LINE_ENDS)
def test_only_longer_texts_have_lines(character: str) -> None:
    text = f"a{character}b"
    assert [matches(text, shape) for shape in LINES.values()] == [True] * len(LINES)
    assert [matches(text, shape) for shape in ONE_LINE.values()] == [False] * len(ONE_LINE)
    assert not matches(f"a{character}", texts.Name)


@pytest.mark.parametrize("text", ["", " ", "   ", "\u00a0", "\u3000"])
def test_a_name_is_not_blank(text: str) -> None:
    assert not matches(text, texts.Name)
    assert not matches(text, texts.Reason)


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        ("name", limits.NAME_LENGTH_MAX),
        ("display_name", limits.DISPLAY_NAME_LENGTH_MAX),
        ("reference", limits.REFERENCE_ID_LENGTH_MAX),
        ("bio", limits.BIO_LENGTH_MAX),
        ("description", limits.DESCRIPTION_LENGTH_MAX),
        ("reason", limits.REASON_LENGTH_MAX),
        ("username", limits.USERNAME_LENGTH_MAX),
        ("password", limits.PASSWORD_LENGTH_MAX),
    ],
)
def test_every_text_has_a_length(kind: str, length: int) -> None:
    assert matches("x" * length, SHAPES[kind])
    assert not matches("x" * (length + 1), SHAPES[kind])


@pytest.mark.parametrize("username", ["ada", "a-1", "_-_", "0" * 32])
def test_usernames(username: str) -> None:
    assert matches(username, texts.Username)


@pytest.mark.parametrize(
    "username", ["", "ab", "Ada", "adä", "a a", "ada\n", "\nada", "a.b", "a/b", "\uff41da"]
)
def test_no_usernames(username: str) -> None:
    assert not matches(username, texts.Username)


def test_a_password_has_a_least_length_and_any_characters() -> None:
    assert matches("\x00" * limits.PASSWORD_LENGTH_MIN, texts.Password)
    assert not matches("x" * (limits.PASSWORD_LENGTH_MIN - 1), texts.Password)
