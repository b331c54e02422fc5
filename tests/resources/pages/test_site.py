"""Owns the tests of what all pages have: how values are written, and the style sheet.

Never tests the files' content.
Called by pytest.
"""

from resources.pages.site import STYLES, prepare_pages
from resources.toolkit.media.page import environment


def test_templates_know_the_style_sheet_and_how_values_are_written() -> None:
    prepare_pages()
    prepare_pages()
    made = environment()
    assert made.globals["assets"] == STYLES.paths
    assert {"credence.css", "credence.svg"} <= STYLES.paths.keys()
    assert made.from_string("{{ 3900 | percent }}").render() == "39\N{NO-BREAK SPACE}%"


def test_every_template_can_be_read() -> None:
    prepare_pages()
    made = environment()
    names = made.list_templates(["xhtml"])
    assert {"base.xhtml", "market.xhtml", "generic.xhtml"} <= set(names)
    for name in names:
        made.get_template(name)
