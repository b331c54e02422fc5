"""Owns which problems a method may end in: what the table of decisions leads to, and what it declares itself.

Never decides a request: it walks the table with what is known of a method before anybody asks.
Called by resources/openapi/declarations.py.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from actors.machines.messages.words import Reason
from resources.middleware.request_limits import HEADERS_TOO_LARGE, TOO_SLOW
from resources.refusals import kinds
from resources.toolkit import decisions, problems
from resources.toolkit.decisions import FIRST, TABLE, Decision, End, Question, Raises
from resources.toolkit.problems import ProblemKind
from resources.toolkit.resource import Method, Resource
from resources.toolkit.visitor import Who

_CHANGING: Final = frozenset({"PUT", "PATCH", "DELETE"})
_KINDS: Final[Mapping[int, ProblemKind]] = {
    kind.status: kind
    for kind in (
        problems.UNREADABLE,
        problems.NOT_SIGNED_IN,
        problems.NOT_ALLOWED,
        problems.NOT_FOUND,
        problems.METHOD_NOT_ALLOWED,
        problems.NOT_ACCEPTABLE,
        problems.PRECONDITION_FAILED,
        problems.BODY_TOO_LARGE,
        problems.URL_TOO_LONG,
        problems.UNSUPPORTED_MEDIA_TYPE,
        problems.INVALID_FIELD,
        problems.THROTTLED,
        problems.UNAVAILABLE,
    )
}
"""What a status of the table means, where it doesn't say so itself."""


def endings(resource: Resource, name: str, method: Method) -> set[ProblemKind]:
    """Every problem that this method of the resource may end in."""
    found = {*method.problems, problems.INTERNAL, TOO_SLOW, HEADERS_TOO_LARGE}
    for question, status in _ways_to_end(_foreseen(name, method)):
        if status == problems.NOT_FOUND.status and not resource.parsed_pattern.fields:
            continue
        found.add(problems.FORGED if question is decisions.comes_from_our_page else _KINDS[status])
    if name != "GET":
        found.add(problems.OUTCOME_UNKNOWN)
    if method.idempotent_key:
        found |= {*kinds(Reason.KEY_REUSED)}
    return found


def _foreseen(name: str, method: Method) -> Mapping[Question, bool]:
    """The questions whose answer is known of a method; all others may be answered either way."""
    known: dict[Question, bool] = {
        decisions.asks_what_is_possible: False,
        decisions.method_is_known: True,
        decisions.anyone_may: method.who is Who.ANYONE,
        decisions.must_be_known: method.who is not Who.ANYONE,
        decisions.takes_a_body: method.body is not None,
    }
    if name == "GET":
        known |= {decisions.is_a_form: False, decisions.a_page_could_have_forged_it: False}
    if name not in _CHANGING:
        known[decisions.has_a_precondition] = False
    return known


def _ways_to_end(foreseen: Mapping[Question, bool]) -> Iterator[tuple[Question, int]]:
    """Each question that may end the way with a problem, and the status of that."""
    seen, waiting = {FIRST}, [FIRST]
    while waiting:
        decision = TABLE[waiting.pop()]
        for leads_to in _possible(decision, foreseen):
            if isinstance(leads_to, str):
                if leads_to not in seen:
                    seen.add(leads_to)
                    waiting.append(leads_to)
            elif isinstance(leads_to, Raises):
                yield from ((decision.ask, status) for status in leads_to.statuses)
            elif leads_to.refuse is not None:
                yield decision.ask, leads_to.status


def _possible(decision: Decision, foreseen: Mapping[Question, bool]) -> list[str | End | Raises]:
    if decision.ask in foreseen:
        return [decision.yes if foreseen[decision.ask] else decision.no]
    return [decision.yes, decision.no]
