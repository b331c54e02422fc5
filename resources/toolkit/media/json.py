"""Owns the representation as JSON: the content, and nothing else.

Never changes the content.
Called by nearly every resource.
"""

from typing import Final

import msgspec
import orjson

from resources.toolkit.view import View


class Json(msgspec.Struct, frozen=True):
    """The content as JSON."""

    name: str = "json"
    media_type: str = "application/json"
    title: str = "JSON"
    personal: bool = False

    def render(self, view: View) -> bytes:
        return orjson.dumps(view.content)


JSON: Final = Json()
