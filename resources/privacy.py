"""Owns the filter: what somebody who looks may see of a member. Everything of others is shown through it.

Never changes anything and never asks an actor; what no rule allows is not shown.
Called by every resource that shows members' entries, scores, badges, comments, follows or counts of them.

``load`` reads what the members of a page have set and what they have to do with who looks, all at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar, cast

from actors.machines.messages.social_words import Audience, Detail, EntryKind, PrivacyKind
from actors.machines.stream import names
from couch_views.json_values import Json, JsonObject
from couch_views.queries.lists import distinct, read_in_order
from couch_views.queries.reading import Reads
from couch_views.relation_shapes import (
    PrivacyDocument,
    PrivacySetting,
    block_document_id,
    follow_document_id,
    mute_document_id,
    privacy_document_id,
)
from couch_views.shapes import document_id
from resources.privacy_rules import (
    DEFAULTS,
    ENTRY_FIELDS,
    FIELDS_UP_TO,
    KIND_OF_OTHER,
    NOTHING_WITHOUT_OTHER,
    OPEN,
    OTHER,
    OTHER_SHOWN,
    TIMED,
    WITH_OTHER,
    Setting,
    includes,
    own_fields,
    told_by,
)
from resources.toolkit.query import Query
from resources.toolkit.resource import Call

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT", bound=Query)

Entry = Mapping[str, object]
"""A document of an entry: ``ENTRY_FIELDS``, ``account_id`` (``None``: nobody's) and ``content``."""


class Viewer(NamedTuple):
    """Who looks; ``None``: nobody is signed in."""

    account_id: int | None


NOBODY: Final = Viewer(None)
_MINUTE_CHARACTERS: Final = len("2026-11-20T20:35")


def viewer_of(call: Call[BodyT, QueryT]) -> Viewer:
    """Who looks, where the method is ``personal`` or for members: then their session lives."""
    assert call.visitor is None or not call.public, "what depends on who looks is declared personal"
    return NOBODY if call.visitor is None else Viewer(call.visitor.account_id)


class Known(NamedTuple):
    """What is to be known of one member: their name, what they have set, and what is between them and us."""

    username: str | None
    settings: Mapping[str, PrivacySetting]
    followed: bool
    """By who looks."""
    blocked: bool
    """One of them has blocked the other."""
    muted: bool
    """By who looks."""


class Relations:
    """What somebody may see of some members. Whoever was not loaded is not shown."""

    def __init__(self, viewer: Viewer, known: Mapping[int, Known]) -> None:
        self._viewer = viewer
        self._known = known

    def shown(self, entry: Entry) -> dict[str, Json] | None:
        """An entry as it is shown, with its ``content``; ``None``: not at all. Its own member sees all."""
        account_id, kind = _account_of(entry["account_id"]), EntryKind(str(entry["type"]))
        other_id = _account_of(_content(entry).get(OTHER))
        if account_id is None or account_id == self._viewer.account_id:
            return self._represent(entry, own_fields(kind), other_id)
        detail = self._detail(account_id, kind)
        if detail is None or (other_id is not None and self.blocked(other_id)):
            return None
        if not includes(detail, told_by(kind, _content(entry))):
            return None
        fields = [*FIELDS_UP_TO[kind, detail]]
        if other_id is not None and not self._other_allows(other_id, kind, detail):
            if kind in NOTHING_WITHOUT_OTHER:
                return None
            other_id = None
        elif other_id is not None:
            fields += WITH_OTHER.get(kind, ())
        shown = self._represent(entry, fields, other_id)
        if kind in TIMED and not includes(detail, Detail.AMOUNT):
            shown["created_datetime"] = _minute_of(str(entry["created_datetime"]))
        return shown

    def allows(self, account_id: int, kind: str, detail: Detail = Detail.TRADED) -> bool:
        """Whether something of a member that is no entry may be shown: ``kind`` is a ``PrivacyKind``."""
        if account_id == self._viewer.account_id:
            return True
        allowed = self._detail(account_id, kind)
        return allowed is not None and includes(allowed, detail)

    def time(self, account_id: int, kind: str, time: str) -> str:
        """When something happened that is no entry, as exactly as it may be shown."""
        return time if self.allows(account_id, kind, Detail.AMOUNT) else _minute_of(time)

    def blocked(self, account_id: int) -> bool:
        """Whether the member and who looks are nothing to each other: one of them has blocked the other."""
        known = self._known.get(account_id)
        return known is not None and known.blocked

    def muted(self, account_id: int) -> bool:
        """Whether who looks doesn't want to hear of the member unless they look for them."""
        known = self._known.get(account_id)
        return known is not None and known.muted

    def followed(self, account_id: int) -> bool:
        """Whether who looks follows the member."""
        known = self._known.get(account_id)
        return known is not None and known.followed

    def username(self, account_id: int) -> str | None:
        """The name of a member who was loaded."""
        known = self._known.get(account_id)
        return None if known is None else known.username

    def _detail(self, account_id: int, kind: str) -> Detail | None:
        """How much of this kind who looks may see of somebody else; ``None``: nothing."""
        known = self._known.get(account_id)
        if known is None or known.blocked:
            return None
        audience, detail = setting_of(known.settings, kind)
        if audience is Audience.EVERYONE:
            return detail
        if audience is Audience.MEMBERS:
            return None if self._viewer.account_id is None else detail
        return detail if audience is Audience.FOLLOWERS and known.followed else None

    def _other_allows(self, other_id: int, kind: EntryKind, detail: Detail) -> bool:
        """Whether the entry's other member may be named beside so much detail, which is of them, too."""
        of_other = KIND_OF_OTHER.get(kind)
        if of_other is None:
            return False
        if of_other is PrivacyKind.FOLLOWERS:
            detail = Detail.TRADED
        return self.allows(other_id, of_other, detail)

    def _represent(self, entry: Entry, fields: Sequence[str], other_id: int | None) -> dict[str, Json]:
        content = _content(entry)
        allowed = {name: content[name] for name in fields if name in content}
        if other_id is not None:
            allowed[OTHER_SHOWN] = self.username(other_id)
        return {**{name: cast("Json", entry[name]) for name in ENTRY_FIELDS}, "content": allowed}


def load(documents: Reads, viewer: Viewer, account_ids: Iterable[int]) -> Relations:
    """What there is to know of these members for who looks: one read."""
    wanted = distinct(account_ids)
    identities = [identity for account_id in wanted for identity in _identities(viewer, account_id)]
    read = iter(read_in_order(documents, identities))
    known = {}
    for account_id in wanted:
        account, privacy = next(read), next(read)
        followed, blocks, blocked, muted = (
            (False,) * 4 if viewer.account_id is None else tuple(_active(next(read)) for _ in range(4))
        )
        known[account_id] = Known(
            None if account is None else str(account["username"]),
            {} if privacy is None else cast("PrivacyDocument", privacy)["settings"],
            followed,
            blocks or blocked,
            muted,
        )
    return Relations(viewer, known)


def people_in(entries: Iterable[Entry]) -> list[int]:
    """All members whom entries tell of: those to ``load`` before they are shown."""
    found = (
        _account_of(account_id)
        for entry in entries
        for account_id in (entry["account_id"], _content(entry).get(OTHER))
    )
    return distinct(account_id for account_id in found if account_id is not None)


def _identities(viewer: Viewer, account_id: int) -> list[str]:
    identities = [document_id("account", account_id), privacy_document_id(account_id)]
    if viewer.account_id is not None:
        identities += [
            follow_document_id(viewer.account_id, names.of_member(account_id)),
            block_document_id(viewer.account_id, account_id),
            block_document_id(account_id, viewer.account_id),
            mute_document_id(viewer.account_id, account_id),
        ]
    return identities


def _active(document: JsonObject | None) -> bool:
    return document is not None and document["active"] is True


def setting_of(settings: Mapping[str, PrivacySetting], kind: str) -> Setting:
    """What holds for a kind: what the member has set of it, the rest by default."""
    if kind in {EntryKind.JOINED, EntryKind.NEWS}:
        return OPEN
    default = DEFAULTS[PrivacyKind(kind)]
    if (given := settings.get(kind)) is None:
        return default
    audience, detail = given.get("audience", default.audience), given.get("detail", default.detail)
    return Setting(Audience(audience), Detail(detail))


def _account_of(value: object) -> int | None:
    """The id that a document has as a text; ``None`` where there is none."""
    return int(value) if isinstance(value, str | int) and int(value) else None


def _minute_of(time: str) -> str:
    return time[:_MINUTE_CHARACTERS] + ":00.000000Z"


def _content(entry: Entry) -> Mapping[str, Json]:
    return cast("Mapping[str, Json]", entry["content"])
