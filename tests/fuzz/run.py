"""Owns a run: rounds of requests to one exchange each, by everybody, judged one by one.

Never decides what is wrong with an answer.
Called by ``make fuzz`` (tests/fuzz/__main__.py) and by tests/fuzz/test_fuzz.py.
"""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.generation.feedback import NO_FEEDBACK

from tests.fuzz.judging import faults
from tests.fuzz.priming import primed
from tests.fuzz.stage import Stage, Visitor

_MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
_SIGNED_OUT: Final = frozenset({204, 401})
_NEXT: Final = 1_000_003
"""From one seed to the next of a round, so that no two rounds draw the same."""
_NOT_OF_A_REQUEST: Final = frozenset({"timeout", "verify", "cert", "proxies", "stream", "allow_redirects"})


class Fault(NamedTuple):
    """What was wrong, where, for whom, and what had been asked."""

    operation: str
    visitor: str
    what: str
    asked: str

    def __str__(self) -> str:
        return f"{self.operation} as {self.visitor}: {self.what}\n    {self.asked}"


class Report:
    """What a run came to. ``digest`` is of all that was sent: runs of one seed send the same."""

    def __init__(self) -> None:
        self.requests = 0
        self.statuses: Counter[int] = Counter()
        self.operations: set[str] = set()
        self.faults: list[Fault] = []
        self._digest = blake2b(digest_size=8)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def note(self, case: Case[Any], asked: str, status: int) -> None:
        self.requests += 1
        self.statuses[status] += 1
        self.operations.add(case.operation.label)
        self._digest.update(asked.encode())


class Round:
    """Requests to one exchange: what the description's borders suggest, then what chance draws."""

    def __init__(
        self, stage: Stage, report: Report, progress: Callable[[], None], path: str | None = None
    ) -> None:
        """``path``: only the operations of this one."""
        document = stage.ok(stage.anonymous, "GET", "/v3/openapi.json")
        schema = schemathesis.openapi.from_dict(primed(document, stage.known))
        self._schema: BaseSchema = schema if path is None else schema.include(path=path)
        self._stage = stage
        self._report = report
        self._progress = progress
        self._turns: Iterator[Visitor] = itertools.cycle(stage.visitors)

    def run(self, count: int, number: int, *, borders: bool) -> None:
        """So many requests, drawn by the seed ``number``; half of them at borders, if wished."""
        operations = [found.ok() for found in self._schema.get_all_operations() if isinstance(found, Ok)]
        ends_at = self._report.requests + count
        if borders:
            cases = list(self._borders(operations))
            random.Random(number).shuffle(cases)
            for case in cases[: count // 2]:
                self._judge(case)
        while (left := ends_at - self._report.requests) > 0:
            # Chance may end early where there is little to draw: the others get what is left.
            share = -(-left // len(operations))
            for operation in operations:
                self._draw(operation, min(share, ends_at - self._report.requests), number)
            number += _NEXT

    def _borders(self, operations: list[APIOperation[Any, Any, Any, Any]]) -> Iterator[Case[Any]]:
        for operation in operations:
            config = self._schema.config.generation_for(operation=operation, phase="coverage")
            yield from self._schema.iter_coverage_cases(
                operation, generation_modes=list(_MODES), generation_config=config
            )

    def _draw(self, operation: APIOperation[Any, Any, Any, Any], count: int, number: int) -> None:
        if count == 0:
            return

        @seed(number)
        @settings(
            max_examples=count,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(*(operation.as_strategy(mode, feedback=NO_FEEDBACK) for mode in _MODES)))
        def each(case: Case[Any]) -> None:
            self._judge(case)

        each()

    def _judge(self, case: Case[Any]) -> None:
        visitor = next(self._turns)
        request = prepared(case, self._stage.way.base_url, visitor)
        response = self._stage.way.send(request)
        asked = written(request)
        self._report.note(case, asked, response.status_code)
        for what in faults(case, response, visitor):
            self._report.faults.append(Fault(case.operation.label, visitor.name, what, asked))
        if response.status_code in _SIGNED_OUT and visitor.is_somebody:
            self._stage.sign_in(visitor)
        self._progress()


def prepared(case: Case[Any], base_url: str, visitor: Visitor) -> requests.PreparedRequest:
    given = case.as_transport_kwargs(base_url=base_url, headers=dict(visitor.headers))
    of_a_request = {name: value for name, value in given.items() if name not in _NOT_OF_A_REQUEST}
    return requests.Request(**of_a_request).prepare()


def written(request: requests.PreparedRequest) -> str:
    return f"{request.method} {request.path_url} {str(request.body or '')[:500]}"
