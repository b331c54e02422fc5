"""Owns the tables of which parts of a text are links and mentions.

Never tests markup.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines import limits
from resources.pages.text_pieces import Piece, named_in, pieces

MEMBERS = ("ada", "ben-2", "c_d")


def links(text: str) -> list[str]:
    return [piece.href for piece in pieces(text, MEMBERS) if piece.elsewhere]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://a.example/b?c=d&e=f#g.", ["https://a.example/b?c=d&e=f#g"]),
        ("(http://a.example/b_(c)), and more", ["http://a.example/b_(c)"]),
        ("HTTPS://A.EXAMPLE/ http://1.2.3.4:80/", ["HTTPS://A.EXAMPLE/", "http://1.2.3.4:80/"]),
        ("http://\u65e5\u672c.example/\u9053", ["http://\u65e5\u672c.example/\u9053"]),
        ("<https://a.example/>", ["https://a.example/"]),
        ('https://a.example/"onmouseover="alert(1)', ['https://a.example/"onmouseover="alert(1)']),
        ("javascript:alert(1) data:text/html,x vbscript:x", []),
        ("ftp://a.example mailto:a@b.example //a.example a.example www.a.example", []),
        ("http:// https:/a.example http:a.example", []),
        ("https://a.exa\u202empl\u202c.example/", []),
        ("https://a\u200b.example/", []),
    ],
)
def test_links(text: str, expected: list[str]) -> None:
    assert links(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@ada, @ben-2: (@c_d)!", ["/v3/members/ada/", "/v3/members/ben-2/", "/v3/members/c_d/"]),
        ("@Ada's", ["/v3/members/ada/"]),
        ("@nobody @adaa @ad ada@ben-2 @@ada x@ada.example /@ada", []),
        ("https://a.example/@ada", []),
    ],
)
def test_members_who_are_mentioned(text: str, expected: list[str]) -> None:
    found = [piece.href for piece in pieces(text, MEMBERS) if piece.href and not piece.elsewhere]
    assert found == expected


def test_pieces_in_their_order() -> None:
    assert pieces("By @ada: https://a.example/ @ben-2", MEMBERS) == [
        Piece("By "),
        Piece("@ada", "/v3/members/ada/"),
        Piece(": "),
        Piece("https://a.example/", "https://a.example/", elsewhere=True),
        Piece(" "),
        Piece("@ben-2", "/v3/members/ben-2/"),
    ]


def test_whom_a_text_may_mention() -> None:
    assert named_in("@ada @Ada @nobody https://a.example/@ben @x") == ["ada", "nobody"]
    many = " ".join(f"@member-{number}" for number in range(limits.MENTIONS_PER_COMMENT_MAX + 5))
    assert len(named_in(many)) == limits.MENTIONS_PER_COMMENT_MAX


@given(st.text(st.sampled_from("@ada:/.ht ps?&<>\"'\n\u202e\u200d"), max_size=60) | st.text(max_size=60))
def test_nothing_of_a_text_is_lost_and_no_link_leads_elsewhere_than_to_the_web(text: str) -> None:
    found = pieces(text, MEMBERS)
    assert "".join(piece.text for piece in found) == text
    for piece in found:
        assert piece.text
        assert piece.elsewhere == piece.href.lower().startswith(("http://", "https://"))
        assert piece.elsewhere or piece.href in {"", *(f"/v3/members/{name}/" for name in MEMBERS)}
