"""Owns the documents that start with a member's registration: the public profile and the account.

Never shows documents a password's hash or a role.
Called through the table.
"""

from collections.abc import Iterator

from actors.machines.messages.events import MemberRegistered, ProfileChanged
from actors.machines.money import format_money
from couch_views.formats import format_time
from couch_views.projection.rules import Moment
from couch_views.shapes import (
    CURRENCY,
    AccountDocument,
    MemberDocument,
    document_id,
    member_document_id,
)


def member_of(event: ProfileChanged) -> tuple[str, ...]:
    return (member_document_id(event.username),)


def registered(event: MemberRegistered) -> tuple[str, ...]:
    return member_document_id(event.username), document_id("account", event.account_id)


def register_member(event: MemberRegistered, at: Moment) -> Iterator[MemberDocument | AccountDocument]:
    yield MemberDocument(
        _id=member_document_id(event.username),
        kind="member",
        stream=at.stream,
        sequence=at.sequence,
        account_id=str(event.account_id),
        username=event.username,
        display_name=event.display_name,
        bio="",
        created_datetime=format_time(event.time),
    )
    yield AccountDocument(
        _id=document_id("account", event.account_id),
        kind="account",
        stream=at.stream,
        sequence=at.sequence,
        account_id=str(event.account_id),
        username=event.username,
        currency=CURRENCY,
        balance=format_money(0),
        available_balance=format_money(0),
        exposure=format_money(0),
    )


def change_profile(member: MemberDocument, event: ProfileChanged, _: Moment) -> MemberDocument:
    return {**member, "display_name": event.display_name, "bio": event.bio}
