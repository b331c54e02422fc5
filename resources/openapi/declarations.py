"""Owns the reading of what resources declare, for all that is generated from it.

Never asks a resource to do anything.
Called by the resources of this package, and by tests that go through all that is declared.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from resources.openapi.endings import endings
from resources.openapi.operations import Declared
from resources.openapi.schemas import prose
from resources.toolkit.query import Query
from resources.toolkit.resource import Method, Resource

PREFIX: Final = "/v3"
_HOME: Final = "home"


def declarations(resources: Iterable[Resource]) -> Iterator[Declared]:
    """Every method of every resource of the API, in their order."""
    for resource in resources:
        if resource.pattern.startswith(PREFIX):
            for name, method in resource.methods.items():
                yield _declared(resource, name, method)


def tags(resources: Iterable[Resource]) -> dict[str, str]:
    """The groups of operations and what they are about: the title of the first resource of each."""
    found: dict[str, str] = {}
    for resource in resources:
        if resource.pattern.startswith(PREFIX):
            found.setdefault(_tag(resource), resource.title)
    return found


def _declared(resource: Resource, name: str, method: Method) -> Declared:
    query = method.parse_query.shape
    return Declared(
        method=name,
        path=_path(resource),
        summary=method.summary,
        description=prose(method.handle.__doc__ or ""),
        tag=_tag(resource),
        who=method.who,
        fields={
            field: {"type": "string", "pattern": kind.expression, "examples": [kind.example]}
            for field, kind in resource.parsed_pattern.fields.items()
        },
        query=None if query is Query else query,
        body=None if method.body is None else method.body.shape,
        answers=method.answers or {204: None},
        problems=sorted(endings(resource, name, method)),
        media_types=[each.media_type.partition(";")[0] for each in resource.representations],
        formats=[each.name for each in resource.representations],
        idempotent_key=method.idempotent_key,
    )


def _path(resource: Resource) -> str:
    """As it is linked to; what is a file has no slash at its end."""
    template = resource.parsed_pattern.template
    return template if "." in template else f"{template}/"


def _tag(resource: Resource) -> str:
    return resource.pattern.removeprefix(PREFIX).strip("/").partition("/")[0] or _HOME
