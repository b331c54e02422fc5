"""Owns the reads of what staff did: who, what, why, when, and what came of it.

Never decides who may read it.
Called by resources.
"""

from collections.abc import Mapping
from typing import Final, cast

from actors.machines import limits
from couch_views.json_values import JsonObject
from couch_views.queries.lists import IdRange, Listing
from couch_views.queries.pages import Page, parse_sort
from couch_views.queries.reading import Reads
from couch_views.shapes import ID_DIGITS, ActionDocument, document_id

_NAMES: Final = {"id": "id", "created": "id", "created_datetime": "id"}
_ORDERS: Final = (("id",),)
_NEWEST_FIRST: Final = "-created"


def actions(
    documents: Reads,
    sort: str | None = None,
    limit: int = limits.PAGE_LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[JsonObject]:
    """Actions of the staff, newest first unless ``sort=created`` is asked for.

    Each has the fields of its document, the ``username`` of who it was (None while that is not known
    here), the ``outcome`` (None while there is none) and the ``refusal``.
    """
    order = parse_sort(sort or _NEWEST_FIRST, _NAMES, _ORDERS)
    range_of_all = IdRange("action", 2 * ID_DIGITS)
    page: Page[ActionDocument] = Listing("actions", [range_of_all], order).page(documents, limit, cursor)
    outcomes = documents.get_many([_outcome_of(action) for action in page.items])
    names = _usernames(documents, page.items)
    items = [
        _told(action, outcome or {}, names.get(action["account_id"]))
        for action, outcome in zip(page.items, outcomes, strict=True)
    ]
    return Page(items, page.next_cursor)


def _outcome_of(action: ActionDocument) -> str:
    return "outcome" + action["_id"].removeprefix("action")


def _usernames(documents: Reads, actions_read: list[ActionDocument]) -> dict[str, str]:
    account_ids = list(dict.fromkeys(action["account_id"] for action in actions_read))
    accounts = documents.get_many([document_id("account", account_id) for account_id in account_ids])
    return {
        account_id: cast("str", account["username"])
        for account_id, account in zip(account_ids, accounts, strict=True)
        if account is not None
    }


def _told(action: ActionDocument, outcome: Mapping[str, object], username: str | None) -> JsonObject:
    told = {**action, "username": username}
    told |= {"outcome": outcome.get("outcome"), "refusal": outcome.get("refusal")}
    return cast("JsonObject", told)
