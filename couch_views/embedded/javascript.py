"""Owns the running of map functions: JavaScript in quickjs, a batch of documents in one call.

Never touches the store.
Called by couch_views/embedded/indexes.py.

A map that throws on a document emits nothing for it, as in CouchDB, and is logged.
"""

import logging
from collections.abc import Sequence
from typing import Final, TypeAlias, cast

import quickjs

from couch_views.json_values import Json, decode

Emitted: TypeAlias = list[list[Json]]
"""What one map emitted for one document: ``[key, value]`` pairs in order."""

MEMORY_BYTES_MAX: Final = 256 * 1_048_576
STACK_BYTES_MAX: Final = 1_048_576
BATCH_TIME_S_MAX: Final = 5
DOCUMENT_TIME_S_MAX: Final = 1
REASON_LENGTH_MAX: Final = 500
SHOWN_BYTES: Final = 200

logger = logging.getLogger(__name__)

PRELUDE: Final = """
var emit, sum, isArray = Array.isArray, toJSON = JSON.stringify, log = function () {};
sum = function (values) { return values.reduce(function (total, value) { return total + value; }, 0); };
var couchCompile, couchMap;
(function () {
    "use strict";
    var maps = [], rows = [], parse = JSON.parse, stringify = JSON.stringify, evaluate = eval;
    emit = function (key, value) { rows.push([key, value]); };
    couchCompile = function (source) {
        var map = evaluate("(" + source.replace(/[\\s;]+$/, "") + "\\n)");
        if (typeof map !== "function") { throw new TypeError("not a function"); }
        maps.push(map);
    };
    couchMap = function (text) {
        var documents = parse(text), results = [], errors = [];
        documents.forEach(function (document, place) {
            results.push(maps.map(function (map, view) {
                rows = [];
                try { map(document); } catch (error) { rows = []; errors.push([place, view, String(error)]); }
                return rows;
            }));
        });
        return stringify([results, errors]);
    };
    ["emit", "sum", "isArray", "toJSON", "log", "couchCompile", "couchMap"].forEach(function (name) {
        Object.defineProperty(globalThis, name, {writable: false});
    });
})();
"""


class MapError(Exception):
    """A map function that can't be compiled; the message is JavaScript's."""


class Maps:
    """The map functions of one design document, compiled. Belongs to the thread that made it."""

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources = tuple(sources)
        self._start(BATCH_TIME_S_MAX)

    def run(self, documents: Sequence[bytes]) -> list[list[Emitted]]:
        """For each document (as JSON) what each map emitted."""
        try:
            return self._call(documents)
        except RUN_ERRORS:
            return self._one_by_one(documents)

    def _start(self, time_s: int) -> None:
        """A fresh context: after a limit was hit the old one is not trusted."""
        self._context = quickjs.Context()
        self._context.set_memory_limit(MEMORY_BYTES_MAX)
        self._context.set_max_stack_size(STACK_BYTES_MAX)
        self._context.set_time_limit(time_s)
        self._context.eval(PRELUDE)
        compile_map = self._context.get("couchCompile")
        for source in self._sources:
            try:
                compile_map(source)
            except quickjs.JSException as error:
                raise MapError(str(error).strip()[:REASON_LENGTH_MAX]) from error
        self._map = self._context.get("couchMap")

    def _call(self, documents: Sequence[bytes]) -> list[list[Emitted]]:
        text = self._map((b"[" + b",".join(documents) + b"]").decode())
        results, errors = cast("tuple[list[list[Emitted]], list[tuple[int, int, str]]]", decode(text))
        for place, view, reason in errors:
            log_skipped(documents[place], f"map function {view}: {reason}")
        return results

    def _one_by_one(self, documents: Sequence[bytes]) -> list[list[Emitted]]:
        """A limit was hit (time, memory, depth) or broken text emitted: skip the documents that do it."""
        self._start(DOCUMENT_TIME_S_MAX)
        results: list[list[Emitted]] = []
        for document in documents:
            try:
                results += self._call([document])
            except RUN_ERRORS as error:
                log_skipped(document, str(error))
                results.append([[] for _ in self._sources])
                self._start(DOCUMENT_TIME_S_MAX)
        self._start(BATCH_TIME_S_MAX)
        return results


def log_skipped(document: bytes, reason: str) -> None:
    logger.warning("no rows for %r: %s", document[:SHOWN_BYTES], reason.strip()[:REASON_LENGTH_MAX])


RUN_ERRORS: Final = (quickjs.JSException, ValueError)
