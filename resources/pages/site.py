"""Owns what all pages of the exchange have: how values are written, and the style sheet's place.

Never makes a page: templates do.
Called by resources/app.py, once.
"""

from functools import cache
from pathlib import Path
from typing import Final

from resources.openapi.assets import Assets
from resources.pages.formats import FILTERS
from resources.pages.kinds import PLACES, kind_of
from resources.pages.text_pieces import pieces
from resources.toolkit.media.page import use_templates

STYLES: Final = Assets("/v3/assets/", sorted((Path(__file__).parent.parent / "assets").iterdir()))
"""The style sheet, at a path that changes with it."""


@cache
def prepare_pages() -> None:
    """Lets templates know what they need beside the view."""
    use_templates(
        "resources",
        {**FILTERS, "kind_of": kind_of, "pieces": pieces},
        {"assets": STYLES.paths, "places": PLACES},
    )
