"""Owns the query parameters of views, ``_all_docs`` and ``_changes``: their names, types and relations.

Never touches the store.
Called by server (reads them), views and reading (check and follow them).
"""

from typing import Final
from urllib.parse import parse_qsl

import msgspec

from couch_views.embedded.collation import encode_key
from couch_views.embedded.errors import bad_parameter, bad_request
from couch_views.json_values import Json, JsonObject, decode, encode

LIMIT_MAX: Final = 2**53
ALIASES: Final = {
    "start_key": "startkey",
    "end_key": "endkey",
    "start_key_doc_id": "startkey_docid",
    "end_key_doc_id": "endkey_docid",
}
JSON_PARAMETERS: Final = frozenset(("key", "keys", "startkey", "endkey"))


class Absent(msgspec.Struct, frozen=True):
    """Stands for a key that was not given: null is a key."""


ABSENT: Final = Absent()


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a query of a view or of ``_all_docs`` asks for."""

    startkey: Json | Absent = ABSENT
    endkey: Json | Absent = ABSENT
    startkey_docid: str | None = None
    endkey_docid: str | None = None
    keys: list[Json] | None = None
    inclusive_end: bool = True
    descending: bool = False
    limit: int = LIMIT_MAX
    skip: int = 0
    include_docs: bool = False
    reduce: bool | None = None
    group: bool = False
    group_level: int | None = None

    @property
    def by_key(self) -> bool:
        """Whether a reduce gives one row a key: ``group`` without a level."""
        return self.group and self.group_level is None

    @property
    def grouped(self) -> bool:
        return self.by_key or bool(self.group_level)


def parse_query(query: str) -> dict[str, str]:
    """The last of each parameter, by its shorter name where CouchDB has two."""
    return {ALIASES.get(name, name): value for name, value in parse_qsl(query, keep_blank_values=True)}


def read_options(parameters: dict[str, str], body: bytes | None = None) -> Options:
    """The options of a query string and, for a POST, of its JSON body; 400 names the wrong parameter.

    What stands in both is taken from the query string.
    """
    given = body_options(read_object(body)) if body is not None else {}
    given |= {name: read_text(name, text) for name, text in parameters.items()}
    return options_of(given)


def read_queries(body: bytes) -> list[Options]:
    """The options of each of several queries, as a request's body lists them; 400 for what is wrong."""
    wanted = read_object(body)
    if "queries" not in wanted:
        raise bad_request("POST body must include `queries` parameter.")
    queries = wanted["queries"]
    if not isinstance(queries, list):
        raise bad_request("`queries` parameter must be an array.")
    return [options_of(body_options(query)) for query in queries]


def options_of(given: JsonObject) -> Options:
    """The options by their names; 400 names the wrong one."""
    start, end = given.get("startkey", ABSENT), given.get("endkey", ABSENT)
    if "key" in given:
        start = end = given["key"]
    keys = given.get("keys")
    if keys is not None and not isinstance(keys, list):
        raise bad_request("`keys` member must be an array.")
    if keys and (start is not ABSENT or end is not ABSENT):
        raise bad_parameter("`keys` is incompatible with `key`, `start_key` and `end_key`")
    return Options(
        startkey=start,
        endkey=end,
        startkey_docid=text(given, "startkey_docid"),
        endkey_docid=text(given, "endkey_docid"),
        keys=keys,
        inclusive_end=boolean(given, "inclusive_end", default=True),
        descending=boolean(given, "descending", default=False),
        limit=count(given, "limit", LIMIT_MAX),
        skip=count(given, "skip", 0),
        include_docs=boolean(given, "include_docs", default=False),
        reduce=boolean(given, "reduce", default=True) if "reduce" in given else None,
        group=boolean(given, "group", default=False),
        group_level=count(given, "group_level", 0) if "group_level" in given else None,
    )


def check_options(options: Options, *, reducing: bool, reducible: bool) -> None:
    """Refuses options that contradict each other or the view, in CouchDB's words."""
    if options.reduce and not reducible:
        raise bad_parameter("Reduce is invalid for map-only views.")
    if options.grouped and not reducing:
        raise bad_parameter("Invalid use of grouping on a map view.")
    if options.include_docs and reducing:
        raise bad_parameter("`include_docs` is invalid for reduce")
    if options.keys is not None and reducing and not options.by_key:
        raise bad_parameter("Multi-key fetches for reduce views must use `group=true`")


def check_range(options: Options) -> None:
    """Refuses a range of keys that ends before it begins: views do, ``_all_docs`` finds nothing."""
    if isinstance(options.startkey, Absent) or isinstance(options.endkey, Absent):
        return
    start, end = encode_key(options.startkey), encode_key(options.endkey)
    if start != end and (start < end) == options.descending:
        raise bad_parameter(
            "No rows can match your key range, reverse your start_key and end_key or set descending="
            + ("false" if options.descending else "true")
        )


def read_text(name: str, value: str) -> Json:
    """A parameter of a query string: ids are plain, the rest is JSON."""
    if name.endswith("_docid"):
        return value
    try:
        return shallow(decode(value))
    except ValueError as error:
        if name in JSON_PARAMETERS:
            raise bad_request(f"invalid UTF-8 JSON in {name}: {error}") from error
        return value


def body_options(options: Json) -> JsonObject:
    """The options that stand in a body, by the shorter name where CouchDB has two."""
    if not isinstance(options, dict):
        raise bad_request("Request body must be a JSON object")
    try:
        shallow(options)
    except ValueError as error:
        raise bad_request(f"Request body: {error}") from error
    return {ALIASES.get(name, name): value for name, value in options.items()}


def read_object(body: bytes) -> JsonObject:
    """The JSON object that a request's body must be."""
    try:
        value = decode(body)
    except ValueError as error:
        raise bad_request(f"invalid UTF-8 JSON: {error}") from error
    if not isinstance(value, dict):
        raise bad_request("Request body must be a JSON object")
    return value


def read_positive(body: bytes) -> int:
    """The whole number above 0 that a request's body must be."""
    try:
        value = decode(body)
    except ValueError as error:
        raise bad_request(f"invalid UTF-8 JSON: {error}") from error
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LIMIT_MAX:
        raise bad_request("Request body must be a whole number above 0")
    return value


def shallow(value: Json) -> Json:
    """The value itself, unless it is nested deeper than a document may be: ``ValueError``."""
    encode(value)
    return value


def text(given: JsonObject, name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise bad_parameter(f'Invalid value for string parameter: "{name}"')
    return value


def boolean(given: JsonObject, name: str, *, default: bool) -> bool:
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise bad_parameter(f"Invalid boolean parameter: {value!r:.100} (`{name}`)")
    return value


def count(given: JsonObject, name: str, default: int) -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad_parameter(f"Invalid value for integer: {value!r:.100} (`{name}`)")
    if not 0 <= value <= LIMIT_MAX:
        raise bad_parameter(f"Invalid value for positive integer: {value} (`{name}`)")
    return value
