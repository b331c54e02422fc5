"""Owns the resources of notifications: one's inbox, single ones, and what one wants to be told of.

Never shows one member's to another.
Called by resources/app.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final, cast

import msgspec

from actors.machines.messages.answers import SocialResult
from actors.machines.messages.notifications import (
    Choice,
    ChooseNotifications,
    MarkNotification,
    NotificationKind,
    ReadNotifications,
)
from actors.machines.messages.words import Reason
from couch_views.queries import notifications as queries
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from resources.answers import notifications as answers
from resources.entry_ids import EntryIds
from resources.exchange import Exchange
from resources.notices import shown
from resources.pages.asides import purse
from resources.paging import OrderedPageQuery, pagination
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import Json
from resources.toolkit.body import body_of
from resources.toolkit.fields import Shape
from resources.toolkit.identities import GivenIdentity
from resources.toolkit.media.feed import Entry, Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import not_found
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import NO_QUERY, Call, Method, Outcome, Resource, command, done, read
from resources.toolkit.view import Choice as Offered
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Who

INBOX: Final = "/v3/notifications"
ONE: Final = "/v3/notifications/{notification_id:identity}"
SETTINGS: Final = "/v3/notifications/settings"
_YES_OR_NO: Final = (Offered("true", "Tell me"), Offered("false", "Don't tell me"))

Wanted = bool | msgspec.UnsetType


class NotificationsQuery(OrderedPageQuery, frozen=True):
    unread: Annotated[bool, msgspec.Meta(description="Only those that are unread.")] = False


class ReadAsked(Shape):
    """All up to this one have been read."""

    read_to: Annotated[GivenIdentity, msgspec.Meta(description="An id: those with higher ones stay unread.")]


class MarkAsked(Shape):
    read: bool


class SettingsAsked(Shape):
    """What is left out stays as it is."""

    filled: Annotated[Wanted, msgspec.Meta(title="Your order was filled")] = msgspec.UNSET
    settled: Annotated[Wanted, msgspec.Meta(title="A market of yours was settled")] = msgspec.UNSET
    challenged: Annotated[Wanted, msgspec.Meta(title="Challenges")] = msgspec.UNSET
    followed: Annotated[Wanted, msgspec.Meta(title="Somebody follows you")] = msgspec.UNSET
    mentioned: Annotated[Wanted, msgspec.Meta(title="A comment mentions you")] = msgspec.UNSET
    commented: Annotated[Wanted, msgspec.Meta(title="Your comment or entry was answered")] = msgspec.UNSET
    badge: Annotated[Wanted, msgspec.Meta(title="You earned a badge")] = msgspec.UNSET


assert SettingsAsked.__struct_fields__ == tuple(NotificationKind)


def entries(view: View) -> Iterator[Entry]:
    """Notifications as entries of a feed."""
    for each in cast("Iterable[answers.Notification]", view.content["notifications"]):
        yield Entry(
            f"urn:credence:notification:{each['id']}",
            each["sentence"],
            each["updated_datetime"],
            each["sentence"],
            author=each["actors"][0] if each["actors"] else "Credence",
            published=each["created_datetime"],
            links=(Link("alternate", each["link"], each["sentence"], "text/html"),),
            categories=(each["type"],),
        )


class Notifications(Resource):
    """``/v3/notifications/``: what one was told of, the newest first."""

    pattern = INBOX
    title = "Your notifications"
    representations = (JSON, *page("notifications.xhtml"), Feed(entries))

    def __init__(self, exchange: Exchange, reader: Reader, entry_ids: EntryIds) -> None:
        self._exchange = exchange
        self._reader = reader
        self._entry_ids = entry_ids
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                query_of(NotificationsQuery),
                self.show,
                summary="One's notifications, newest first",
                answers={200: answers.Notifications},
            ),
            "PATCH": command(
                Who.MEMBER,
                body_of(ReadAsked),
                self.mark,
                summary="Mark notifications as read",
                answers={200: answers.ReadTo},
            ),
        }

    async def show(self, call: Call[None, NotificationsQuery]) -> Outcome:
        query, member = call.query, call.member

        def find(documents: Reads) -> tuple[Page[Json], Json]:
            listing = queries.notifications(member.account_id, unread=query.unread)
            show = shown(documents, member.account_id, member.username, self._entry_ids)
            return listing.page_of_shown(documents, query.limit, query.cursor, show), purse(documents, call)

        (found, aside), position = await self._reader.read(call, find)
        content = {
            "notifications": found.items,
            "pagination": pagination(call.request, found.next_cursor),
        }
        return done(content, position, aside=aside)

    def links(self, _view: View, /) -> Iterable[Link]:
        yield Link("related", f"{SETTINGS}/", "What you are told of")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """To mark each that is unread, or all of the page."""
        found = cast("Sequence[Mapping[str, object]]", view.content.get("notifications", ()))
        unread = [each for each in found if not each["read"]]
        if len(unread) > 1:
            newest = max((str(each["id"]) for each in unread), key=int)
            yield FormUse("PATCH", INBOX, view.path, {"read_to": newest}, title="Mark all as read")
        for each in unread:
            yield mark_form(str(each["id"]), read=True)

    async def mark(self, call: Call[ReadAsked, Query]) -> Outcome:
        read_to = int(call.body.read_to)
        marked = await self._exchange.carry_out_one(call, ReadNotifications(read_to), SocialResult)
        return done({"read_to": str(read_to)}, marked.position, location=f"{INBOX}/")


class Notification(Resource):
    """``/v3/notifications/{id}/``: one of one's own."""

    pattern = ONE
    title = "Notification"
    representations = (JSON, *page("notifications.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader, entry_ids: EntryIds) -> None:
        self._exchange = exchange
        self._reader = reader
        self._entry_ids = entry_ids
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                NO_QUERY,
                self.show,
                summary="One of one's notifications",
                answers={200: answers.NotificationShown},
            ),
            "PATCH": command(
                Who.MEMBER,
                body_of(MarkAsked),
                self.mark,
                summary="Mark a notification as read or unread",
                answers={200: answers.NotificationShown},
                problems=kinds(Reason.NOT_FOUND),
            ),
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        def find(documents: Reads) -> tuple[Json | None, Json]:
            return self._find(documents, call), purse(documents, call)

        (notice, aside), position = await self._reader.read(call, find)
        return done({"notification": _known(notice)}, position, aside=aside)

    def forms(self, view: View, /) -> Iterable[FormUse]:
        notice = cast("Mapping[str, object]", view.content["notification"])
        yield mark_form(str(notice["id"]), read=not notice["read"])

    async def mark(self, call: Call[MarkAsked, Query]) -> Outcome:
        asked = call.body.read
        (before, _) = await self._reader.read(call, lambda documents: self._find(documents, call))
        notice = _known(before)
        command = MarkNotification(call.identity("notification_id"), asked)
        marked = await self._exchange.carry_out_one(call, command, SocialResult)
        return done({"notification": {**notice, "read": asked}}, marked.position, location=f"{INBOX}/")

    def _find(self, documents: Reads, call: Call[MarkAsked, Query] | Call[None, Query]) -> Json | None:
        member = call.member
        found = queries.notification(documents, member.account_id, call.identity("notification_id"))
        if found is None:
            return None
        (notice,) = shown(documents, member.account_id, member.username, self._entry_ids)([found])
        return notice


class NotificationSettings(Resource):
    """``/v3/notifications/settings/``: what one wants to be told of from now on."""

    pattern = SETTINGS
    title = "What you are told of"
    representations = (JSON, *page("settings.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader) -> None:
        self._exchange = exchange
        self._reader = reader
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                NO_QUERY,
                self.show,
                summary="What one wants to be told of",
                answers={200: answers.NotificationSettings},
            ),
            "PATCH": command(
                Who.MEMBER,
                body_of(SettingsAsked),
                self.change,
                summary="Change what one wants to be told of",
                answers={200: answers.NotificationSettings},
            ),
        }

    async def show(self, call: Call[None, Query]) -> Outcome:
        account_id = call.member.account_id

        def find(documents: Reads) -> tuple[list[str], Json]:
            return queries.turned_off(documents, account_id), purse(documents, call)

        (off, aside), position = await self._reader.read(call, find)
        return done({"settings": _settings(off)}, position, aside=aside)

    def links(self, _view: View, /) -> Iterable[Link]:
        yield Link("related", f"{INBOX}/", "Your notifications")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        settings = cast("Mapping[str, bool]", view.content["settings"])
        values = {kind: str(wanted).lower() for kind, wanted in settings.items()}
        choices = dict.fromkeys(settings, _YES_OR_NO)
        yield FormUse("PATCH", SETTINGS, view.path, values=values, choices=choices, title="Save")

    async def change(self, call: Call[SettingsAsked, Query]) -> Outcome:
        account_id = call.member.account_id
        asked = {kind: getattr(call.body, kind.value) for kind in NotificationKind}
        choices = tuple(Choice(kind, wanted) for kind, wanted in asked.items() if isinstance(wanted, bool))
        off, position = await self._reader.read(
            call, lambda documents: queries.turned_off(documents, account_id)
        )
        if not choices:
            return done({"settings": _settings(off)}, position)
        changed = await self._exchange.carry_out_one(call, ChooseNotifications(choices), SocialResult)
        settings = _settings(off) | {choice.kind.value: choice.wanted for choice in choices}
        return done({"settings": settings}, changed.position)


def mark_form(notification_id: str, *, read: bool) -> FormUse:
    """The button that marks one."""
    title = "Mark as read" if read else "Mark as unread"
    fixed = {"read": str(read).lower()}
    return FormUse("PATCH", ONE, f"{INBOX}/{notification_id}/", fixed, title=title)


def _known(notice: Json | None) -> Json:
    if notice is None:
        raise not_found("There is no such notification.")
    return notice


def _settings(off: Sequence[str]) -> dict[str, bool]:
    return {kind.value: kind not in off for kind in NotificationKind}
