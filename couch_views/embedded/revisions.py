"""Owns the rules of revisions: what a write must name to be accepted, and the revision that it gets.

Never reads or writes the store.
Called by writing.
"""

import hashlib
from typing import Final

import msgspec

from couch_views.embedded.errors import bad_request

GENERATION_DIGITS_MAX: Final = 15


class Stored(msgspec.Struct, frozen=True, gc=False):
    """What is stored of a document before a write."""

    number: int
    revision: str
    deleted: bool
    emitted: bytes | None


def accepts(stored: Stored | None, revision: str | None, *, deleting: bool) -> bool:
    """Whether a write that names ``revision`` (or none) may follow what is stored.

    A new document names none (it may be born deleted). A live one must be named by its current revision.
    A deleted one is made again by who names none, and not deleted again.
    """
    if stored is None:
        return revision is None
    if stored.deleted:
        return revision is None and not deleting
    return stored.revision == revision


def next_revision(before: str | None, body: bytes, *, deleted: bool) -> str:
    """``N-hash``: the generation after ``before`` and a digest of it and of the new content."""
    generation = generation_of(before) + 1 if before else 1
    content = f"{before} {deleted} ".encode() + body
    return f"{generation}-{hashlib.md5(content, usedforsecurity=False).hexdigest()}"


def next_local_revision(before: str | None) -> str:
    """Revisions of local documents only count: ``0-1``, ``0-2``..."""
    if before is None:
        return "0-1"
    _, _, count = before.partition("-")
    if not (count.isdecimal() and len(count) <= GENERATION_DIGITS_MAX):
        raise bad_request("Invalid rev format")
    return f"0-{int(count) + 1}"


def generation_of(revision: str) -> int:
    """The N of ``N-hash``; a ``CouchError`` 400 if it has none."""
    generation, dash, digest = revision.partition("-")
    if not (dash and digest and generation.isdecimal() and len(generation) <= GENERATION_DIGITS_MAX):
        raise bad_request("Invalid rev format")
    return int(generation)
