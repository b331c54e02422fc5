"""Owns the tests of how one method of a resource is described.

Never tests the document around it.
Called by pytest.
"""

import pytest

from resources.openapi.declarations import declarations
from resources.openapi.operations import Declared, operation
from resources.openapi.problems import Problems
from resources.openapi.schemas import Schema, Schemas
from tests.resources.openapi.boats import RESOURCES, Boat, BoatAsked, BoatsQuery

READ, BUILD, SINK = declarations(RESOURCES)


def described(declared: Declared) -> Schema:
    return operation(declared, Schemas([list[Boat], Boat, BoatAsked, BoatsQuery]), Problems())


def names(declared: Declared) -> list[str]:
    parameters = described(declared)["parameters"]
    assert isinstance(parameters, list)
    return [str(each.get("name") or each["$ref"].rpartition("/")[2]) for each in parameters]


def success(declared: Declared, status: str) -> Schema:
    responses = described(declared)["responses"]
    assert isinstance(responses, dict)
    response = responses[status]
    assert isinstance(response, dict)
    return response


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/v3/", "getHome"),
        ("/v3/markets/", "getMarkets"),
        ("/v3/markets/{ids}/", "getMarketsByIds"),
        ("/v3/markets/{ids}/last_executed_prices/", "getMarketsLastExecutedPrices"),
        ("/v3/orders/{order_id}/", "getOrdersByOrderId"),
        ("/v3/openapi.json", "getOpenapiJson"),
    ],
)
def test_an_operation_is_called_by_its_method_and_path(path: str, identity: str) -> None:
    assert READ._replace(path=path).operation_id == identity


def test_parameters_are_those_of_path_query_and_headers() -> None:
    assert names(READ) == ["limit", "format", "IfNoneMatch", "MinPosition", "Prefer"]
    assert names(BUILD) == ["IdempotencyKey"]
    assert names(SINK) == ["boat_id"]


def test_a_body_is_the_shape() -> None:
    assert described(BUILD)["requestBody"] == {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BoatAsked"}}},
    }
    assert "requestBody" not in described(READ)


def test_an_answer_can_be_had_in_each_representation() -> None:
    assert success(READ, "200")["content"] == {
        "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Boat"}}},
        "text/html": {"schema": {"type": "string"}},
        "application/xhtml+xml": {"schema": {"type": "string"}},
    }
    assert "content" not in success(SINK, "204")


def test_what_was_made_has_a_place() -> None:
    assert "Location" in str(success(BUILD, "201")["headers"])
    assert "304" in str(described(READ)["responses"])


def test_who_may_is_said_in_both_ways() -> None:
    assert described(READ)["security"] == [{}, {"token": []}, {"cookie": []}]
    assert described(SINK)["security"] == [{"token": []}, {"cookie": []}]
    assert described(SINK)["description"] == "For staff who run markets."
    assert described(READ)["description"] == "Newest first, as `boats`."
