"""Owns the inbox of one member: which notifications are unread, and which one goes on being counted.

Never keeps more than so many; never says what a notification is about.
Called by the notifications slice and the state of a social stream.
"""

from actors.machines import limits
from actors.machines.messages.notifications import OFFERED, Matter, Notification, NotificationKind


class Inbox:
    """The notifications of one member that can still be marked."""

    __slots__ = ("counted", "off", "unread")

    def __init__(self) -> None:
        self.unread: dict[int, bool] = {}
        """Notification -> whether it is unread; oldest first."""
        self.counted: dict[str, Notification] = {}
        """Subject -> the unread one that is counted up when there is more."""
        self.off: dict[NotificationKind, None] = {}
        """What the member doesn't want to be told of."""

    def forgotten(self) -> int:
        """Which one goes if there is one more; 0: none."""
        return next(iter(self.unread)) if len(self.unread) >= limits.NOTIFICATIONS_KEPT_MAX else 0

    def counting(self, matter: Matter) -> Notification | None:
        """The unread one that is counted up by this. Offers of challenges are by market: nobody floods it."""
        if matter.step != OFFERED:
            return self.counted.get(matter.subject)
        alike = (matter.kind, matter.step, matter.market_id)
        of_alike = (
            each
            for each in self.counted.values()
            if (each.matter.kind, each.matter.step, each.matter.market_id) == alike
        )
        return next(of_alike, None)

    def unread_to(self, notification_id: int) -> tuple[int, ...]:
        """Those that are unread up to this one."""
        return tuple(each for each, unread in self.unread.items() if unread and each <= notification_id)

    # Evolve.

    def put(self, notification: Notification, forgotten: int) -> None:
        if forgotten:
            self.mark(forgotten, unread=False)
            del self.unread[forgotten]
        self.unread[notification.notification_id] = True
        self.counted[notification.matter.subject] = notification

    def mark(self, notification_id: int, *, unread: bool) -> None:
        """What is read is counted no further; if it becomes unread again, neither."""
        self.unread[notification_id] = unread
        for subject, notification in self.counted.items():
            if notification.notification_id == notification_id:
                del self.counted[subject]
                return

    def choose(self, kind: NotificationKind, *, wanted: bool) -> None:
        if wanted:
            self.off.pop(kind, None)
        else:
            self.off[kind] = None
