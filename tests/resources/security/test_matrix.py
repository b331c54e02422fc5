"""Owns the matrix of who may do what: a row for every method of every resource, a column for everybody.

Never tests what is answered, only to whom.
Called by pytest. A method without a row fails the build, and so does a row without a method.
"""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.resources.security.story import Story
from tests.resources.world import Json, Visitor, challenge_in, order_in

EVERYBODY: Final = ("anyone", "other", "reader", "trader", "owner", "operator", "treasurer", "admin")
"""Nobody; another member; the owner's API keys, to read and to trade; the owner; three of the staff."""


class Row(NamedTuple):
    """The status of everybody, in the order above; each finds what those before have left."""

    statuses: tuple[int, ...]
    body: Json = None
    path: str = ""


def all_same(status: int) -> tuple[int, ...]:
    return (status,) * len(EVERYBODY)


PUBLIC: Final = Row(all_same(200))
OWN: Final = Row((401, 200, 200, 200, 200, 200, 200, 200))
"""Everybody has one of their own."""
EVENT: Final = {"name": "Cup", "type": "sailing", "start_datetime": "2026-05-17T14:00:00Z"}
MONEY: Final = {"amount": "1.00"}
ORDER: Final[Json] = {"order": "an order in the first market"}
CHALLENGE: Final[Json] = {"challenge": "a challenge in the first market"}
OPERATORS: Final = (401, 403, 403, 403, 403, 200, 403, 200)
OPERATORS_MAKE: Final = (401, 403, 403, 403, 403, 201, 403, 201)
TREASURERS: Final = (401, 403, 403, 403, 403, 403, 201, 201)
TRADERS: Final = (401, 200, 403, 200, 200, 200, 200, 200)

BY_ALL: Final = (401, 200, 403, 403, 200, 200, 200, 200)
BY_ALL_BUT_ADA: Final = (401, 200, 403, 403, 403, 200, 200, 200)
"""What nobody does to themselves; and what takes a session."""
NOT_YET: Final = Row((401, *(404,) * 7))
"""What is there once somebody has put it there."""
ENDED: Final = Row((401, 204, 403, 403, 204, 204, 204, 204))

COMMENTED: Final = Row((401, 201, 403, 403, 201, 201, 201, 201), {"text": "Well, says {who}."})
"""Members who have signed in; no API key."""

