"""Owns the tests of texts that XML can hold.

Never tests escaping.
Called by pytest.
"""

from xml.etree.ElementTree import Element, tostring

from hypothesis import given
from hypothesis import strategies as st

from resources.toolkit.media.xml_text import xml_text
from tests.resources.toolkit.views import parsed_xml


def test_what_xml_can_hold_stays() -> None:
    assert xml_text("a\tb\nc <é> \U0001f600") == "a\tb\nc <é> \U0001f600"


def test_what_it_can_not_is_replaced() -> None:
    assert xml_text("\x00\x08\x1f\ufffe\ud800") == "\ufffd" * 5


@given(st.text(st.characters()))
def test_every_text_becomes_one_that_a_parser_reads(text: str) -> None:
    element = Element("text")
    element.text = xml_text(text)
    read = parsed_xml(tostring(element, encoding="utf-8"))
    assert (read.text or "") == xml_text(text).replace("\r\n", "\n").replace("\r", "\n") or "\r" in text
