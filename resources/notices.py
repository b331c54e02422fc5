"""Owns what is shown of notifications: as much as the filter leaves of whom they tell of, and in words.

Never reads for anybody but whose notifications they are.
Called by the resources of notifications, and by the home page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, cast

from actors.machines import limits
from actors.machines.messages.notifications import OFFERED, NotificationKind
from actors.machines.messages.social_words import CommentState, PrivacyKind
from actors.machines.stream.badge_declarations import BY_NAME
from couch_views.activity_shapes import EntryDocument
from couch_views.comment_shapes import CommentDocument, comment_document_id
from couch_views.json_values import JsonObject
from couch_views.notification_shapes import NotificationDocument
from couch_views.queries import discussion
from couch_views.queries import notifications as queries
from couch_views.queries.lists import distinct, read_known
from couch_views.queries.reading import Reads
from couch_views.shapes import MarketDocument, document_id
from resources.entry_ids import EntryIds, named
from resources.pages.asides import Looking
from resources.privacy import Relations, Viewer, load, people_in
from resources.representations import Json

_OF_COMMENTS: Final = frozenset({NotificationKind.MENTIONED, NotificationKind.COMMENTED})
_NOTHING_WITHOUT_ACTORS: Final = frozenset({*_OF_COMMENTS, NotificationKind.FOLLOWED})
_OUTCOMES: Final = {
    "won": "you won",
    "lost": "you lost",
    "even": "you came out even",
    "void": "you got all back",
}


class Around(NamedTuple):
    """What is known of whom and what notifications tell of."""

    account_id: int
    username: str
    relations: Relations
    comments: Mapping[str, CommentDocument]
    entries: Mapping[str, EntryDocument]
    markets: Mapping[str, MarketDocument]
    entry_ids: EntryIds | None = None


def shown(
    documents: Reads, account_id: int, username: str, entry_ids: EntryIds | None = None
) -> Callable[[Sequence[NotificationDocument]], list[Json | None]]:
    """What makes of a member's notifications what is shown of them; ``None``: not at all."""

    def show(found: Sequence[NotificationDocument]) -> list[Json | None]:
        around = _around(documents, account_id, username, found)._replace(entry_ids=entry_ids)
        return [_represented(each, around) for each in found]

    return show


def unread_count(documents: Reads, account_id: int, username: str) -> int:
    """How many unread notifications there are to be seen."""
    listing = queries.notifications(account_id, unread=True)
    show = shown(documents, account_id, username)
    return len(listing.page_of_shown(documents, limits.NOTIFICATIONS_KEPT_MAX, None, show).items)


def unread_of(documents: Reads, call: Looking) -> Json:
    """``unread`` for a page: how many the visitor has not read yet."""
    if not call.for_page or call.visitor is None:
        return {}
    return {"unread": unread_count(documents, call.visitor.account_id, call.visitor.username)}


def _around(
    documents: Reads, account_id: int, username: str, found: Sequence[NotificationDocument]
) -> Around:
    of_comments = [each for each in found if each["type"] in _OF_COMMENTS]
    wanted = [comment_document_id(int(str(each["comment_id"]))) for each in of_comments]
    wanted += [document_id("market", each["market_id"]) for each in found if each["market_id"]]
    read = read_known(documents, distinct(wanted))
    entry_ids = distinct(
        int(each["entry_id"])
        for each in of_comments
        if each["entry_id"] and each["entry_account_id"] != str(account_id)
    )
    entries = [entry for entry in discussion.entries_by_id(documents, entry_ids) if entry is not None]
    people = [int(actor["account_id"]) for each in found for actor in each["actors"]]
    relations = load(documents, Viewer(account_id), [*people, *people_in(entries)])
    comments = cast("list[CommentDocument]", [each for each in read if each["kind"] == "comment"])
    markets = cast("list[MarketDocument]", [each for each in read if each["kind"] == "market"])
    return Around(
        account_id,
        username,
        relations,
        {each["id"]: each for each in comments},
        {each["id"]: each for each in entries},
        {each["id"]: each for each in markets},
    )


def _represented(document: NotificationDocument, around: Around) -> Json | None:
    kind = NotificationKind(document["type"])
    if kind in _OF_COMMENTS and not _may_see_comment(document, around):
        return None
    actors = [
        actor["username"] for actor in document["actors"] if _may_see(kind, actor["account_id"], around)
    ]
    if not actors and (kind in _NOTHING_WITHOUT_ACTORS or document["step"] == OFFERED):
        return None
    hidden = len(actors) < len(document["actors"])
    market = around.markets.get(str(document["market_id"]))
    notice: Json = {
        "id": document["id"],
        "type": document["type"],
        "step": document["step"],
        "read": document["read"],
        # Who is hidden is not counted; how many of those before the newest were is not known.
        "count": len(actors) if hidden and actors else document["count"],
        "actors": actors,
        "market": None if market is None else {"id": market["id"], "name": market["name"]},
        "entry_id": named(around.entry_ids, document["entry_id"]),
        "comment_id": document["comment_id"],
        "challenge_id": document["challenge_id"],
        "badge": document["badge"],
        "level": document["level"],
        "created_datetime": document["created_datetime"],
        "updated_datetime": document["updated_datetime"],
    }
    own_entry = document["entry_account_id"] == str(around.account_id)
    return {
        **notice,
        "sentence": sentence(notice, own_entry=own_entry),
        "link": _link(notice, around.username),
    }