MATRIX: Final[dict[tuple[str, str], Row]] = {
    ("get", "/v3/"): PUBLIC,
    ("get", "/v3/openapi.json"): PUBLIC,
    ("post", "/v3/members/"): Row(all_same(201), {"username": "new-{who}", "password": "a long password"}),
    ("get", "/v3/members/{username}/"): PUBLIC,
    ("get", "/v3/activity/"): OWN,
    ("get", "/v3/feeds/"): Row((401, 200, 403, 403, 200, 200, 200, 200)),
    ("post", "/v3/feeds/"): Row((401, 201, 403, 403, 201, 201, 201, 201)),
    ("delete", "/v3/feeds/"): ENDED,
    ("get", "/v3/feeds/{secret}/"): PUBLIC,
    ("get", "/v3/members/{username}/activity/"): PUBLIC,
    ("get", "/v3/markets/{ids}/activity/"): PUBLIC,
    ("get", "/v3/events/{ids}/activity/"): PUBLIC,
    ("get", "/v3/exchange/activity/"): PUBLIC,
    ("patch", "/v3/members/{username}/"): Row((401, 403, 403, 403, 200, 403, 403, 403), {"bio": "Sails."}),
    ("get", "/v3/sessions/"): PUBLIC,
    ("post", "/v3/sessions/"): Row(all_same(200), {"username": "ada", "password": "a long password"}),
    ("delete", "/v3/sessions/"): Row((401, 204, 403, 403, 204, 204, 204, 204)),
    ("get", "/v3/accounts/"): OWN,
    ("get", "/v3/accounts/activity/"): OWN,
    ("post", "/v3/accounts/{username}/deposits/"): Row(TREASURERS, MONEY),
    ("post", "/v3/accounts/{username}/withdrawals/"): Row(TREASURERS, MONEY),
    ("get", "/v3/events/"): PUBLIC,
    ("post", "/v3/events/"): Row(OPERATORS_MAKE, EVENT),
    ("get", "/v3/events/{ids}/"): PUBLIC,
    ("patch", "/v3/events/{ids}/"): Row(OPERATORS, {"name": "Cup"}),
    ("get", "/v3/events/{ids}/markets/"): PUBLIC,
    ("get", "/v3/markets/"): PUBLIC,
    ("post", "/v3/markets/"): Row(
        OPERATORS_MAKE, {"event_id": "1", "name": "Winner", "contracts": [{"name": "A"}]}
    ),
    ("get", "/v3/markets/{ids}/"): PUBLIC,
    ("patch", "/v3/markets/{ids}/"): Row((*OPERATORS[:-1], 409), {"state": "halted"}),
    ("get", "/v3/markets/{ids}/contracts/"): PUBLIC,
    ("get", "/v3/markets/{ids}/quotes/"): PUBLIC,
    ("get", "/v3/markets/{ids}/executions/"): PUBLIC,
    ("get", "/v3/markets/{ids}/news/"): PUBLIC,
    ("get", "/v3/news/"): PUBLIC,
    ("get", "/v3/markets/{ids}/comments/"): PUBLIC,
    ("post", "/v3/markets/{ids}/comments/"): COMMENTED,
    ("get", "/v3/entries/{entry_id}/comments/"): PUBLIC,
    ("post", "/v3/entries/{entry_id}/comments/"): COMMENTED,
    ("get", "/v3/comments/{comment_id}/"): PUBLIC,
    ("patch", "/v3/comments/{comment_id}/"): Row((401, 403, 403, 403, 200, 403, 403, 403), {"text": "So."}),
    ("delete", "/v3/comments/{comment_id}/"): Row(
        (401, 403, 403, 403, 403, 403, 403, 204), None, "/v3/comments/80/"
    ),
    ("post", "/v3/comments/{comment_id}/reports/"): Row(
        (401, 201, 403, 403, 403, 201, 201, 201), {"reason": "{who} says so."}
    ),
    ("put", "/v3/comments/{comment_id}/visibility/"): Row(
        OPERATORS, {"state": "hidden", "reason": "{who} says so."}
    ),
    ("get", "/v3/staff/reports/"): Row(OPERATORS),
    ("get", "/v3/markets/{ids}/last_executed_prices/"): PUBLIC,
    ("get", "/v3/markets/{ids}/volumes/"): PUBLIC,
    ("get", "/v3/markets/{ids}/history/"): PUBLIC,
    ("put", "/v3/markets/{ids}/settlement/"): Row(
        OPERATORS, {"void": True, "reason": "It never took place."}, "/v3/markets/3/settlement/"
    ),
    ("put", "/v3/markets/{ids}/contracts/{contract_id}/void/"): Row(
        OPERATORS, {"reason": "{who} says so."}, "/v3/markets/3/contracts/7/void/"
    ),
    ("get", "/v3/following/"): OWN,
    **{
        (method, f"/v3/following/{what}/"): row
        for what, put in (
            ("members/{username}", BY_ALL_BUT_ADA),
            ("markets/{ids}", BY_ALL),
            ("events/{ids}", BY_ALL),
        )
        for method, row in (("get", NOT_YET), ("put", Row(put)), ("delete", ENDED))
    },
    ("get", "/v3/members/{username}/followers/"): PUBLIC,
    ("get", "/v3/members/{username}/following/"): PUBLIC,
    **{("get", f"/v3/{what}/"): OWN for what in ("blocks", "mutes")},
    **{
        (method, f"/v3/{what}/{{username}}/"): row
        for what in ("blocks", "mutes")
        for method, row in (("get", NOT_YET), ("put", Row(BY_ALL_BUT_ADA)), ("delete", ENDED))
    },
    ("get", "/v3/badges/"): PUBLIC,
    ("get", "/v3/members/{username}/badges/"): PUBLIC,
    ("get", "/v3/notifications/"): OWN,
    ("patch", "/v3/notifications/"): Row(BY_ALL, {"read_to": "1"}),
    ("get", "/v3/notifications/{notification_id}/"): Row((401, 404, 200, 200, 200, 404, 404, 404)),
    ("patch", "/v3/notifications/{notification_id}/"): Row(
        (401, 404, 403, 403, 200, 404, 404, 404), {"read": True}
    ),
    ("get", "/v3/notifications/settings/"): OWN,
    ("patch", "/v3/notifications/settings/"): Row(BY_ALL, {"followed": False}),
    ("get", "/v3/privacy/"): OWN,
    ("patch", "/v3/privacy/"): Row(BY_ALL, {"order": {"audience": "only_me"}}),
    ("get", "/v3/orders/"): OWN,
    ("post", "/v3/orders/"): Row(TRADERS, ORDER),
    ("delete", "/v3/orders/"): Row(TRADERS),
    ("get", "/v3/orders/{order_id}/"): Row((401, 404, 200, 200, 200, 404, 404, 404)),
    ("patch", "/v3/orders/{order_id}/"): Row((401, 404, 403, 200, 200, 404, 404, 404), {"quantity": 5_000}),
    ("delete", "/v3/orders/{order_id}/"): Row((401, 404, 403, 200, 409, 404, 404, 404)),
    ("get", "/v3/executions/"): OWN,
    ("get", "/v3/positions/"): OWN,
    ("get", "/v3/search/"): PUBLIC,
    ("get", "/v3/leaderboards/"): PUBLIC,
    ("get", "/v3/leaderboards/{board}/"): PUBLIC,
    ("get", "/v3/challenges/"): OWN,
    ("post", "/v3/challenges/"): Row((401, 201, 403, 201, 201, 201, 201, 201), CHALLENGE),
    ("get", "/v3/challenges/{challenge_id}/"): Row((404, 404, 200, 200, 200, 404, 404, 404)),
    ("patch", "/v3/challenges/{challenge_id}/"): Row(
        (401, 404, 403, 200, 409, 404, 404, 404), {"state": "withdrawn"}
    ),
    ("get", "/v3/exchange/state/"): PUBLIC,
    ("put", "/v3/exchange/state/"): Row(OPERATORS, {"state": "halted"}),
    ("put", "/v3/members/{username}/password/"): Row(
        (401, 403, 403, 403, 200, 403, 403, 403),
        {"password": "a long password", "new_password": "another long password"},
    ),
    ("get", "/v3/api_keys/"): Row((401, 200, 200, 200, 200, 200, 200, 200)),
    ("post", "/v3/api_keys/"): Row((401, 201, 403, 403, 201, 201, 201, 201), {"name": "k", "scope": "read"}),
    ("get", "/v3/api_keys/{api_key_id}/"): Row((401, 404, 200, 200, 200, 404, 404, 404)),
    ("delete", "/v3/api_keys/{api_key_id}/"): Row((401, 404, 403, 403, 204, 404, 404, 404)),
    ("get", "/v3/members/{username}/roles/"): Row((401, 403, 403, 403, 403, 403, 403, 200)),
    ("put", "/v3/members/{username}/roles/"): Row(
        (401, 403, 403, 403, 403, 403, 403, 200), {"roles": ["operator"], "reason": "{who} says so."}
    ),
    ("get", "/v3/staff/actions/"): Row((401, 403, 403, 403, 403, 200, 200, 200)),
    ("get", "/v3/ledger/reconciliation/"): Row((401, 403, 403, 403, 403, 200, 200, 200)),
}


