"""Owns the table of what bad input gets: one line a case, its status, its error and the field it names.

Never sends anything.
Called by tests/resources/test_app.py, in an exchange as ``setting`` there makes it.
"""

from typing import Final, NamedTuple

from actors.machines import limits

ORDER: Final = {"market_id": "1", "contract_id": "1", "side": "buy", "price": 5000, "quantity": 10_000}
BODY_TOO_LONG: Final = b" " * (30 * 1_048_576)


class Bad(NamedTuple):
    """``field`` is None where no field is to blame; ``body`` is JSON, or bytes that are sent as they are."""

    who: str
    method: str
    path: str
    body: object
    status: int
    error_type: str
    field: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


def order(status: int, error_type: str, field: str | None, **changes: object) -> Bad:
    return Bad("ada", "POST", "/v3/orders/", ORDER | changes, status, error_type, field)


def challenge(status: int, error_type: str, field: str | None, **changes: object) -> Bad:
    asked = ORDER | {"expires_datetime": "2026-12-31T00:00:00Z"} | changes
    return Bad("ada", "POST", "/v3/challenges/", asked, status, error_type, field)


def orders_raw(status: int, error_type: str, body: bytes, **headers: str) -> Bad:
    given = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Bad("ada", "POST", "/v3/orders/", body, status, error_type, None, given)


PRICE: Final = (422, "INVALID_PRICE", "price")
QUANTITY: Final = (422, "INVALID_QUANTITY", "quantity")
WRONG_QUANTITIES: Final[tuple[object, ...]] = (0, -1, limits.QUANTITY_MAX + 1, 2**80, 0.5, "1", False, [])

