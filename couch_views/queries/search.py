"""Owns the search for members, events and markets by the words that they are named by.

Never decides who may see whom, and never reads more than what begins as the search says.
Called by the resource of search.

Words are told apart by spaces and punctuation, and found by their beginnings, in any case. A view lists them
(designs/lists/words.map.js writes the same keys); what else is searched for is looked for in the documents
that it leads to.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, cast

from couch_views.json_values import Json, JsonObject
from couch_views.queries.keys import ANY
from couch_views.queries.lists import DESIGN, Found, Listing
from couch_views.queries.pages import Place, Sort
from couch_views.queries.reading import Reads

_ORDER: Final = Sort(("word", "id"), descending=False)
_UNITS_LISTED: Final = 8
"""Of a word the view lists so much: a place in a list has forty digits at most."""
_BETWEEN: Final = re.compile(
    r"[\u0000-\u0020!-/:-@\[-`{-~\u007f-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf"
    r"\u1680\u2000-\u206f\u3000-\u303f\ufeff]+"
)
_ABOVE: Final = "z"


class Hit(NamedTuple):
    """A member, an event or a market: by what it is known, and by which names it is found.

    ``identity`` is a member's username, or the id of an event or a market.
    """

    kind: str
    identity: str
    name: str
    names: Sequence[str]
    state: str | None = None
    event_id: str | None = None
    account_id: int | None = None

    def has(self, words: Iterable[str]) -> bool:
        """Whether it is named by words that begin so."""
        own = [word for name in self.names for word in words_of(name)]
        return all(any(word.startswith(wanted) for word in own) for wanted in words)


def words_of(text: str) -> list[str]:
    """The words of a text, each once, in small letters."""
    return list(dict.fromkeys(word for word in _BETWEEN.split(text.lower()) if word))


def search(words: Sequence[str], kinds: Sequence[str] = ()) -> Listing:
    """What has a word that begins as the longest of these does, shorter ones first; of some kinds, or of all.

    Whether it ``has`` all of them is for who shows it to ask.
    """
    longest = key_word(max(words, key=len))
    return Listing("search", [_Beginning(kind, longest) for kind in kinds or (ANY,)], _ORDER)


def hit(document: JsonObject) -> Hit:
    """What a document that was found says."""
    kind = str(document["kind"])
    if kind == "member":
        username, display_name = str(document["username"]), str(document["display_name"])
        account_id = int(str(document["account_id"]))
        return Hit(kind, username, display_name or username, [username, display_name], account_id=account_id)
    name, state = str(document["name"]), str(document["state"])
    if kind == "event":
        return Hit(kind, str(document["id"]), name, [name], state)
    contracts = cast("Sequence[JsonObject]", document["contracts"])
    names = [name, *(str(contract["name"]) for contract in contracts)]
    return Hit(kind, str(document["id"]), name, names, state, str(document["event_id"]))


def key_word(word: str) -> str:
    """The beginning of a word as the view has it: five digits for each unit of its UTF-16."""
    units = word.encode("utf-16-be")[: 2 * _UNITS_LISTED]
    return "".join(f"{int.from_bytes(units[at : at + 2], 'big'):05}" for at in range(0, len(units), 2))


class _Beginning(NamedTuple):
    """What is named by a word with this beginning, each once: under the first of its words that has it."""

    kind: str
    beginning: str

    def read(self, documents: Reads, after: Place | None, limit: int, *, descending: bool) -> list[Found]:
        found: list[Found] = []
        place: Place = after or (self.beginning,)
        end: list[Json] = [self.kind, self.beginning + _ABOVE]
        assert not descending, "words are read in their order"
        while len(found) < limit:
            start: list[Json] = [self.kind, *place]
            # One more, for it begins with the place that it goes on after.
            rows = documents.view(DESIGN, "words", start=start, end=end, limit=limit + 1)
            placed = [(tuple(cast("list[str]", row.key)[1:]), row) for row in rows]
            fresh = [(at, row) for at, row in placed if at != place]
            found += [Found(at, row.id) for at, row in fresh if not str(row.value).startswith(self.beginning)]
            if len(rows) <= limit:
                break
            place = fresh[-1][0]
        return found[:limit]