class Cast:
    """Everybody, in a world of their own."""

    def __init__(self, var: Path) -> None:
        self.story = story = Story(var)
        world = story.world
        for role in ("operator", "treasurer"):
            world.member(role, "100.00")
            granted = {"roles": [role], "reason": "They are trusted."}
            world.staff.ok("PUT", f"/v3/members/{role}/roles/", granted)
        world.staff.ok("POST", "/v3/accounts/staff/deposits/", MONEY)
        self.visitors: dict[str, Visitor] = {
            "anyone": world.anyone,
            "other": story.ben,
            "reader": self._key("read"),
            "trader": self._key("trade"),
            "owner": story.ada,
            "operator": world.sign_in("operator"),
            "treasurer": world.sign_in("treasurer"),
            "admin": world.staff,
        }
        assert tuple(self.visitors) == EVERYBODY

    def _key(self, scope: str) -> Visitor:
        made = self.story.ada.ok("POST", "/v3/api_keys/", {"name": scope, "scope": scope})
        self.story.values = {**self.story.values, "api_key_id": made["api_key"]["id"]}
        return Visitor(self.story.world.client, made["key"])

    def statuses(self, method: str, template: str, row: Row) -> tuple[int, ...]:
        """What everybody gets, one after the other."""
        (path,) = (route.path for route in self.story.routes() if route[:2] == (method, template))
        return tuple(
            visitor.send(method.upper(), row.path or path, self._body(row, who)).status_code
            for who, visitor in self.visitors.items()
        )

    def _body(self, row: Row, who: str) -> Json:
        if row.body is ORDER:
            return order_in(self.story.market, price=10, quantity=10_000)
        if row.body is CHALLENGE:
            return challenge_in(self.story.market, price=10, quantity=10_000)
        if row.body is None:
            return None
        return {
            name: value.format(who=who) if isinstance(value, str) else value
            for name, value in row.body.items()
        }


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """One cast for all that only read."""
    made = Cast(tmp_path_factory.mktemp("var"))
    yield made
    made.story.world.close()


