"""Owns the tests of what a shape says of its fields.

Never checks a value.
Called by pytest.
"""

from typing import Annotated

import msgspec
from msgspec import inspect

from resources.toolkit.fields import Shape
from resources.toolkit.shapes import fields_of_shape, fields_of_struct, is_text, item_type

Long = Annotated[str, msgspec.Meta(max_length=10, title="Tale", extra_json_schema={"lines": True})]


class Part(Shape):
    name: str


class Whole(Shape, rename={"begin": "from"}):
    begin: int
    tale: Long = ""
    perhaps: Annotated[int, msgspec.Meta(ge=1)] | None = None
    later: Long | msgspec.UnsetType = msgspec.UNSET
    either: Annotated[str, msgspec.Meta(description="An id.")] | Annotated[int, msgspec.Meta(ge=1)] = 1
    parts: Annotated[tuple[Part, ...], msgspec.Meta(max_length=3)] = ()
    names: tuple[str, ...] = ()


def test_fields_as_clients_know_them() -> None:
    fields = {field.name: field for field in fields_of_shape(Whole)}
    assert list(fields) == ["from", "tale", "perhaps", "later", "either", "parts", "names"]
    assert [name for name, field in fields.items() if field.required] == ["from"]
    assert [name for name, field in fields.items() if field.nullable] == ["perhaps"]


def test_types_are_bare_and_keep_their_limits() -> None:
    fields = {field.name: field.type for field in fields_of_shape(Whole)}
    tale, perhaps, later = fields["tale"], fields["perhaps"], fields["later"]
    assert isinstance(tale, inspect.StrType)
    assert tale.max_length == 10
    assert isinstance(perhaps, inspect.IntType)
    assert perhaps.ge == 1
    assert isinstance(later, inspect.StrType)


def test_what_a_field_is_said_to_be() -> None:
    fields = {field.name: field.notes for field in fields_of_shape(Whole)}
    assert fields["tale"] == {"title": "Tale", "lines": True}
    assert fields["later"] == {"title": "Tale", "lines": True}
    assert fields["either"] == {"description": "An id."}


def test_what_may_be_any_text() -> None:
    fields = {field.name: field.type for field in fields_of_shape(Whole)}
    assert [name for name, kind in fields.items() if is_text(kind)] == ["tale", "later", "either"]


def test_several_of_something() -> None:
    fields = {field.name: field.type for field in fields_of_shape(Whole)}
    part = item_type(fields["parts"])
    assert isinstance(part, inspect.StructType)
    assert [field.name for field in fields_of_struct(part)] == ["name"]
    assert isinstance(item_type(fields["names"]), inspect.StrType)
    assert item_type(fields["tale"]) is None
