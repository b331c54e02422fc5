"""Owns the making of design documents from files: one map function a file.

Never runs a function, never talks to a store.
Called by the client (``ensure_designs``) through the projector and the tests.
"""

import hashlib
from pathlib import Path
from typing import Final

from couch_views.json_values import Json, JsonObject, encode

FOLDER: Final = Path(__file__).parent / "designs"
MAP_ENDING: Final = ".map.js"
REDUCE_ENDING: Final = ".reduce"
BUILT_IN_REDUCES: Final = ("_sum", "_count", "_stats")


class DesignError(Exception):
    """The folder of design documents can't be read as such; the message names the file."""


def load_designs(folder: Path = FOLDER) -> list[JsonObject]:
    """A design document for each folder in ``folder``: ``<design>/<view>.map.js`` and ``<view>.reduce``.

    Same files, same documents: ``digest`` tells whether a stored one is the same.
    """
    return [load_design(design) for design in sorted(folder.iterdir()) if design.is_dir()]


def load_design(folder: Path) -> JsonObject:
    maps = {path.name.removesuffix(MAP_ENDING): path for path in sorted(folder.glob("*" + MAP_ENDING))}
    reduces = {path.name.removesuffix(REDUCE_ENDING): path for path in folder.glob("*" + REDUCE_ENDING)}
    if not maps:
        raise DesignError(f"{folder.name}: no view")
    if homeless := sorted(reduces.keys() - maps.keys()):
        raise DesignError(
            f"{folder.name}/{homeless[0]}{REDUCE_ENDING}: there is no map function of this name"
        )
    views: dict[str, Json] = {name: load_view(path, reduces.get(name)) for name, path in maps.items()}
    digest = hashlib.sha256(encode(views)).hexdigest()
    return {"_id": f"_design/{folder.name}", "language": "javascript", "views": views, "digest": digest}


def load_view(map_path: Path, reduce_path: Path | None) -> JsonObject:
    view: JsonObject = {"map": map_path.read_text(encoding="utf-8").strip()}
    if reduce_path is not None:
        reduce = reduce_path.read_text(encoding="utf-8").strip()
        if reduce not in BUILT_IN_REDUCES:
            raise DesignError(f"{reduce_path.parent.name}/{reduce_path.name}: not one of {BUILT_IN_REDUCES}")
        view["reduce"] = reduce
    return view
