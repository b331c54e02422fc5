"""Owns the rules of privacy as data: what holds where a member has set nothing, and the allow-list.

Never looks at a document; what is not written here is shown to its own member alone.
Called by the filter (resources/privacy.py) and the resource of privacy settings.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from actors.machines.messages.social_words import Audience, Detail, EntryKind, PrivacyKind
from actors.machines.stream.badge_declarations import BY_NAME


class Setting(NamedTuple):
    """Who may see something of a member, and how much of it."""

    audience: Audience
    detail: Detail


DEFAULTS: Final[Mapping[PrivacyKind, Setting]] = {
    PrivacyKind.ORDER: Setting(Audience.ONLY_ME, Detail.TRADED),
    PrivacyKind.FILL: Setting(Audience.EVERYONE, Detail.TRADED),
    PrivacyKind.POSITION: Setting(Audience.EVERYONE, Detail.TRADED),
    PrivacyKind.SETTLEMENT: Setting(Audience.FOLLOWERS, Detail.TRADED),
    PrivacyKind.FOLLOW: Setting(Audience.MEMBERS, Detail.TRADED),
    PrivacyKind.CHALLENGE: Setting(Audience.MEMBERS, Detail.TRADED),
    PrivacyKind.BADGE: Setting(Audience.EVERYONE, Detail.TRADED),
    PrivacyKind.COMMENT: Setting(Audience.EVERYONE, Detail.TRADED),
    # Boards without money: calibration and streaks. Volume takes the amount, profit and return the profit.
    PrivacyKind.LEADERBOARDS: Setting(Audience.EVERYONE, Detail.PRICE),
    PrivacyKind.FOLLOWERS: Setting(Audience.MEMBERS, Detail.TRADED),
}
"""What holds where a member has set nothing: nothing about money, and no orders."""

OPEN: Final = Setting(Audience.EVERYONE, Detail.TRADED)
"""What nobody can hide: that they are a member."""

ENTRY_FIELDS: Final = ("id", "type", "username", "market_id", "event_id", "created_datetime")
"""Shown of every entry that is shown at all. Never its number: gaps would tell of hidden ones."""

_TRADE: Final[Mapping[Detail, Sequence[str]]] = {
    Detail.SIDE: ("contract_id", "side"),
    Detail.PRICE: ("price", "average_price"),
    Detail.AMOUNT: ("quantity",),
}

CONTENT_FIELDS: Final[Mapping[EntryKind, Mapping[Detail, Sequence[str]]]] = {
    EntryKind.JOINED: {},
    EntryKind.NEWS: {Detail.TRADED: ("step", "reason", "winners", "contract_id")},
    EntryKind.ORDER: _TRADE,
    EntryKind.FILL: _TRADE,
    EntryKind.POSITION: {
        Detail.TRADED: ("step",),
        Detail.SIDE: ("contract_id", "side"),
        Detail.PRICE: ("average_price",),
        Detail.AMOUNT: ("quantity",),
        Detail.PROFIT: ("profit",),
    },
    # Whether it was won tells which side it was.
    EntryKind.SETTLEMENT: {
        Detail.TRADED: ("step",),
        Detail.SIDE: ("outcome", "contract_id"),
        Detail.PROFIT: ("profit",),
    },
    EntryKind.FOLLOW: {Detail.TRADED: ("followed",)},
    EntryKind.CHALLENGE: {
        Detail.TRADED: ("step",),
        Detail.SIDE: ("contract_id", "side"),
        Detail.PRICE: ("price",),
        Detail.AMOUNT: ("quantity",),
    },
    EntryKind.BADGE: {Detail.TRADED: ("badge", "level")},
    EntryKind.COMMENT: {Detail.TRADED: ("comment_id", "text")},
}
"""Kind -> detail -> the fields of an entry's content that this detail adds to those before it."""

TIMED: Final = frozenset(
    {EntryKind.ORDER, EntryKind.FILL, EntryKind.POSITION, EntryKind.CHALLENGE, EntryKind.BADGE}
)
"""Kinds whose exact time would lead to a price and an amount in the market's public list of executions.

Who isn't shown the amount is shown the minute only. Lists keep the order of what happened, so that its
neighbours may still tell more: it is hidden for sure by its audience alone.
"""

OWN_FIELDS: Final[Mapping[EntryKind, Sequence[str]]] = {
    EntryKind.ORDER: ("order_id", "type"),
    EntryKind.FILL: ("order_id", "role", "challenge_id"),
    EntryKind.SETTLEMENT: ("commission",),
    # That somebody declined is between the two: others see that a challenge ended.
    EntryKind.CHALLENGE: ("ending",),
}
"""Fields that an entry's own member is shown beside all others."""

OTHER: Final = "other_account_id"
"""The field of a content that names another member whom the entry tells of; shown as ``other_username``."""
OTHER_SHOWN: Final = "other_username"
WITH_OTHER: Final[Mapping[EntryKind, Sequence[str]]] = {EntryKind.CHALLENGE: ("challenge_id",)}
"""Fields by which the other member could be found: shown where the other member is."""
KIND_OF_OTHER: Final[Mapping[EntryKind, PrivacyKind]] = {
    EntryKind.FOLLOW: PrivacyKind.FOLLOWERS,
    EntryKind.CHALLENGE: PrivacyKind.CHALLENGE,
}
"""By what the other member lets others see that an entry tells of them."""
NOTHING_WITHOUT_OTHER: Final = frozenset({EntryKind.FOLLOW})
"""Entries that say nothing where the other member may not be named."""

DETAILS: Final = tuple(Detail)


def told_by(kind: EntryKind, content: Mapping[str, object]) -> Detail:
    """How much an entry tells by being there at all; a badge that isn't declared any more may tell all.

    That somebody has stakes back tells what they traded in: few contracts of a market are voided.
    """
    if kind is EntryKind.SETTLEMENT and content["step"] == "contract_voided":
        return Detail.SIDE
    if kind is not EntryKind.BADGE:
        return Detail.TRADED
    badge = BY_NAME.get(str(content["badge"]))
    return Detail.PROFIT if badge is None else badge.tells


def includes(detail: Detail, wanted: Detail) -> bool:
    """Whether who is shown ``detail`` is shown ``wanted``, too."""
    return DETAILS.index(wanted) <= DETAILS.index(detail)


def _fields_up_to(kind: EntryKind, detail: Detail) -> tuple[str, ...]:
    added = CONTENT_FIELDS[kind]
    return tuple(field for each in DETAILS if includes(detail, each) for field in added.get(each, ()))


FIELDS_UP_TO: Final[Mapping[tuple[EntryKind, Detail], Sequence[str]]] = {
    (kind, detail): _fields_up_to(kind, detail) for kind in CONTENT_FIELDS for detail in DETAILS
}
"""Kind and detail -> all fields of an entry's content that are shown."""


def own_fields(kind: EntryKind) -> tuple[str, ...]:
    """The fields of an entry's content that its own member is shown."""
    return (*FIELDS_UP_TO[kind, DETAILS[-1]], *OWN_FIELDS.get(kind, ()), *WITH_OTHER.get(kind, ()))


assert DEFAULTS.keys() == set(PrivacyKind)
assert CONTENT_FIELDS.keys() == set(EntryKind)
assert {kind.value for kind in EntryKind} - {kind.value for kind in PrivacyKind} == {"joined", "news"}
