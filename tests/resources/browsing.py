"""Owns a browser for tests: pages read as XML and as HTML, forms filled in and sent as a browser would.

Never sends what no form holds: who wants to forge says so.
Called by the tests of pages and forms.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from falcon import testing
from justhtml import JustHTML

_XHTML: Final = "{http://www.w3.org/1999/xhtml}"
_SENT_ONCE_CHECKED: Final = frozenset({"radio", "checkbox"})
_NO_TEXT: Final = frozenset({"#comment", "!doctype"})
Tree = tuple[str, dict[str, str], list["Tree | str"]]


class Form:
    """A form of a page: where it goes, and its fields with what stands in them."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.action = element.get("action", "")
        self.method = element.get("method", "get")
        self.title = next((words(each) for each in element.iter("legend")), "") or words(
            next(element.iter("button"))
        )
        self.fields: dict[str, list[str]] = {}
        self.names: set[str] = set()
        for each in element.iter():
            if each.tag in {"input", "select", "textarea"}:
                self._take(each)

    def _take(self, element: Element) -> None:
        name, kind = element.get("name", ""), element.get("type")
        self.names.add(name)
        if element.tag == "select":
            chosen = [option for option in element.iter("option") if option.get("selected")]
            first = list(element.iter("option"))[:1]
            self.fields[name] = [option.get("value", "") for option in chosen or first]
        elif element.tag == "textarea":
            self.fields[name] = [element.text or ""]
        elif kind not in _SENT_ONCE_CHECKED or element.get("checked"):
            self.fields.setdefault(name, []).append(element.get("value", ""))

    def by(self, title: str) -> "Form":
        """The form as another of its buttons sends it."""
        (button,) = [each for each in self.element.iter("button") if words(each) == title]
        pressed = Form(self.element)
        pressed.action = button.get("formaction", self.action)
        return pressed

    def choices(self, name: str) -> dict[str, str]:
        """What may be chosen: label -> value."""
        found = {
            words(label): each.get("value", "")
            for label in self.element.iter("label")
            for each in label.iter("input")
            if each.get("name") == name
        }
        for select in self.element.iter("select"):
            if select.get("name") == name:
                found |= {words(option): option.get("value", "") for option in select.iter("option")}
        return found

    def error(self, name: str) -> str:
        """What stands beside a field as wrong."""
        for field in self.element.iter("div"):
            if any(each.get("name") == name for each in field.iter()):
                return " ".join(words(each) for each in field.iter("strong") if each.get("class") == "error")
        return ""


class Page:
    """A page that was answered, read as XML; names of elements are without their namespace."""

    def __init__(self, path: str, result: testing.Result) -> None:
        self.path = path
        self.result = result
        self.status = result.status_code
        self.source = result.text
        self.root = ET.fromstring(result.text)  # noqa: S314 (our own)
        for element in self.root.iter():
            element.tag = element.tag.removeprefix(_XHTML)

    @property
    def text(self) -> str:
        return words(self.root)

    @property
    def main(self) -> str:
        return words(next(self.root.iter("main")))

    @property
    def heading(self) -> str:
        (heading,) = self.root.iter("h1")
        return words(heading)

    @property
    def forms(self) -> list[Form]:
        """Those of what the page is about: the search stands above every page."""
        return [Form(element) for element in next(self.root.iter("main")).iter("form")]

    def form(self, title: str) -> Form:
        found = [form for form in self.forms if form.title == title]
        assert found, f"{title} is not among {[form.title for form in self.forms]}"
        return found[0]

    def has_form(self, title: str) -> bool:
        return any(form.title == title for form in self.forms)

    def html_tree(self) -> Tree:
        """What an HTML parser makes of it; no errors are allowed."""
        document = JustHTML(self.source, sanitize=False, collect_errors=True, scripting_enabled=False)
        assert document.errors == [], (self.path, document.errors)
        (root,) = [child for child in document.root.children or () if child.name == "html"]
        return _html_tree(root)

    def xml_tree(self) -> Tree:
        root = ET.fromstring(self.source)  # noqa: S314 (our own)
        return _xml_tree(root)


class Browser:
    """Somebody's browser: keeps cookies, goes where it is sent after a form."""

    def __init__(self, client: testing.TestClient) -> None:
        self._client = client
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Page:
        result = self._send("GET", path, b"", headers)
        return Page(path, result)

    def submit(
        self,
        form: Form,
        given: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """The page after the form, wherever that leads. ``headers`` differ from a browser's usual ones."""
        result = self.post(form, given, headers)
        if result.status_code != 303:
            return Page(form.action, result)
        return self.get(result.headers["location"].partition("#")[0])

    def post(
        self,
        form: Form,
        given: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> testing.Result:
        """The answer to the form itself."""
        fields = dict(form.fields)
        for name, value in (given or {}).items():
            assert name in form.names, f"{name} is not among {sorted(form.names)}"
            fields[name] = [value] if isinstance(value, str) else value
        usual = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "http://falconframework.org",
            "Sec-Fetch-Site": "same-origin",
        }
        return self._send(
            "POST", form.action, urlencode(fields, doseq=True).encode(), {**usual, **(headers or {})}
        )

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> testing.Result:
        given = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", **headers}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        path, _, query = path.partition("?")
        result = self._client.simulate_request(
            method, path, query_string=query, headers=given, body=body or None
        )
        for name, cookie in result.cookies.items():
            if cookie.max_age == 0:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = cookie.value
        return result


def words(element: Element) -> str:
    """The text of an element, as it is read."""
    return " ".join("".join(element.itertext()).split())


def _xml_tree(element: Element) -> Tree:
    children: list[Tree | str] = []
    _add_text(children, element.text)
    for child in element:
        children.append(_xml_tree(child))
        _add_text(children, child.tail)
    return element.tag.rpartition("}")[2], dict(element.attrib), children


def _html_tree(node: object) -> Tree:
    children: list[Tree | str] = []
    for child in getattr(node, "children", None) or ():
        if child.name == "#text":
            _add_text(children, child.data)
        elif child.name not in _NO_TEXT:
            children.append(_html_tree(child))
    given = {name: value or "" for name, value in (getattr(node, "attrs", None) or {}).items()}
    # XML takes these for what they are; HTML has attributes of these names.
    language = given.pop("xml:lang", None)
    if language is not None:
        given["{http://www.w3.org/XML/1998/namespace}lang"] = language
    given.pop("xmlns", None)
    return str(getattr(node, "name", "")), given, children


def _add_text(children: "list[Tree | str]", text: str | None) -> None:
    """Blank texts between elements differ: HTML drops some around head and body."""
    if text is not None and text.strip():
        children.append(text.strip())
