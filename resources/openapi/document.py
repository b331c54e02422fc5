"""Owns the OpenAPI document as a whole: paths, components, links, what holds everywhere.

Never describes what no resource declares.
Called by the resource that serves the document, and by tests.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from actors.machines import limits
from resources.answers.catalogue import EventAnswer, MarketAnswer
from resources.answers.general import Problem
from resources.answers.members import Registered
from resources.answers.orders import BatchedOrder, OrderAnswer
from resources.openapi.headers import HEADERS, PARAMETERS
from resources.openapi.operations import Declared, operation
from resources.openapi.problems import Problems
from resources.openapi.schemas import Schema, Schemas, referred

VERSION: Final = "3"
"""Of the API, as its paths begin with it."""

_DESCRIPTION: Final = f"""
A prediction exchange: members trade contracts on events against each other.

- **Prices** are integers, ticks of 1/{limits.PRICE_SCALE} of probability: 3900 is 39 %. **Quantities** are
  integers, 1/10000 of a currency unit that is paid out if the contract wins. **Money** is a decimal string.
- **Ids** are strings of digits; several may be asked for at once, with commas between: unknown ones are left
  out, a single unknown one is 404.
- **Lists** have pages: `pagination.next_page` is the query string of the next one; of activity,
  `previous_page` and `last_page` lead back and to the end. A parameter that takes several values may be
  repeated, or has commas between them; an empty one counts as not given.
- **Commands** may carry an `Idempotency-Key`. What is refused changes nothing and says why
  (`application/problem+json`).
- What can be read has `HEAD`, every resource has `OPTIONS`; the slash at the end of a path may be left out.

[Write a client in ten minutes](/v3/docs/client/)
"""

_SECURITY: Final[Mapping[str, Schema]] = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Session-Token TOKEN`, with a token from `/v3/sessions/`; or `Bearer KEY`, with an "
        "API key from `/v3/api_keys/`.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "credence_session",
        "description": "Browsers that signed in by the form have one (`__Host-credence_session` over "
        "TLS); commands then need the form's `csrf_token`, too, or `X-CSRF-Token`.",
    },
}

# The answers that name something: where its id is, and where it is known by it.
_NAMED: Final[Mapping[object, tuple[str, str]]] = {
    Registered: ("$response.body#/member/username", "/v3/members/{username}/"),
    EventAnswer: ("$response.body#/event/id", "/v3/events/{ids}/"),
    MarketAnswer: ("$response.body#/market/id", "/v3/markets/{ids}/"),
    OrderAnswer: ("$response.body#/order_id", "/v3/orders/{order_id}/"),
}


def document(declarations: Sequence[Declared], tags: Mapping[str, str]) -> Schema:
    """The OpenAPI 3.1 document. ``tags``: the groups of operations, and what they are about."""
    shapes = [
        shape
        for declared in declarations
        for shape in (declared.body, declared.query, *declared.answers.values())
        if shape is not None
    ]
    schemas, problems = Schemas(shapes, named=(Problem, BatchedOrder)), Problems()
    paths: dict[str, dict[str, Schema]] = {}
    for declared in declarations:
        described = operation(declared, schemas, problems)
        _link(declared, described, declarations)
        paths.setdefault(declared.path, {})[declared.method.lower()] = described
    identities = [declared.operation_id for declared in declarations]
    assert len(identities) == len(set(identities)), f"two operations have one id: {sorted(identities)}"
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Credence",
            "version": VERSION,
            "description": _DESCRIPTION.strip(),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": paths,
        "components": {
            "schemas": _used(schemas.components, [paths, problems.responses]),
            "responses": problems.responses,
            "examples": problems.examples,
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "securitySchemes": _SECURITY,
        },
    }


def _used(components: Mapping[str, Schema], roots: object) -> dict[str, Schema]:
    """The components that something refers to, by whatever way."""
    found: set[str] = set()
    waiting = referred(roots)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= referred(components[name]) - found
    return {name: component for name, component in components.items() if name in found}


def _link(declared: Declared, described: Schema, all_declared: Sequence[Declared]) -> None:
    """Adds to each answer that names something what may be done with it next."""
    responses = described["responses"]
    assert isinstance(responses, dict)
    for status, shape in declared.answers.items():
        if shape not in _NAMED:
            continue
        expression, path = _NAMED[shape]
        responses[str(status)]["links"] = {
            other.operation_id: {"operationId": other.operation_id, "parameters": {name: expression}}
            for other in all_declared
            if other.path.startswith(path)
            for name in other.fields
        }
