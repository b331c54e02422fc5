"""Owns what a document is on its way in and out: its special fields, limits and stored form.

Never touches the store.
Called by writing (in) and reading (out).
"""

import uuid
from typing import Final

import msgspec

from couch_views.embedded.errors import CouchError, bad_request
from couch_views.embedded.revisions import generation_of
from couch_views.json_values import Json, JsonObject, encode

DOCUMENT_BYTES_MAX: Final = 8_000_000
DESIGN_PREFIX: Final = "_design/"
LOCAL_PREFIX: Final = "_local/"
SPECIAL_FIELDS: Final = frozenset(("_id", "_rev", "_deleted"))
IGNORED_FIELDS: Final = frozenset(
    ("_revisions", "_revs_info", "_local_seq", "_conflicts", "_deleted_conflicts")
)
"""What CouchDB adds to a document on request, and drops when it comes back."""
UNSTORED_FIELDS: Final = SPECIAL_FIELDS | IGNORED_FIELDS


class Draft(msgspec.Struct, frozen=True, gc=False):
    """A document as a request wants it: ``body`` is the JSON of its ordinary fields."""

    id: str
    revision: str | None
    deleted: bool
    body: bytes

    @property
    def is_design(self) -> bool:
        return self.id.startswith(DESIGN_PREFIX)

    @property
    def is_local(self) -> bool:
        return self.id.startswith(LOCAL_PREFIX)


def read_draft(document: Json, identity: str | None = None, revision: str | None = None) -> Draft:
    """The document of a request, checked; ``CouchError`` 400 or 413 naming what is wrong.

    The path's id and the query's revision go before the fields ``_id`` and ``_rev``.
    """
    if not isinstance(document, dict):
        raise bad_request("Document must be a JSON object")
    if identity is None:
        identity = checked_id(document["_id"]) if "_id" in document else uuid.uuid4().hex
    named = checked_revision(document.get("_rev"))
    if revision is not None and named is not None and revision != named:
        raise bad_request("Document rev from request body and query string have different values")
    deleted = document.get("_deleted", False)
    if not isinstance(deleted, bool):
        raise CouchError(400, "doc_validation", "Bad special document member: _deleted")
    return Draft(identity, checked_revision(revision) or named, deleted, body_of(document, identity))


def checked_id(identity: Json) -> str:
    if not isinstance(identity, str):
        raise CouchError(400, "illegal_docid", "Document id must be a string")
    if not identity:
        raise CouchError(400, "illegal_docid", "Document id must not be empty")
    if identity in (DESIGN_PREFIX, LOCAL_PREFIX):
        raise CouchError(400, "illegal_docid", f"Illegal document id `{identity}`")
    if identity.startswith("_") and not identity.startswith((DESIGN_PREFIX, LOCAL_PREFIX)):
        raise CouchError(400, "illegal_docid", "Only reserved document ids may start with underscore.")
    return identity


def checked_revision(revision: Json) -> str | None:
    if revision is None:
        return None
    if not isinstance(revision, str):
        raise bad_request("Invalid rev format")
    generation_of(revision)
    return revision


def body_of(document: JsonObject, identity: str) -> bytes:
    """JSON of the ordinary fields, within the limits of size and depth."""
    fields = {name: value for name, value in document.items() if name not in UNSTORED_FIELDS}
    try:
        body = encode(fields)
    except ValueError as error:
        raise bad_request(f"Document {identity:.200}: {error}") from error
    if len(body) > DOCUMENT_BYTES_MAX:
        raise CouchError(413, "document_too_large", identity)
    if b'"_' in body:
        check_names(fields)
    return body


def check_names(fields: JsonObject) -> None:
    for name in fields:
        if name.startswith("_"):
            raise CouchError(400, "doc_validation", f"Bad special document member: {name}")


def document_json(identity: str, revision: str, body: bytes, *, deleted: bool) -> bytes:
    """The stored body with its special fields in front, without parsing it."""
    head = b'{"_id":%b,"_rev":"%b"' % (encode(identity), revision.encode())
    if deleted:
        head += b',"_deleted":true'
    return head + (b"}" if body == b"{}" else b"," + body[1:])
