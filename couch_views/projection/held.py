"""Owns a document that is held between batches: what it reflects, and the form that its folds work on.

Never reads or writes a store.
Called by fold and by writes.
"""

from typing import Never, cast

import msgspec

from couch_views.projection.rules import Working
from couch_views.projection.table import FORMS
from couch_views.shapes import Document


class Held(msgspec.Struct):
    """A document at hand. Records up to ``since`` are in it already; ``sequence`` is the last one folded.

    ``value`` is what its folds work on.
    """

    value: Document | Working
    sequence: int
    since: int

    @property
    def document(self) -> Document:
        """As it was dumped last, with what has changed since and isn't dear to write."""
        return self.value if isinstance(self.value, dict) else self.value.document

    def dump(self) -> Document:
        """The document as it is to be stored."""
        document = self.value if isinstance(self.value, dict) else self.value.dump()
        document["sequence"] = self.sequence
        return document


def hold(document: Document) -> Held:
    """A document as it is stored."""
    return begin(document, document["sequence"])


def begin(document: Document, since: int) -> Held:
    """A document that later records than ``since`` are folded into."""
    form = FORMS.get(document["kind"])
    value = document if form is None else form(cast("Never", document))
    return Held(value, document["sequence"], since)
