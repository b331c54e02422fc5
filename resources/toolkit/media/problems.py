"""Owns the representations of problems: as JSON and as XML, the way RFC 9457 writes both.

Never decides that something is a problem.
Called by toolkit/answering.py and toolkit/representing.py; described by openapi/problems.py.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec
import orjson

from resources.toolkit.media.xml_text import xml_text
from resources.toolkit.view import View

_NAMESPACE: Final = "urn:ietf:rfc:7807"


class ProblemJson(msgspec.Struct, frozen=True):
    """A problem as a JSON object."""

    name: str = "json"
    media_type: str = "application/problem+json"
    title: str = "JSON"
    personal: bool = False

    def render(self, view: View) -> bytes:
        return orjson.dumps(view.content)


class ProblemXml(msgspec.Struct, frozen=True):
    """A problem as XML, for who asked for a feed."""

    name: str = "atom"
    media_type: str = "application/problem+xml"
    title: str = "XML"
    personal: bool = False

    def render(self, view: View) -> bytes:
        root = Element("problem", {"xmlns": _NAMESPACE})
        _add(root, view.content)
        return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: Element, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        child = SubElement(parent, name)
        if isinstance(value, Mapping):
            _add(child, value)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for each in value:
                _add(SubElement(child, "i"), each)
        else:
            child.text = xml_text(str(value))


PROBLEM_JSON: Final = ProblemJson()
PROBLEM_XML: Final = ProblemXml()
