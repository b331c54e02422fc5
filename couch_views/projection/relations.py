"""Owns the documents of follows, blocks, mutes and privacy settings.

Never says what follows from them, and never deletes one: what is over says so.
Called through the table.
"""

from typing import cast

from actors.machines.messages.following import (
    Blocked,
    Followed,
    Muted,
    PrivacyChanged,
    Unblocked,
    Unfollowed,
    Unmuted,
)
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.relation_shapes import (
    BlockDocument,
    FollowDocument,
    MuteDocument,
    PrivacyDocument,
    PrivacySetting,
    block_document_id,
    follow_document_id,
    mute_document_id,
    privacy_document_id,
)

# Follows.


def follow_of(event: Followed | Unfollowed) -> tuple[str, ...]:
    return (follow_document_id(event.account_id, event.stream),)


def begin_follow(event: Followed, at: Moment) -> FollowDocument:
    followed, _, number = event.stream.partition("/")
    return {
        "_id": follow_document_id(event.account_id, event.stream),
        "kind": "follow",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(event.account_id),
        "username": event.username,
        "followed": followed,
        "followed_id": number,
        "active": True,
        "created_datetime": format_time(event.time),
    }


def follow(document: FollowDocument, event: Followed, _: Moment) -> FollowDocument:
    return {**document, "active": True, "created_datetime": format_time(event.time)}


def unfollow(document: FollowDocument, _event: Unfollowed, _: Moment) -> FollowDocument:
    return {**document, "active": False}


# Blocks and mutes.


def block_of(event: Blocked | Unblocked) -> tuple[str, ...]:
    return (block_document_id(event.account_id, event.other_account_id),)


def mute_of(event: Muted | Unmuted) -> tuple[str, ...]:
    return (mute_document_id(event.account_id, event.other_account_id),)


def begin_block(event: Blocked, at: Moment) -> BlockDocument:
    return BlockDocument(
        _id=block_document_id(event.account_id, event.other_account_id),
        kind="block",
        stream=at.stream,
        sequence=at.sequence,
        account_id=str(event.account_id),
        other_account_id=str(event.other_account_id),
        active=True,
        created_datetime=format_time(event.time),
    )


def begin_mute(event: Muted, at: Moment) -> MuteDocument:
    return MuteDocument(
        _id=mute_document_id(event.account_id, event.other_account_id),
        kind="mute",
        stream=at.stream,
        sequence=at.sequence,
        account_id=str(event.account_id),
        other_account_id=str(event.other_account_id),
        active=True,
        created_datetime=format_time(event.time),
    )


def block(document: BlockDocument, event: Blocked, _: Moment) -> BlockDocument:
    return {**document, "active": True, "created_datetime": format_time(event.time)}


def unblock(document: BlockDocument, _event: Unblocked, _: Moment) -> BlockDocument:
    return {**document, "active": False}


def mute(document: MuteDocument, event: Muted, _: Moment) -> MuteDocument:
    return {**document, "active": True, "created_datetime": format_time(event.time)}


def unmute(document: MuteDocument, _event: Unmuted, _: Moment) -> MuteDocument:
    return {**document, "active": False}


# Privacy.


def privacy_of(event: PrivacyChanged) -> tuple[str, ...]:
    return (privacy_document_id(event.account_id),)


def begin_privacy(event: PrivacyChanged, at: Moment) -> PrivacyDocument:
    return {
        "_id": privacy_document_id(event.account_id),
        "kind": "privacy",
        "stream": at.stream,
        "sequence": at.sequence,
        "account_id": str(event.account_id),
        "settings": {},
    }


def change_privacy(document: PrivacyDocument, event: PrivacyChanged, _: Moment) -> PrivacyDocument:
    settings = dict(document["settings"])
    for choice in event.choices:
        chosen = {"audience": choice.audience, "detail": choice.detail}
        given = {name: word.value for name, word in chosen.items() if word is not None}
        settings[choice.kind.value] = cast("PrivacySetting", {**settings.get(choice.kind.value, {}), **given})
    return {**document, "settings": settings}
