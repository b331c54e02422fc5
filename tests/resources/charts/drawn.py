"""Owns the reading of charts in tests: parsed as strictly as XML is, texts and shapes found by style.

Never draws.
Called by the tests of this folder.
"""

from xml.etree.ElementTree import Element, fromstring

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: bytes) -> Element:
    """The chart as XML, which has a size, a title, a description and one style, and nothing that acts."""
    root = fromstring(svg)  # noqa: S314 what is parsed is our own
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    title, description, style = list(root)[:3]
    assert [title.tag, description.tag, style.tag] == [f"{SVG}{name}" for name in ("title", "desc", "style")]
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    known = {f"{SVG}{name}" for name in ("title", "text", "g", "rect", "line", "circle", "path")}
    assert {element.tag for element in root.iter()} - known == {root.tag, description.tag, style.tag}
    for element in root.iter():
        assert not [name for name in element.attrib if name.startswith("on") or "href" in name]
    assert "url(" not in (style.text or "")
    assert "@import" not in (style.text or "")
    return root


def texts(root: Element, style: str = "") -> list[str]:
    """The texts that are drawn in this style, in order."""
    return [
        element.text or ""
        for element in root.iter(f"{SVG}text")
        if style in element.get("class", "").split() or not style
    ]


def styled(root: Element, tag: str, style: str) -> list[Element]:
    return [element for element in root.iter(f"{SVG}{tag}") if style in element.get("class", "").split()]


def told(root: Element) -> tuple[str, str]:
    """Title and description."""
    return root[0].text or "", root[1].text or ""
