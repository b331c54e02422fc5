"""Owns the test of the examples: there is one for whatever may be sent, and each may be sent.

Never sends one: what comes of them is for the tests of the resources.
Called by pytest.
"""

import jsonschema_rs
import pytest

from resources.openapi.examples import EXAMPLES
from tests.resources.world import Json, World


@pytest.fixture
def described(world: World) -> Json:
    return world.anyone.get("/v3/openapi.json").json


def bodies(described: Json) -> dict[str, Json]:
    """The media type of each body, by operation."""
    return {
        operation["operationId"]: operation["requestBody"]["content"]["application/json"]
        for path in described["paths"].values()
        for operation in path.values()
        if "requestBody" in operation
    }


def test_whatever_may_be_sent_has_examples(described: Json) -> None:
    assert set(bodies(described)) == set(EXAMPLES)
    assert all(body["examples"] for body in bodies(described).values())


def test_every_example_is_valid(described: Json) -> None:
    for operation, body in bodies(described).items():
        schema = {**body["schema"], "components": described["components"]}
        validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        for name, example in body["examples"].items():
            assert validator.is_valid(example["value"]), f"{operation}: {name}"


def test_an_example_that_is_not_valid_is_noticed(described: Json) -> None:
    schema = {**bodies(described)["postOrders"]["schema"], "components": described["components"]}
    assert not jsonschema_rs.Draft202012Validator(schema).is_valid({"market_id": "1"})