BAD_INPUTS: Final = (
    # The market and the contract.
    order(422, "MARKET_NOT_FOUND", "market_id", market_id="99"),
    order(422, "INVALID_FIELD", "market_id", market_id="x"),
    order(422, "INVALID_FIELD", "market_id", market_id=""),
    order(422, "INVALID_FIELD", "market_id", market_id=1.0),
    order(422, "INVALID_FIELD", "market_id", market_id=2**64),
    order(422, "CONTRACT_NOT_FOUND", "contract_id", contract_id="3"),
    order(422, "CONTRACT_NOT_FOUND", "contract_id", contract_id="99"),
    order(422, "INVALID_FIELD", "contract_id", contract_id=None),
    order(409, "MARKET_SETTLED", "market_id", market_id="4", contract_id="7"),
    order(409, "MARKET_NOT_OPEN", "market_id", market_id="5", contract_id="9"),
    # Numbers.
    *(order(*PRICE, price=price) for price in (0, -1, 10_000, 2**63, 2**80, 1.5, 5000.0, "5000", True, None)),
    order(422, "INVALID_PRICE", "price", market_id="6", contract_id="11", price=150),
    *(order(*QUANTITY, quantity=quantity) for quantity in WRONG_QUANTITIES),
    order(422, "INSUFFICIENT_FUNDS", None, quantity=10**9),
    # Words.
    order(422, "INVALID_FIELD", "side", side="back"),
    order(422, "INVALID_FIELD", "side", side=1),
    order(422, "INVALID_FIELD", "type", type="fill_or_kill_me"),
    order(422, "INVALID_FIELD", "type", type=None),
    order(422, "INVALID_FIELD", "reference_id", reference_id="x" * 65),
    order(422, "INVALID_FIELD", "reference_id", reference_id=1.5),
    # Fields.
    order(422, "INVALID_FIELD", "stop", stop=1),
    Bad("ada", "POST", "/v3/orders/", {"market_id": "1"}, 422, "INVALID_FIELD", "contract_id"),
    Bad("ada", "POST", "/v3/orders/", "buy", 422, "INVALID_FIELD", "body"),
    Bad("ada", "POST", "/v3/orders/", [], 422, "INVALID_FIELD", "body"),
    Bad("ada", "POST", "/v3/orders/", [ORDER] * 101, 422, "INVALID_FIELD", "body"),
    # Somebody else's order (16 is the first of Ben), and none at all.
    Bad("ada", "DELETE", "/v3/orders/17/", None, 404, "NOT_FOUND"),
    Bad("ada", "GET", "/v3/orders/17/", None, 404, "NOT_FOUND"),
    Bad("ada", "DELETE", "/v3/orders/160/", None, 404, "NOT_FOUND"),
    Bad("ada", "DELETE", "/v3/orders/?market_id=x", None, 422, "INVALID_FIELD", "market_id"),
    # Challenges: to whom, until when, with which words; and what becomes of them.
    challenge(422, "INVALID_FIELD", "opponent", opponent="nobody-of-this-name"),
    challenge(422, "INVALID_FIELD", "opponent", opponent="No Name"),
    challenge(409, "CROSSED_SELF", "opponent", opponent="ada"),
    challenge(422, "INVALID_EXPIRY", "expires_datetime", expires_datetime="2020-01-01T00:00:00Z"),
    challenge(422, "INVALID_EXPIRY", "expires_datetime", expires_datetime="2036-01-01T00:00:00Z"),
    challenge(422, "INVALID_FIELD", "expires_datetime", expires_datetime="2026-12-01"),
    challenge(422, "INVALID_FIELD", "expires_datetime", expires_datetime="1969-01-01T00:00:00Z"),
    challenge(422, "INVALID_FIELD", "message", message="x" * (limits.CHALLENGE_MESSAGE_LENGTH_MAX + 1)),
    challenge(422, "INVALID_FIELD", "message", message="a\u0000b"),
    challenge(422, "INVALID_FIELD", "type", type="good_til_cancelled"),
    challenge(*PRICE, price=0),
    challenge(*QUANTITY, quantity=0),
    challenge(422, "CONTRACT_NOT_FOUND", "contract_id", contract_id="99"),
    challenge(422, "INSUFFICIENT_FUNDS", None, quantity=10**9),
    Bad("ada", "PATCH", "/v3/challenges/160/", {"state": "accepted"}, 404, "NOT_FOUND"),
    Bad("ada", "PATCH", "/v3/challenges/160/", {"state": "expired"}, 422, "INVALID_FIELD", "state"),
    Bad("ada", "PATCH", "/v3/challenges/160/", {}, 422, "INVALID_FIELD", "state"),
    Bad(
        "ada",
        "PATCH",
        "/v3/challenges/160/",
        {"state": "accepted", "key": "short"},
        422,
        "INVALID_FIELD",
        "key",
    ),
    Bad("ada", "GET", "/v3/challenges/160/", None, 404, "NOT_FOUND"),
    Bad("anyone", "GET", "/v3/challenges/160/?key=short", None, 422, "INVALID_FIELD", "key"),
    Bad("ada", "GET", "/v3/challenges/?role=judge", None, 422, "INVALID_FIELD", "role"),
    Bad("ada", "GET", "/v3/challenges/?states=won", None, 422, "INVALID_FIELD", "states[0]"),
    # Members and sessions.
    Bad(
        "anyone",
        "POST",
        "/v3/members/",
        {"username": "ben", "password": "x" * 10},
        409,
        "USERNAME_TAKEN",
        "username",
    ),
    Bad(
        "anyone",
        "POST",
        "/v3/members/",
        {"username": "eve", "password": "short"},
        422,
        "INVALID_FIELD",
        "password",
    ),
    Bad(
        "anyone",
        "POST",
        "/v3/sessions/",
        {"username": "ada", "password": "wrong password"},
        401,
        "NOT_SIGNED_IN",
    ),
    Bad(
        "anyone",
        "POST",
        "/v3/sessions/",
        {"username": ["ada"], "password": "x"},
        422,
        "INVALID_FIELD",
        "username",
    ),
    Bad("anyone", "POST", "/v3/orders/", ORDER, 401, "NOT_SIGNED_IN"),
    Bad("forger", "POST", "/v3/orders/", ORDER, 401, "NOT_SIGNED_IN"),
    Bad("expired", "POST", "/v3/orders/", ORDER, 401, "NOT_SIGNED_IN"),
    Bad("signed out", "POST", "/v3/orders/", ORDER, 401, "NOT_SIGNED_IN"),
    Bad("signed out", "GET", "/v3/orders/", None, 401, "NOT_SIGNED_IN"),
    # Bodies.
    orders_raw(400, "UNREADABLE", b""),
    orders_raw(400, "UNREADABLE", b"{"),
    orders_raw(400, "UNREADABLE", b'{"price": NaN}'),
    orders_raw(400, "UNREADABLE", b'{"price": Infinity}'),
    orders_raw(400, "UNREADABLE", b"\xff\xfe{}"),
    orders_raw(400, "UNREADABLE", b"[" * 100_000),
    orders_raw(413, "BODY_TOO_LARGE", BODY_TOO_LONG),
    orders_raw(422, "INVALID_FIELD", b"market_id=x", content_type="application/x-www-form-urlencoded"),
    orders_raw(400, "UNREADABLE", b"price", content_type="application/x-www-form-urlencoded"),
    orders_raw(400, "UNREADABLE", b"\xff=1", content_type="application/x-www-form-urlencoded"),
    orders_raw(415, "UNSUPPORTED_MEDIA_TYPE", b"{}", content_type="text/plain"),
    orders_raw(406, "NOT_ACCEPTABLE", b"{}", accept="image/png"),
    Bad(
        "ada",
        "POST",
        "/v3/orders/",
        ORDER,
        422,
        "INVALID_FIELD",
        "Idempotency-Key",
        (("Idempotency-Key", ""),),
    ),
    # Methods and paths.
    Bad("ada", "PUT", "/v3/orders/", ORDER, 405, "METHOD_NOT_ALLOWED"),
    Bad("ada", "PUT", "/v3/orders/16/", {}, 405, "METHOD_NOT_ALLOWED"),
    Bad("ada", "PATCH", "/v3/orders/16/", {}, 422, "INVALID_QUANTITY", "quantity"),
    Bad("ada", "POST", "/v3/markets/1/quotes/", {}, 405, "METHOD_NOT_ALLOWED"),
    Bad("ada", "POST", "/v3/nothing/", ORDER, 404, "NOT_FOUND"),
    Bad("ada", "GET", "/v4/orders/", None, 404, "NOT_FOUND"),
    Bad("anyone", "GET", f"/v3/markets/{'1' * limits.URL_CHARACTERS_MAX}/", None, 414, "URL_TOO_LONG"),
    Bad("anyone", "GET", f"/v3/markets/?ids={'1,' * 200}", None, 422, "INVALID_FIELD", "ids"),
    # What only staff may do.
    Bad("ada", "POST", "/v3/events/", {}, 403, "NOT_ALLOWED"),
    Bad("ada", "PATCH", "/v3/markets/1/", {"state": "closed"}, 403, "NOT_ALLOWED"),
    Bad("ada", "PUT", "/v3/markets/1/settlement/", {"void": True, "reason": "x"}, 403, "NOT_ALLOWED"),
    Bad("ada", "POST", "/v3/accounts/ada/deposits/", {"amount": "1.00"}, 403, "NOT_ALLOWED"),
    Bad("ada", "PATCH", "/v3/members/ben/", {"bio": "x"}, 403, "NOT_ALLOWED"),
    Bad("ada", "PUT", "/v3/exchange/state/", {"state": "halted"}, 403, "NOT_ALLOWED"),
    Bad("anyone", "PUT", "/v3/exchange/state/", {"state": "halted"}, 401, "NOT_SIGNED_IN"),
    # What staff may not do either.
    Bad("staff", "PATCH", "/v3/markets/1/", {"state": "settled"}, 409, "MARKET_STATE_NOT_ALLOWED", "state"),
    Bad("staff", "PATCH", "/v3/markets/99/", {"state": "open"}, 404, "NOT_FOUND"),
    Bad(
        "staff",
        "PUT",
        "/v3/markets/3/settlement/",
        {"winners": ["1"], "reason": "x"},
        422,
        "CONTRACT_NOT_FOUND",
        "winners",
    ),
    *(
        Bad("staff", "PUT", "/v3/exchange/state/", {"state": "halted"} | wrong, 422, "INVALID_FIELD", field)
        for field, wrong in (
            ("state", {"state": "shut"}),
            ("cancel_orders", {"cancel_orders": 1}),
            ("cancel_orders", {"state": "open", "cancel_orders": True}),
            ("reason", {"reason": "x" * (limits.REASON_LENGTH_MAX + 1)}),
            ("reason", {"reason": "two\nlines"}),
            ("markets", {"markets": []}),
        )
    ),
    Bad("staff", "POST", "/v3/accounts/nobody/deposits/", {"amount": "1.00"}, 404, "NOT_FOUND"),
    Bad(
        "staff",
        "POST",
        "/v3/accounts/ada/withdrawals/",
        {"amount": "5000.00"},
        422,
        "INSUFFICIENT_FUNDS",
        "amount",
    ),
)
