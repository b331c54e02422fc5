"""Owns JSON Schemas of declared shapes: Structs of bodies and queries, TypedDicts of answers.

Never knows which operation has which shape.
Called by the other modules of resources/openapi.

msgspec makes the schemas. What it can't: unions of several objects, patterns as ECMAScript writes them, and
fields and words in the order in which they were declared.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from inspect import cleandoc
from types import UnionType
from typing import Annotated, Final, Union, get_args, get_origin, is_typeddict

import msgspec
from msgspec import inspect

Schema = dict[str, object]
REFERENCE: Final = "#/components/schemas/{name}"
_NULL: Final[Schema] = {"type": "null"}
_REFERRED: Final = re.compile(r"#/components/schemas/([\w.-]+)")
_LITERAL: Final = re.compile(r"``([^`]+)``")


class Schemas:
    """The schemas of some shapes, and the components that these refer to.

    ``named`` are shapes that others refer to by name only (``resources.answers.values.any_of``).
    """

    def __init__(self, shapes: Iterable[object], named: Iterable[type] = ()) -> None:
        leaves = list(dict.fromkeys(leaf for shape in [*shapes, *named] for leaf in _leaves(shape)))
        classes = _classes(inspect.multi_type_info(leaves))
        schemas, components = msgspec.json.schema_components(leaves, ref_template=REFERENCE)
        self._schemas = {leaf: _tidied(schema) for leaf, schema in zip(leaves, schemas, strict=True)}
        self.components = {
            name: _as_declared(_tidied(component), classes[name])
            for name, component in sorted(components.items())
        }

    def of(self, shape: object) -> Schema:
        """The schema of one of the shapes, mostly a reference."""
        if len(alternatives := _alternatives(shape)) > 1:
            return {"anyOf": [self.of(each) for each in alternatives]}
        if (item := _item(shape)) is not None:
            return {"type": "array", "items": self.of(item), **_lengths(shape)}
        return dict(self._schemas[shape])

    def parameters_of(self, query: type[msgspec.Struct]) -> dict[str, Schema]:
        """The schema of each parameter of a query string, where nothing is null: it is left out."""
        properties = self.components[query.__name__]["properties"]
        assert isinstance(properties, dict)
        return {name: _parameter(schema) for name, schema in properties.items()}


def referred(schema: object) -> set[str]:
    """The names of the components that a schema refers to."""
    return set(_REFERRED.findall(msgspec.json.encode(schema).decode()))


def _alternatives(shape: object) -> tuple[object, ...]:
    """The members of a union of objects; msgspec knows all other unions."""
    if get_origin(shape) not in {Union, UnionType}:
        return (shape,)
    members = get_args(shape)
    return members if sum(_is_compound(member) for member in members) > 1 else (shape,)


def _item(shape: object) -> object | None:
    """What a list holds, if that is a union of objects."""
    if get_origin(shape) is Annotated:
        return _item(get_args(shape)[0])
    if get_origin(shape) not in {list, tuple}:
        return None
    item: object = get_args(shape)[0]
    return item if len(_alternatives(item)) > 1 else None


def _is_compound(shape: object) -> bool:
    return isinstance(shape, type) or get_origin(shape) in {list, tuple, Annotated}


def _leaves(shape: object) -> Iterator[object]:
    """The parts of a shape that msgspec understands."""
    alternatives = _alternatives(shape)
    if len(alternatives) > 1:
        for each in alternatives:
            yield from _leaves(each)
    elif (item := _item(shape)) is not None:
        yield from _leaves(item)
    else:
        yield shape


def _parameter(schema: Schema) -> Schema:
    kept = {key: value for key, value in schema.items() if key != "default" or value not in {None, ()}}
    alternatives = kept.pop("anyOf", None)
    if not isinstance(alternatives, list):
        return kept
    possible = [each for each in alternatives if each != _NULL]
    return {**kept, **(possible[0] if len(possible) == 1 else {"anyOf": possible})}


def _lengths(shape: object) -> Schema:
    lengths: Schema = {}
    for meta in get_args(shape)[1:]:
        if isinstance(meta, msgspec.Meta):
            lengths |= {"minItems": meta.min_length} if meta.min_length is not None else {}
            lengths |= {"maxItems": meta.max_length} if meta.max_length is not None else {}
    return lengths


def _classes(infos: Iterable[inspect.Type]) -> dict[str, type]:
    """Every class within these types, by its name. Two of one name can't both be in a document."""
    found: dict[str, type] = {}
    waiting = list(infos)
    while waiting:
        info = waiting.pop()
        if isinstance(info, inspect.StructType | inspect.TypedDictType | inspect.EnumType):
            if found.get(info.cls.__name__) is info.cls:
                continue
            known = found.setdefault(info.cls.__name__, info.cls)
            assert known is info.cls, f"two shapes are called {known.__name__}: {known}, {info.cls}"
        waiting += _within(info)
    return found


def _within(info: inspect.Type) -> list[inspect.Type]:
    match info:
        case inspect.StructType(fields=fields) | inspect.TypedDictType(fields=fields):
            return [field.type for field in fields]
        case inspect.Metadata(type=inner):
            return [inner]
        case inspect.UnionType(types=types):
            return list(types)
        case inspect.DictType(key_type=key, value_type=value):
            return [key, value]
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return [item]
    return []


def _as_declared(schema: Schema, shape: type) -> Schema:
    """Fields and words in the order in which they are declared; msgspec sorts those of dicts and enums."""
    if issubclass(shape, Enum):
        return {**schema, "type": "string", "enum": [word.value for word in shape]}
    if not is_typeddict(shape):
        return schema
    properties, required = schema["properties"], schema["required"]
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    return {
        **schema,
        "properties": {name: properties[name] for name in shape.__annotations__},
        "required": [name for name in shape.__annotations__ if name in required],
    }


def _tidied(schema: Schema) -> Schema:
    """The same for readers in other languages, and without titles: a component's name says it."""
    return {
        key: _tidied_value(key, value)
        for key, value in schema.items()
        if key != "title" or not isinstance(value, str)
    }


def _tidied_value(key: str, value: object) -> object:
    match key, value:
        case _, dict():
            return _tidied(value)
        case _, list():
            return [_tidied_value("", item) for item in value]
        case "pattern", str():
            return value.replace(r"\Z", "$")
        case "description", str():
            return prose(value)
    return value


def prose(docstring: str) -> str:
    """A docstring as CommonMark."""
    return _LITERAL.sub(r"`\1`", cleandoc(docstring))
