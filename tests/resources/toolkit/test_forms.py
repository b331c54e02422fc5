"""Owns the tests of making forms from shapes.

Never shows or reads one.
Called by pytest.
"""

from datetime import datetime
from enum import Enum
from typing import Annotated, Literal

import msgspec

from resources.toolkit.body import body_of
from resources.toolkit.browsers import TOKEN_FIELD
from resources.toolkit.fields import Shape
from resources.toolkit.form_input import KEPT_FIELD, KEY_FIELD, METHOD_FIELD, UNITS_FIELD, tree_of
from resources.toolkit.forms import ROWS, command_form, filter_form, form_again
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import Method, Outcome, command, done, read, remove
from resources.toolkit.units import Unit, on_forms
from resources.toolkit.view import Button, Choice, Field, FormUse
from resources.toolkit.visitor import Who


class Side(Enum):
    BUY = "buy"
    SELL = "sell"


class Part(Shape):
    name: str
    size: int = 1


class Whole(Shape):
    price: Annotated[int, msgspec.Meta(ge=1, le=9999, title="The price", description="In ticks.")]
    side: Side
    password: Annotated[str, msgspec.Meta(min_length=10, max_length=99)] = ""
    tale: Annotated[str, msgspec.Meta(extra_json_schema={"lines": True})] = ""
    mood: Literal["good", "bad"] | None = None
    flag: bool = False
    start_datetime: datetime | None = None
    parts: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1, max_length=5)] = ()


class Search(Query, frozen=True):
    states: tuple[Side, ...] = ()
    limit: Annotated[int, msgspec.Meta(ge=1, le=9)] = 3
    cursor: str | None = None


async def handle(_: object) -> Outcome:
    return done({}, {})


def making() -> Method:
    return command(Who.MEMBER, body_of(Whole), handle, summary="Make it")


def fields(**given: object) -> dict[str, Field]:
    use = FormUse("POST", "/wholes", "/wholes/", **given)  # type: ignore[arg-type] # as the test means it
    return {field.name: field for field in command_form(making(), use, "token").fields}


def test_a_form_for_a_command() -> None:
    form = command_form(making(), FormUse("POST", "/wholes", "/wholes/"), "token")
    assert (form.action, form.method, form.title) == ("/wholes/", "post", "Make it")
    assert form.hidden == {TOKEN_FIELD: "token"}


def test_a_method_that_no_browser_knows_is_named_in_the_form() -> None:
    form = command_form(making(), FormUse("PATCH", "/wholes", "/wholes/", title="Change it"), "token")
    assert (form.method, form.hidden[METHOD_FIELD], form.title) == ("post", "PATCH", "Change it")


def test_each_field_has_the_input_of_its_type() -> None:
    kinds = {name: field.kind for name, field in fields().items() if not name.startswith("parts")}
    assert kinds == {
        "price": "number",
        "side": "select",
        "password": "password",
        "tale": "lines",
        "mood": "select",
        "flag": "checkbox",
        "start_datetime": "datetime-local",
    }


def test_a_field_says_what_it_takes() -> None:
    made = fields()
    assert made["price"] == Field(
        "price", "The price", "number", required=True, hint="In ticks.", limits={"min": "1", "max": "9999"}
    )
    assert made["side"].choices == [Choice("buy", "Buy"), Choice("sell", "Sell")]
    assert made["password"].limits == {"minlength": "10", "maxlength": "99"}
    assert (made["start_datetime"].label, made["mood"].required) == ("Start", False)


def test_where_there_may_be_several_there_are_empty_rows() -> None:
    rows = [name for name in fields() if name.endswith(".name")]
    assert rows == [f"parts[{row}].name" for row in range(ROWS)]
    given = fields(values={"parts[0].name": "a", "parts[1].name": "b"})
    assert given["parts[1].name"].value == "b"
    assert "parts[4].name" in given
    assert "parts[5].name" not in given, "never more than the shape takes"


def test_what_is_known_already() -> None:
    made = fields(
        fixed={"side": "buy"}, values={"price": "5000"}, choices={"tale": [Choice("1", "The first")]}
    )
    assert "side" not in made
    assert made["price"].value == "5000"
    assert (made["tale"].kind, made["tale"].choices) == ("select", [Choice("1", "The first")])
    form = command_form(making(), FormUse("POST", "/wholes", "/wholes/", fixed={"side": "buy"}), "token")
    assert form.hidden["side"] == "buy"


def test_what_was_wrong_stands_at_its_field() -> None:
    form = command_form(making(), FormUse("POST", "/wholes", "/wholes/"), "token", {"price": "too high"})
    assert {field.name: field.error for field in form.fields if field.error} == {"price": "too high"}


