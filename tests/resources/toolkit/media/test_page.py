"""Owns the tests of pages: well-formed as XML, escaped whatever is in them, the same for both types.

Never tests a page of ours.
Called by pytest.
"""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.toolkit.media.page import HTML, XHTML, environment, page
from resources.toolkit.view import Choice, Field, Form, Link
from tests.resources.toolkit.views import parsed_xml, view

PAGE = "{http://www.w3.org/1999/xhtml}"
HTML_PAGE, XHTML_PAGE = page()
NASTY = "<script>alert('\"&')</script>]]>\x00\ufffe"


def tree(content: Mapping[str, object], **given: Any) -> Element:  # noqa: ANN401 (what a view is given)
    return parsed_xml(HTML_PAGE.render(view(content, **given)))


def test_both_types_get_the_same_bytes() -> None:
    shown = view({"a": 1})
    assert HTML_PAGE.render(shown) == XHTML_PAGE.render(shown)
    assert (HTML_PAGE.media_type, XHTML_PAGE.media_type) == (
        f"{HTML}; charset=utf-8",
        f"{XHTML}; charset=utf-8",
    )
    assert HTML_PAGE.personal


def test_any_content_is_shown() -> None:
    content = {
        "thing": {"name": "A", "good": True, "bad": False, "nothing": None},
        "things": [{"id": 1, "size": 2}, {"id": 3}],
        "names": ["x", "y"],
        "none": [],
        "pagination": {"next_page": None},
    }
    text = " ".join(tree(content).itertext())
    for shown in ("Thing", "A", "yes", "no", "Size", "3", "x", "None."):
        assert shown in text
    assert "Pagination" not in text


def test_whatever_a_template_is_called_texts_are_escaped() -> None:
    for ending in ("xhtml", "atom", "txt", "none"):
        made = environment().from_string("{{ text }}")
        made.name = f"page.{ending}"
        assert "<script>" not in made.render(text=NASTY)
    assert environment().autoescape is True


def test_a_name_that_is_not_there_is_a_mistake_of_ours() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ view.nothing }}").render(view=view({}))


def test_links_are_in_the_head_and_pages_in_the_body() -> None:
    root = tree({}, links=(Link("next", "/things/?cursor=<x>&y", "More", "text/html"),))
    (link,) = root.findall(f"{PAGE}head/{PAGE}link[@rel='next']")
    assert link.attrib == {
        "rel": "next",
        "href": "/things/?cursor=<x>&y",
        "type": "text/html",
        "title": "More",
    }
    (anchor,) = root.findall(f".//{PAGE}a[@rel='next']")
    assert anchor.get("href") == "/things/?cursor=<x>&y"


def test_a_form_has_an_input_for_every_field() -> None:
    fields = (
        Field("price", "Price", "number", required=True, value="5", hint="Ticks.", limits={"min": "1"}),
        Field("side", "Side", "select", value="sell", choices=(Choice("buy", "Buy"), Choice("sell", "Sell"))),
        Field("states", "States", "several", choices=(Choice("open", "Open"),)),
        Field("tale", "Tale", "lines", value="a\nb", error="Too long."),
        Field("flag", "Flag", "checkbox", value="true"),
        Field("password", "Password", "password", value="a secret", limits={"minlength": "10"}),
    )
    form = Form("/things/", "post", "Make it", {"token": "t"}, fields)
    root = tree({}, forms=(form,))
    (shown,) = root.findall(f".//{PAGE}form[@action='/things/']")
    assert shown.get("method") == "post"
    inputs = {
        each.get("name"): each for kind in ("input", "select", "textarea") for each in shown.iter(PAGE + kind)
    }
    assert inputs.keys() == {"token", "price", "side", "states", "tale", "flag", "password"}
    assert (inputs["price"].get("value"), inputs["price"].get("min")) == ("5", "1")
    (selected,) = inputs["side"].findall(f"{PAGE}option[@selected]")
    assert selected.get("value") == "sell"
    assert (inputs["states"].get("type"), inputs["states"].get("value")) == ("checkbox", "open")
    assert (inputs["tale"].text, inputs["flag"].get("checked")) == ("a\nb", "checked")
    assert inputs["password"].get("value") is None, "a password is never sent back"
    text = " ".join(shown.itertext())
    assert "Ticks." in text
    assert "Too long." in text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_whatever_the_content_the_page_is_well_formed(value: object) -> None:
    tree({"thing": value}, title=NASTY)
    (_, script) = (NASTY, tree({"text": NASTY}).findall(f".//{PAGE}script"))
    assert script == []