def _may_see(kind: NotificationKind, account_id: str, around: Around) -> bool:
    """Whether a member is told who did it. That they follow or challenge them they are told by doing so."""
    if kind in _OF_COMMENTS:
        return around.relations.allows(int(account_id), PrivacyKind.COMMENT)
    return not around.relations.blocked(int(account_id))


def _may_see_comment(document: NotificationDocument, around: Around) -> bool:
    """The newest comment must be there to be looked at, and so must the entry that it is about."""
    comment = around.comments.get(str(document["comment_id"]))
    if comment is None or comment["state"] != CommentState.WRITTEN:
        return False
    if not around.relations.allows(int(comment["account_id"]), PrivacyKind.COMMENT):
        return False
    if document["entry_id"] is None or document["entry_account_id"] == str(around.account_id):
        return True
    entry = around.entries.get(document["entry_id"])
    return entry is not None and around.relations.shown(entry) is not None


def _link(notice: Json, username: str) -> str:
    """Where there is more of it."""
    actors = cast("Sequence[str]", notice["actors"])
    match NotificationKind(str(notice["type"])):
        case NotificationKind.FILLED | NotificationKind.SETTLED:
            market = cast("JsonObject | None", notice["market"])
            return "/v3/positions/" if market is None else f"/v3/markets/{market['id']}/"
        case NotificationKind.CHALLENGED if notice["count"] == 1:
            return f"/v3/challenges/{notice['challenge_id']}/"
        case NotificationKind.CHALLENGED:
            return "/v3/challenges/?role=opponent&states=offered"
        case NotificationKind.MENTIONED | NotificationKind.COMMENTED:
            return f"/v3/comments/{notice['comment_id']}/"
        case NotificationKind.FOLLOWED if notice["count"] == 1:
            return f"/v3/members/{actors[0]}/"
        case NotificationKind.FOLLOWED:
            return f"/v3/members/{username}/followers/"
        case _:
            return f"/v3/members/{username}/badges/"


# In words.


def sentence(notice: Json, *, own_entry: bool) -> str:
    """A notification as a sentence to whom it is for."""
    market = cast("JsonObject | None", notice["market"])
    where = "" if market is None else f" in {market['name']}"
    step, times = str(notice["step"]), cast("int", notice["count"])
    match NotificationKind(str(notice["type"])):
        case NotificationKind.FILLED:
            return f"Your orders{where} were filled{f' {times} times' if times > 1 else ''}."
        case NotificationKind.SETTLED if step == "contract_voided":
            return f"A contract{where} is voided: what you traded in it counts for nothing."
        case NotificationKind.SETTLED:
            name = "A market" if market is None else market["name"]
            return f"{name} is settled: {_OUTCOMES.get(step, step)}."
        case NotificationKind.CHALLENGED if step == "accepted":
            return f"{_who(notice)} accepted your challenge{where}."
        case NotificationKind.CHALLENGED if step != OFFERED:
            return f"Your challenge{where} {'expired' if step == 'expired' else f'was {step}'}."
        case NotificationKind.BADGE:
            return f"You earned {_badge(notice)}."
        case kind:
            return _done_by_others(kind, notice, where, own_entry=own_entry)


def _done_by_others(kind: NotificationKind, notice: Json, where: str, *, own_entry: bool) -> str:
    """What others did once each, or how often somebody did: who it was but for the newest is not known."""
    who, times = _who(notice), cast("int", notice["count"])
    once_each = times == len(cast("Sequence[str]", notice["actors"]))
    alone = times == 1
    match kind:
        case NotificationKind.CHALLENGED:
            once = f"{who} {'challenges' if alone else 'challenge'} you{where}."
            often = f"You were challenged {times} times{where}"
        case NotificationKind.FOLLOWED:
            once = f"{who} {'follows' if alone else 'follow'} you."
            often = f"You were followed {times} times"
        case NotificationKind.MENTIONED:
            once = f"{who} mentioned you in a comment{where}."
            often = f"You were mentioned {times} times in comments{where}"
        case _ if own_entry:
            once = f"{who} commented on what you did."
            often = f"There are {times} comments on what you did"
        case _:
            once = f"{who} answered your comment{where}."
            often = f"There are {times} answers to your comments{where}"
    return once if once_each else f"{often}, lately by {who}."


def _who(notice: Json) -> str:
    actors = cast("Sequence[str]", notice["actors"])
    if not actors:
        return "Somebody"
    return actors[0] if len(actors) == 1 else f"{', '.join(actors[:-1])} and {actors[-1]}"


def _badge(notice: Json) -> str:
    """By its titles; one that isn't declared any more by its name."""
    badge = BY_NAME.get(str(notice["badge"]))
    level = cast("int", notice["level"])
    if badge is None or level > len(badge.levels):
        return f"the badge {notice['badge']}"
    return f"{badge.title}: {badge.levels[level - 1].title}"
