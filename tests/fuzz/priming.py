"""Owns the priming of a description: values that lead somewhere, beside whatever may be; nothing that waits.

Never changes what is valid by the description.
Called by tests/fuzz/run.py.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

Json = Any


def primed(document: Json, known: Mapping[str, Sequence[str]]) -> Json:
    """The document, where fields and parameters of these names are often one of the known values."""
    made = copy.deepcopy(document)
    for path in made["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                if parameter.get("name") in known:
                    parameter["schema"] = _with(parameter["schema"], known[parameter["name"]])
    made["components"]["parameters"]["Prefer"]["schema"] = {"enum": ["wait=0", "respond-async"]}
    for component in made["components"]["schemas"].values():
        # Only what is sent is primed: an answer is what it is.
        if component.get("additionalProperties") is False:
            for name, schema in component["properties"].items():
                if name in known:
                    component["properties"][name] = _with(schema, known[name])
    return made


def _with(schema: Json, values: Sequence[str]) -> Json:
    if schema.get("type") == "array":
        return {**schema, "items": {"anyOf": [{"enum": list(values)}, schema["items"]]}}
    return {"anyOf": [{"enum": list(values)}, schema]}