def test_a_form_without_a_body_asks_for_the_query() -> None:
    cancel = remove(Who.MEMBER, query_of(Search), handle, summary="Cancel")
    form = command_form(cancel, FormUse("DELETE", "/wholes", "/wholes/"), "token")
    assert [field.name for field in form.fields] == ["states", "limit", "cursor"]
    assert form.hidden[METHOD_FIELD] == "DELETE"


def test_a_form_for_what_a_list_can_be_asked_for() -> None:
    form = filter_form(read(Who.ANYONE, query_of(Search), handle), "/wholes/", {"limit": "5"}, "Show")
    assert form is not None
    assert (form.method, form.hidden) == ("get", {})
    assert [(field.name, field.kind, field.value) for field in form.fields] == [
        ("states", "several", ""),
        ("limit", "number", "5"),
    ]


def test_what_can_be_asked_for_nothing_has_no_form() -> None:
    assert filter_form(read(Who.ANYONE, query_of(Query), handle), "/wholes/", {}, "Show") is None


def test_a_form_is_shown_again_as_it_stood_on_its_page() -> None:
    choices = {"side": (Choice("buy", "Take"),)}
    before = FormUse("POST", "/wholes", "/wholes/", {"price": "5"}, choices=choices, title="Take it")
    hidden = command_form(making(), before, "t").hidden
    sent = FormUse("POST", "/wholes", "/wholes/", values={"price": "6", "side": "buy"})
    again = form_again(sent, hidden[KEPT_FIELD])
    assert (again.fixed, again.title) == ({"price": "6"}, "Take it")
    assert {name: tuple(each) for name, each in again.choices.items()} == choices
    assert form_again(sent, "") == form_again(sent, "{") == form_again(sent, '{"fixed": 1}') == sent
    assert KEPT_FIELD not in command_form(making(), FormUse("POST", "/wholes", "/wholes/"), "t").hidden


def test_a_form_that_another_button_sent_is_shown_again_with_all_its_buttons() -> None:
    use = FormUse("POST", "/wholes", "/wholes/", buttons=(Button("Try it", "/wholes/?dry=true"),))
    form = command_form(making(), use, "t")
    assert (form.action, form.buttons) == ("/wholes/", use.buttons)
    again = form_again(FormUse("POST", "/wholes", "/wholes/?dry=true"), form.hidden[KEPT_FIELD])
    assert (again.path, tuple(again.buttons)) == ("/wholes/", use.buttons)


def test_a_form_whose_command_heeds_keys_has_one_of_its_own() -> None:
    use = FormUse("POST", "/wholes", "/wholes/")
    heeding = command(Who.MEMBER, body_of(Whole), handle, idempotent_key=True)
    keys = {command_form(heeding, use, "t").hidden[KEY_FIELD] for _ in range(2)}
    assert len(keys) == 2
    assert KEY_FIELD not in command_form(making(), use, "t").hidden


def test_one_of_several_says_which_it_is() -> None:
    labels = [field.label for name, field in fields().items() if name.startswith("parts[")]
    assert labels[:3] == ["Part 1, name", "Part 1, size", "Part 2, name"]


def test_a_text_of_several_lines_has_room_for_them() -> None:
    class Lined(Shape):
        one: Annotated[str, msgspec.Meta(pattern=r"^[^\n]*\Z")] = ""
        several: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]*\Z")] = ""

    made = command_form(command(Who.MEMBER, body_of(Lined), handle), FormUse("POST", "/x", "/x/"), "t")
    assert [field.kind for field in made.fields] == ["text", "lines"]


def test_a_number_in_a_unit_of_people_is_asked_for_in_it() -> None:
    class Priced(Shape):
        price: Annotated[
            int, msgspec.Meta(ge=1, le=9999, extra_json_schema=on_forms(Unit(100), "Percent", "Like 39."))
        ]
        size: int = 1

    made = command_form(command(Who.MEMBER, body_of(Priced), handle), FormUse("POST", "/x", "/x/"), "t")
    (price, _) = made.fields
    assert (price.label, price.hint, price.kind) == ("Percent", "Like 39.", "number")
    assert price.limits == {"min": "0.01", "max": "99.99", "step": "0.01"}
    assert made.hidden[UNITS_FIELD] == "price"
    sent = {"price": ["39.5"], "size": ["2"]}
    assert tree_of({**sent, UNITS_FIELD: ["price,size"]}, Priced) == {"price": 3950, "size": 2}
    assert tree_of({**sent, "price": ["39.555"], UNITS_FIELD: ["price"]}, Priced)["price"] == "39.555"
    assert tree_of({**sent, "price": ["3950"]}, Priced)["price"] == 3950
