"""Owns how one method of a resource is described: parameters, body, answers, problems, who may.

Never looks at a resource itself: what it has declared is given.
Called by resources/openapi/declarations.py and resources/openapi/document.py.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final, NamedTuple

import msgspec

from resources.openapi.examples import EXAMPLES
from resources.openapi.headers import (
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    LINK,
    LOCATION,
    MIN_POSITION,
    POSITION,
    PREFER,
    RATE_LIMIT,
    RATE_LIMIT_POLICY,
    headers,
    parameter,
)
from resources.openapi.problems import Problems
from resources.openapi.schemas import Schema, Schemas
from resources.toolkit.negotiation import FORMAT_PARAMETER
from resources.toolkit.problems import ProblemKind
from resources.toolkit.visitor import Who

JSON: Final = "application/json"


class Declared(NamedTuple):
    """What a resource declares of one of its methods.

    ``path`` has fields in braces. ``answers``: statuses -> shapes, None where there is no content.
    ``media_types``: what an answer can be had as, JSON first.
    """

    method: str
    path: str
    summary: str
    description: str
    tag: str
    who: Who
    fields: Mapping[str, Schema]
    query: type[msgspec.Struct] | None
    body: object | None
    answers: Mapping[int, object | None]
    problems: Sequence[ProblemKind]
    media_types: Sequence[str] = (JSON,)
    formats: Sequence[str] = ()
    idempotent_key: bool = False

    @property
    def reads(self) -> bool:
        return self.method == "GET"

    @property
    def operation_id(self) -> str:
        """The method and what the path is about: ``getMarketsQuotes``, ``deleteOrdersByOrderId``."""
        _, *parts = self.path.strip("/").replace(".", "/").split("/")
        words = [word for part in parts if not part.startswith("{") for word in part.split("_")]
        if parts and parts[-1].startswith("{"):
            words += ["by", *parts[-1].strip("{}").split("_")]
        return self.method.lower() + "".join(word.capitalize() for word in words or ["home"])


def operation(declared: Declared, schemas: Schemas, problems: Problems) -> Schema:
    """The Operation Object."""
    described: Schema = {
        "operationId": declared.operation_id,
        "summary": declared.summary,
        "description": _description(declared),
        "tags": [declared.tag],
        "parameters": [
            *_path_parameters(declared),
            *_query_parameters(declared, schemas),
            *_headers(declared),
        ],
        "responses": {
            **{str(status): _success(declared, status, schemas) for status in declared.answers},
            **({"304": _NOT_MODIFIED} if declared.reads else {}),
            **problems.described(declared.problems),
        },
        "security": _security(declared.who),
    }
    if declared.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: _body(declared, schemas)}}
    return described


def _body(declared: Declared, schemas: Schemas) -> Schema:
    body: Schema = {"schema": schemas.of(declared.body)}
    if (examples := EXAMPLES.get(declared.operation_id)) is not None:
        body["examples"] = {name: {"value": value} for name, value in examples.items()}
    return body


_NOT_MODIFIED: Final[Schema] = {
    "description": "What the client has is what there is.",
    "headers": headers(ETAG),
}


def _description(declared: Declared) -> str:
    for_whom = "" if declared.who is Who.ANYONE else f"For {declared.who.value}."
    return "\n\n".join(part for part in (declared.description, for_whom) if part)


def _security(who: Who) -> list[dict[str, list[str]]]:
    signed_in: list[dict[str, list[str]]] = [{"token": []}, {"cookie": []}]
    return [{}, *signed_in] if who is Who.ANYONE else signed_in


def _path_parameters(declared: Declared) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in declared.fields.items()
    ]


def _query_parameters(declared: Declared, schemas: Schemas) -> list[Schema]:
    described = {} if declared.query is None else schemas.parameters_of(declared.query)
    if len(declared.formats) > 1 and declared.reads:
        described[FORMAT_PARAMETER] = {
            "type": "string",
            "enum": list(declared.formats),
            "description": "The form of the answer, where `Accept` can't be set.",
        }
    return [_query_parameter(name, schema) for name, schema in described.items()]


def _query_parameter(name: str, schema: Schema) -> Schema:
    # Of several values, the description is that of each.
    items = schema.get("items")
    description = schema.get("description") or (isinstance(items, dict) and items.get("description"))
    told = {"description": description} if description else {}
    return {"name": name, "in": "query", **told, "schema": schema}


def _headers(declared: Declared) -> list[Schema]:
    if declared.reads:
        return [parameter(name) for name in (IF_NONE_MATCH, MIN_POSITION, PREFER)]
    if declared.method in {"PUT", "PATCH"}:
        return [parameter(IF_MATCH)]
    if declared.idempotent_key:
        return [parameter(IDEMPOTENCY_KEY)]
    return []


def _success(declared: Declared, status: int, schemas: Schemas) -> Schema:
    shape = declared.answers[status]
    names = [
        POSITION,
        RATE_LIMIT,
        RATE_LIMIT_POLICY,
        *([ETAG, LINK] if declared.reads else []),
        *([LOCATION] if status == HTTPStatus.CREATED else []),
    ]
    described: Schema = {"description": HTTPStatus(status).phrase, "headers": headers(*names)}
    if shape is None:
        return described
    content = {
        media_type: {"schema": schemas.of(shape) if media_type.endswith("json") else {"type": "string"}}
        for media_type in declared.media_types
    }
    return {**described, "content": content}
