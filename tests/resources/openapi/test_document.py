"""Owns the tests of the OpenAPI document: valid, complete, with nothing in it that nobody refers to.

Never tests the exchange behind it.
Called by pytest.
"""

import json

import pytest
from openapi_spec_validator import validate

from resources.answers.catalogue import EventAnswer
from resources.openapi.declarations import declarations, tags
from resources.openapi.document import document
from resources.openapi.schemas import Schema
from resources.toolkit.browsers import Browsers
from tests.resources.openapi.boats import RESOURCES
from tests.resources.world import World


@pytest.fixture
def whole(world: World) -> Schema:
    """What the exchange says of itself."""
    found = world.anyone.get("/v3/openapi.json").json
    assert isinstance(found, dict)
    return found


def test_what_is_made_up_is_described() -> None:
    made = document(list(declarations(RESOURCES)), tags(RESOURCES))
    validate(json.loads(json.dumps(made)))
    assert isinstance(made["paths"], dict)
    assert list(made["paths"]) == ["/v3/boats/", "/v3/boats/{boat_id}/"]
    assert made["tags"] == [{"name": "boats", "description": "Boats"}]


def test_a_query_is_no_component() -> None:
    made = document(list(declarations(RESOURCES)), {})
    assert isinstance(made["components"], dict)
    assert set(made["components"]["schemas"]) == {"Boat", "BoatAsked", "FieldProblem", "Problem"}


def test_two_operations_are_never_called_the_same() -> None:
    with pytest.raises(AssertionError, match="two operations have one id"):
        document([*declarations(RESOURCES), *declarations(RESOURCES)], {})


def test_an_answer_that_names_something_leads_on() -> None:
    read, build, sink = declarations(RESOURCES)
    built = build._replace(answers={201: EventAnswer})
    found = sink._replace(path="/v3/events/{ids}/markets/", fields={"ids": {"type": "string"}})
    made = document([read, built, found], {})
    assert isinstance(made["paths"], dict)
    assert made["paths"]["/v3/boats/"]["post"]["responses"]["201"]["links"] == {
        "deleteEventsMarkets": {
            "operationId": "deleteEventsMarkets",
            "parameters": {"ids": "$response.body#/event/id"},
        }
    }


def test_the_exchange_is_described_validly(whole: Schema) -> None:
    validate(whole)


def test_every_operation_of_the_exchange_says_what_it_is_and_what_it_answers(whole: Schema) -> None:
    assert isinstance(whole["paths"], dict)
    operations = [operation for path in whole["paths"].values() for operation in path.values()]
    assert len(operations) > 30
    assert [each["operationId"] for each in operations if not each["summary"]] == []
    without = [each["operationId"] for each in operations if not any(s[0] == "2" for s in each["responses"])]
    assert without == []


def test_the_cookie_is_called_as_browsers_get_it(whole: Schema) -> None:
    assert isinstance(whole["components"], dict)
    name = whole["components"]["securitySchemes"]["cookie"]["name"]
    assert Browsers(b"secret", secure=False).session_cookie("token", 1).startswith(f"{name}=token;")


def test_what_an_event_may_be_asked_for_next_is_linked(whole: Schema) -> None:
    assert isinstance(whole["paths"], dict)
    links = whole["paths"]["/v3/events/"]["post"]["responses"]["201"]["links"]
    assert {"getEventsByIds", "patchEventsByIds", "getEventsMarkets"} <= set(links)
