"""Owns pages of entries: what the filter leaves of them, with the names of whom and what they tell of.

Never decides who sees what: the filter does, for every entry, here.
Called by the resources of activity, and of private feeds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, cast

from couch_views.activity_shapes import EntryDocument
from couch_views.json_values import Json, JsonObject
from couch_views.queries.activity import LAST_CURSOR
from couch_views.queries.lists import Listing, distinct, read_known
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from couch_views.shapes import EventDocument, MarketDocument, MemberDocument, document_id, member_document_id
from resources import privacy
from resources.entry_ids import EntryIds
from resources.paging import OrderedPageQuery, page_at
from resources.privacy import Relations, Viewer
from resources.seals import Seal
from resources.sentences import sentence
from resources.toolkit.http import HttpRequest
from resources.toolkit.media.feed import Entry
from resources.toolkit.view import Link, View

_NAMED: Final = "contract_id", "winners"
"""Fields of a content that hold ids of contracts: they are shown with their names."""


class Names(NamedTuple):
    """The documents of whom and what entries tell of, by id."""

    members: Mapping[str, MemberDocument]
    markets: Mapping[str, MarketDocument]
    events: Mapping[str, EventDocument]


class Look(NamedTuple):
    """Who looks at which page."""

    viewer: Viewer
    limit: int
    cursor: str | None
    entry_ids: EntryIds


class Seals(NamedTuple):
    """What hides from others what cursors and ids would tell."""

    cursors: Seal
    entry_ids: EntryIds


def look_of(viewer: Viewer, query: OrderedPageQuery, seals: Seals) -> Look:
    """As a query string asks for it; ``QueryError`` for a cursor that isn't ours."""
    cursor = None if query.cursor is None else seals.cursors.open(query.cursor)
    return Look(viewer, query.limit, cursor, seals.entry_ids)


def content_of(found: Page[JsonObject], request: HttpRequest, seals: Seals) -> dict[str, object]:
    """A page as it is answered. A cursor holds the exact time of an entry, which may not be for who looks."""
    ahead, back = found.next_cursor, found.previous_cursor
    cursors = {
        "next_page": ahead,
        "previous_page": back,
        "last_page": None if ahead is None and back is None else LAST_CURSOR,
    }
    pages = {
        name: None if cursor is None else page_at(request, seals.cursors.close(cursor))
        for name, cursor in cursors.items()
    }
    return {"activity": found.items, "pagination": pages}


def page_of(documents: Reads, look: Look, listing: Listing, *, home: bool = False) -> Page[JsonObject]:
    """A page of what the viewer may see; at ``home`` without those whom they don't want to hear of."""
    viewer, limit, cursor, entry_ids = look

    def show(entries: Sequence[EntryDocument]) -> list[JsonObject | None]:
        relations = privacy.load(documents, viewer, privacy.people_in(entries))
        return [None if home and _is_muted(relations, entry) else relations.shown(entry) for entry in entries]

    found = listing.page_of_shown(documents, limit, cursor, show)
    names = _names(documents, found.items)
    return found._replace(items=[_represented(entry, names, entry_ids) for entry in found.items])


def feed_entries(view: View) -> Iterator[Entry]:
    """The entries of a feed."""
    for each in cast("Iterable[JsonObject]", view.content["activity"]):
        member = cast("Mapping[str, str] | None", each["member"])
        text, created = str(each["sentence"]), str(each["created_datetime"])
        links = (_about(each),)
        category = (str(each["kind"]),)
        identity = f"urn:credence:entry:{each['id']}"
        if member is None:
            yield Entry(identity, text, created, text, published=created, links=links, categories=category)
        else:
            author = member["display_name"]
            yield Entry(identity, text, created, text, author, created, links, category)


def _is_muted(relations: Relations, entry: EntryDocument) -> bool:
    return entry["account_id"] is not None and relations.muted(int(entry["account_id"]))


def _about(entry: JsonObject) -> Link:
    """What an entry is about: its market, else its event, else its member."""
    for field in ("market", "event"):
        if (named := cast("Mapping[str, str] | None", entry[field])) is not None:
            return Link("alternate", f"/v3/{field}s/{named['id']}/", named["name"], "text/html")
    member = cast("Mapping[str, str]", entry["member"])
    return Link("alternate", f"/v3/members/{member['username']}/", member["display_name"], "text/html")


def _names(documents: Reads, entries: Sequence[JsonObject]) -> Names:
    """One read for all."""
    wanted = []
    for entry in entries:
        if entry["username"] is not None:
            wanted.append(member_document_id(str(entry["username"])))
        ids = ((kind, entry[f"{kind}_id"]) for kind in ("market", "event"))
        wanted += [document_id(kind, str(identity)) for kind, identity in ids if identity is not None]
    found = read_known(documents, distinct(wanted))
    members = cast("list[MemberDocument]", [each for each in found if each["kind"] == "member"])
    markets = cast("list[MarketDocument]", [each for each in found if each["kind"] == "market"])
    events = cast("list[EventDocument]", [each for each in found if each["kind"] == "event"])
    return Names(
        {each["username"]: each for each in members},
        {each["id"]: each for each in markets},
        {each["id"]: each for each in events},
    )


def _represented(entry: JsonObject, names: Names, entry_ids: EntryIds) -> JsonObject:
    content = cast("JsonObject", entry["content"])
    market = names.markets.get(str(entry["market_id"]))
    event = names.events.get(str(entry["event_id"]))
    shown: JsonObject = {
        "id": entry_ids.shown(str(entry["id"])),
        "kind": entry["type"],
        "member": _member(entry["username"], names),
        "market": None if market is None else {"id": market["id"], "name": market["name"]},
        "event": None if event is None else {"id": event["id"], "name": event["name"]},
        "created_datetime": entry["created_datetime"],
        **{field: value for field, value in content.items() if field not in _NAMED},
    }
    contracts = {} if market is None else {each["id"]: each["name"] for each in market["contracts"]}
    if "contract_id" in content:
        shown["contract"] = _contract(content["contract_id"], contracts)
    if "winners" in content:
        winners = cast("list[Json]", content["winners"])
        shown["winners"] = [_contract(winner, contracts) for winner in winners]
    shown["sentence"] = sentence(shown)
    return shown


def _member(username: Json, names: Names) -> Json:
    if username is None:
        return None
    known = names.members.get(str(username))
    display_name = "" if known is None else known["display_name"]
    return {"username": username, "display_name": display_name or username}


def _contract(identity: Json, contracts: Mapping[str, str]) -> Json:
    return {"id": identity, "name": contracts.get(str(identity), "")}
