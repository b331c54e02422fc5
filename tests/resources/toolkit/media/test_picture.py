"""Owns the tests of the representation as a picture.

Never draws.
Called by pytest.
"""

from resources.toolkit.media.picture import Picture
from tests.resources.toolkit.views import view


def test_a_picture_is_what_is_drawn_of_the_view() -> None:
    picture = Picture(lambda seen: f"<svg>{seen.title}</svg>".encode())
    assert picture.render(view({}, title="A curve")) == b"<svg>A curve</svg>"
    assert (picture.name, picture.media_type) == ("svg", "image/svg+xml")