def test_every_method_of_every_resource_has_a_row(readers: Cast) -> None:
    assert {route[:2] for route in readers.story.routes()} == MATRIX.keys()


def test_methods_are_declared_as_the_matrix_has_them(readers: Cast) -> None:
    """What is declared open to anybody is what anybody may use, and nothing else."""
    for route in readers.story.routes():
        anyone, *_ = MATRIX[route[:2]].statuses
        needs_nobody = {} in route.description["security"]
        assert needs_nobody == (anyone != HTTPStatus.UNAUTHORIZED), route[:2]


@pytest.mark.parametrize(("method", "template"), [key for key in MATRIX if key[0] == "get"])
def test_who_may_read(readers: Cast, method: str, template: str) -> None:
    row = MATRIX[method, template]
    assert readers.statuses(method, template, row) == row.statuses


@pytest.mark.parametrize(("method", "template"), [key for key in MATRIX if key[0] != "get"])
def test_who_may_command(tmp_path: Path, method: str, template: str) -> None:
    row, cast = MATRIX[method, template], Cast(tmp_path)
    assert cast.statuses(method, template, row) == row.statuses
    cast.story.world.close()


@pytest.mark.parametrize(("method", "template"), [key for key in MATRIX if key[0] != "get"])
def test_whoever_is_refused_changes_nothing(readers: Cast, method: str, template: str) -> None:
    row = MATRIX[method, template]
    before = readers.story.world.substance()
    (path,) = (route.path for route in readers.story.routes() if route[:2] == (method, template))
    for who, status in zip(EVERYBODY, row.statuses, strict=True):
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            body = readers._body(row, who)
            result = readers.visitors[who].send(method.upper(), row.path or path, body)
            assert result.status_code == status, who
    assert readers.story.world.substance() == before
