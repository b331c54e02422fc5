"""Owns the change of design documents: a changed one is built beside the old one, then takes its place.

Never waits for a build, it is asked again; remembers nothing: what was begun is seen from what is stored.
Called by couch_views.client for the projector.

CouchDB knows an index by the signature of the views, not by the name of their design document. So what was
built as ``lists.<digest>`` is there already when ``lists`` gets the same views, and until then readers have
the old views and their index. Whatever is killed at whatever moment, or does the same at the same time, the
next round goes on from what it finds.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, cast

from couch_views.json_values import Json, JsonObject

BESIDE_DIGITS: Final = 12
NEARLY_BUILT_MAX: Final = 1_000
"""Updates an index may be behind when it takes its place: while documents are written it always is."""


class DesignStore(Protocol):
    """What is needed of a store; everything may raise ``DocumentsError``."""

    def designs(self) -> list[JsonObject]:
        """Every design document there is."""

    def document_count(self) -> int:
        """How many documents there are."""

    def updates_pending(self, design: str) -> int:
        """How many updates the indexes of the design document of this id are behind."""

    def start_building(self, design: str, view: str) -> None:
        """Has the indexes brought up to date, without waiting for it."""

    def write_designs(self, documents: Sequence[Mapping[str, object]]) -> bool:
        """Writes them; False if somebody else has changed one meanwhile."""

    def drop_unused_indexes(self) -> None:
        """Removes what no design document needs any more."""


def upgrade(store: DesignStore, wanted: Sequence[JsonObject]) -> bool:
    """Goes on with putting these design documents, and none of ours besides, into place.

    True once they are; until then it is to be called again now and then.
    """
    stored = stored_designs(store)
    changed = [design for design in wanted if not is_stored(design, stored)]
    beside = [named_beside(design) for design in changed if is_slow_to_build(store, design, stored)]
    unknown = [design for design in beside if design["_id"] not in stored]
    if unknown and not store.write_designs(unknown):
        return False
    building = [design for design in beside if not is_built(store, design)]
    if building:
        return False
    if unknown:
        stored = stored_designs(store)
    wanted_ids = {design["_id"] for design in wanted}
    unwanted = [one for one in stored.values() if "digest" in one and one["_id"] not in wanted_ids]
    if changed or unwanted:
        placed = [with_revision(design, stored) for design in changed]
        removed = [{"_id": one["_id"], "_rev": one["_rev"], "_deleted": True} for one in unwanted]
        if not store.write_designs([*placed, *removed]):
            return False
        store.drop_unused_indexes()
    return True


def stored_designs(store: DesignStore) -> dict[Json, JsonObject]:
    return {design["_id"]: design for design in store.designs()}


def is_stored(design: JsonObject, stored: Mapping[Json, JsonObject]) -> bool:
    found = dict(stored.get(design["_id"], {}))
    found.pop("_rev", None)
    return found == design


def is_slow_to_build(store: DesignStore, design: JsonObject, stored: Mapping[Json, JsonObject]) -> bool:
    """Whether readers would notice: they have an old view, or would have to wait for the new one."""
    return design["_id"] in stored or store.document_count() > NEARLY_BUILT_MAX


def named_beside(design: JsonObject) -> JsonObject:
    """The same under a name of its content, so that two of one name are always the same."""
    return {**design, "_id": f"{design['_id']}.{str(design['digest'])[:BESIDE_DIGITS]}"}


def is_built(store: DesignStore, design: JsonObject) -> bool:
    """Whether it is, or nearly; otherwise that is begun."""
    identity = cast("str", design["_id"])
    if store.updates_pending(identity) <= NEARLY_BUILT_MAX:
        return True
    # All views of a design document are built together: asking for one is asking for all.
    store.start_building(identity, next(iter(cast("JsonObject", design["views"]))))
    return False


def with_revision(design: JsonObject, stored: Mapping[Json, JsonObject]) -> JsonObject:
    before = stored.get(design["_id"])
    return design if before is None else {**design, "_rev": before["_rev"]}
