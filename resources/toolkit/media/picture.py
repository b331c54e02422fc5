"""Owns the representation as a picture (SVG).

Never draws: the resource does.
Called by resources, which declare pictures.
"""

from collections.abc import Callable

import msgspec

from resources.toolkit.view import View


class Picture(msgspec.Struct, frozen=True):
    """What ``draw`` makes of a view: an SVG document."""

    draw: Callable[[View], bytes]
    name: str = "svg"
    media_type: str = "image/svg+xml"
    title: str = "Picture"
    personal: bool = False

    def render(self, view: View) -> bytes:
        return self.draw(view)
