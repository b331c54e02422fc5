"""Owns the decisions: one table of questions that every request to a resource goes through.

Never knows a resource's subject, does no I/O of its own.
Called by toolkit/answering.py and openapi/endings.py; the tests assert which questions a request was asked.

A question is answered yes or no; each answer leads to the next question, or to the end. A question that
knows better than its end what is wrong raises the problem itself. The order is a promise: who isn't known
isn't told what is wrong with a body, and nothing is parsed for who asks too much.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple, Never, Protocol, cast
from urllib.parse import urlencode

import msgspec

from actors.machines import limits
from resources.toolkit.body import FORM_MEDIA_TYPE, MEDIA_TYPE, media_type_of, read_json
from resources.toolkit.browsers import TOKEN_FIELD, TOKEN_HEADER, Browsers
from resources.toolkit.conditions import is_current, is_known
from resources.toolkit.form_input import KEPT_FIELD, KEY_FIELD, METHOD_FIELD, read_fields, tree_of
from resources.toolkit.handling import IS_ROOM, Handling
from resources.toolkit.negotiation import choose, wanted_format
from resources.toolkit.problems import (
    BODY_TOO_LARGE,
    FORGED,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    NOT_ALLOWED,
    NOT_SIGNED_IN,
    PRECONDITION_FAILED,
    UNSUPPORTED_MEDIA_TYPE,
    URL_TOO_LONG,
    ProblemError,
    not_signed_in,
)
from resources.toolkit.resource import Call, Resource
from resources.toolkit.visitor import ROLES, Admission, Authority, Who, why_not

_STAFF: Final = frozenset({Who.STAFF, *ROLES})
_CHANGING: Final = frozenset({"PUT", "PATCH", "DELETE"})


class Represent(Protocol):
    """Makes what is sent of an outcome, and the tag of it."""

    def __call__(self, handling: Handling, /) -> None: ...


class Around(NamedTuple):
    """Who and what the decisions ask."""

    authority: Authority
    admission: Admission
    browsers: Browsers
    represent: Represent


Question = Callable[[Handling, Around], bool | Awaitable[bool]]


class End(NamedTuple):
    """The end of the way: the problem that it is, or none where there is an answer."""

    status: int
    refuse: Callable[[Handling], ProblemError] | None = None


class Raises(NamedTuple):
    """Where a question leads that is never answered no: it raises the problem itself, with one of these."""

    statuses: tuple[int, ...]


class Decision(NamedTuple):
    """A question, and where each answer leads."""

    ask: Question
    yes: str | End
    no: str | End | Raises


async def decide(handling: Handling, around: Around) -> End:
    """Asks the questions in turn, and gives the end that is an answer. Raises ``ProblemError``."""
    step: _Step | End | Raises = _FIRST_STEP
    note = handling.path.append
    while type(step) is _Step:
        note(step.name)
        answer = step.ask(handling, around)
        if answer is True:
            step = step.yes
        elif answer is False or not await answer:
            step = step.no
        else:
            step = step.yes
    assert isinstance(step, End), "such a question raises"
    if step.refuse is not None:
        raise step.refuse(handling)
    return step


class _Step:
    """A decision that knows where it leads without a look at the table: a request takes twenty of them."""

    __slots__ = ("ask", "name", "no", "yes")

    def __init__(self, name: str, ask: Question) -> None:
        self.name = name
        self.ask = ask
        self.yes: _Step | End | Raises
        self.no: _Step | End | Raises


def _linked(table: Mapping[str, Decision]) -> dict[str, _Step]:
    steps = {name: _Step(name, decision.ask) for name, decision in table.items()}
    for name, decision in table.items():
        yes, no = decision.yes, decision.no
        steps[name].yes = steps[yes] if isinstance(yes, str) else yes
        steps[name].no = steps[no] if isinstance(no, str) else no
    return steps


def allowed_methods(resource: Resource) -> str:
    """The value of ``Allow``."""
    methods = set(resource.methods) | {"OPTIONS"}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


# The questions, in the order in which they are asked.


def url_is_short(handling: Handling, _: Around) -> bool:
    request = handling.request
    return len(request.path) + len(request.query_string) <= limits.URL_CHARACTERS_MAX


def asks_what_is_possible(handling: Handling, _: Around) -> bool:
    return handling.method_name == "OPTIONS"


def is_a_form(handling: Handling, _: Around) -> bool:
    request = handling.request
    given = request.headers.get("content-type", "")
    return (
        request.method == "POST"
        and given != MEDIA_TYPE
        and bool(request.body)
        and media_type_of(given) == FORM_MEDIA_TYPE
    )


def form_is_readable(handling: Handling, _: Around) -> bool:
    """Raises 400. A form says itself which method it means, for browsers know but two."""
    body = handling.request.body
    assert body is not None
    handling.form = fields = read_fields(body)
    handling.method_name = fields.pop(METHOD_FIELD, ["POST"])[-1].upper()
    handling.kept = fields.pop(KEPT_FIELD, [""])[-1]
    if key := fields.pop(KEY_FIELD, [""])[-1]:
        headers = {**handling.request.headers, "idempotency-key": key}
        handling.request = msgspec.structs.replace(handling.request, headers=headers)
    if handling.method_name == "DELETE":
        token = fields.pop(TOKEN_FIELD, [""])
        handling.query_string = urlencode(fields, doseq=True)
        handling.form = {TOKEN_FIELD: token}
    return True


def method_is_known(handling: Handling, _: Around) -> bool:
    name = "GET" if handling.method_name == "HEAD" else handling.method_name
    handling.method = handling.resource.methods.get(name)
    # What a form means is a command: nothing is read by POST.
    return handling.method is not None and not (handling.form is not None and handling.reads)


def credentials_are_shown(handling: Handling, around: Around) -> bool:
    headers = handling.request.headers
    handling.has_cookie = "authorization" not in headers and around.browsers.session(headers) is not None
    return handling.has_cookie or "authorization" in headers


async def credentials_are_good(handling: Handling, around: Around) -> bool:
    """May raise 429: whoever guesses is soon refused."""
    headers = handling.request.headers
    authorization = (
        f"Session-Token {around.browsers.session(headers)}"
        if handling.has_cookie
        else headers["authorization"]
    )
    try:
        handling.visitor = await around.authority.identify(authorization, handling.request.address)
    except ProblemError as doubt:
        if doubt.kind is not NOT_SIGNED_IN:
            raise
        handling.doubt = doubt
        return False
    return True


def anyone_may(handling: Handling, _: Around) -> bool:
    # Somebody who shows a token in public sees their own last write; a bad one does no harm there.
    return handling.known_method.who is Who.ANYONE


def a_page_could_have_forged_it(handling: Handling, _: Around) -> bool:
    # Another site can make a browser send cookies and forms; who shows a token in a header is no browser.
    shown = handling.visitor is not None and not handling.has_cookie
    return not handling.reads and not shown and (handling.has_cookie or handling.form is not None)


def comes_from_our_page(handling: Handling, around: Around) -> bool:
    headers = handling.request.headers
    given = handling.form.pop(TOKEN_FIELD, [""])[-1] if handling.form is not None else ""
    return around.browsers.is_ours(headers, given or headers.get(TOKEN_HEADER, ""))


def is_admitted(handling: Handling, around: Around) -> bool:
    """Raises 429 or 503."""
    handling.rates = around.admission.admit(
        handling.visitor, handling.request.address, reading=handling.reads, cost=handling.known_method.cost
    )
    return True


def must_be_known(handling: Handling, _: Around) -> bool:
    """Where what is shown depends on who looks, whoever says who they are."""
    method = handling.known_method
    return method.who is not Who.ANYONE or (method.personal and handling.visitor is not None)


async def session_lives(handling: Handling, around: Around) -> bool:
    """Raises 401, but where anyone may look: there they are nobody. The actor judges other commands'."""
    assert handling.visitor is not None
    if handling.reads or handling.known_method.who in _STAFF:
        try:
            handling.visitor = await around.authority.confirm(handling.visitor)
        except ProblemError as problem:
            if handling.known_method.who is not Who.ANYONE or problem.kind is not NOT_SIGNED_IN:
                raise
            handling.visitor = None
    return True


def role_allows(handling: Handling, _: Around) -> bool:
    handling.why_not = why_not(handling.known_method.who, handling.visitor, reading=handling.reads)
    return handling.why_not is None


def representation_is_offered(handling: Handling, _: Around) -> bool:
    handling.representation = choose(
        handling.resource.representations,
        handling.request.headers.get("accept", ""),
        wanted_format(handling.query_string),
    )
    return handling.representation is not None


def body_is_whole(handling: Handling, _: Around) -> bool:
    return handling.request.body is not None


def takes_a_body(handling: Handling, _: Around) -> bool:
    return handling.known_method.body is not None


def body_type_is_known(handling: Handling, _: Around) -> bool:
    request = handling.request
    if handling.form is not None or not request.body:
        return True
    given = request.headers.get("content-type", "")
    return given == MEDIA_TYPE or media_type_of(given) == MEDIA_TYPE


def body_is_valid(handling: Handling, _: Around) -> bool:
    """Raises 400 or 422."""
    body, content = handling.known_method.body, handling.request.body
    assert body is not None
    assert content is not None
    value = read_json(content) if handling.form is None else tree_of(handling.form, body.form)
    handling.body = body.parse(value)
    return True


def path_and_query_are_valid(handling: Handling, _: Around) -> bool:
    """Raises 404 or 422."""
    handling.fields = handling.resource.parsed_pattern.parse(handling.given)
    handling.query = handling.known_method.parse_query(handling.query_string)
    return True


def has_a_precondition(handling: Handling, _: Around) -> bool:
    return handling.method_name in _CHANGING and "if-match" in handling.request.headers


async def precondition_holds(handling: Handling, around: Around) -> bool:
    """Looks at the state as a reader would see it."""
    current = Handling(handling.resource, handling.request, handling.given)
    current.method_name = "GET"
    current.method = handling.resource.methods.get("GET")
    current.visitor, current.fields = handling.visitor, handling.fields
    current.representation = handling.resource.representations[0]
    if current.method is not None:
        current.query = current.method.parse_query("")
        await is_carried_out(current, around)
        around.represent(current)
    return is_current(handling.request.headers["if-match"], current.tag)


async def is_carried_out(handling: Handling, _: Around) -> bool:
    """Asks the resource itself. Raises whatever it finds: 404, 409, 422, 503, 504."""
    method = handling.known_method
    call = Call(
        handling.request,
        handling.fields,
        handling.visitor,
        handling.body,
        handling.query,
        handling.chosen.name,
        method.who is Who.ANYONE and not (method.personal and handling.visitor is not None),
    )
    handling.outcome = await method.handle(cast("Never", call))
    return True


def is_modified(handling: Handling, around: Around) -> bool:
    around.represent(handling)
    known = handling.request.headers.get("if-none-match")
    if known is None or not handling.reads or handling.tag is None:
        return True
    return not is_known(known, handling.tag)


def _not_allowed_method(handling: Handling) -> ProblemError:
    allowed = allowed_methods(handling.resource)
    return ProblemError(METHOD_NOT_ALLOWED, f"Possible here: {allowed}.", headers={"allow": allowed})


def _doubted(handling: Handling) -> ProblemError:
    return handling.doubt or not_signed_in("This needs the header Authorization: Session-Token TOKEN.")


def _not_acceptable(handling: Handling) -> ProblemError:
    possible = ", ".join(each.media_type.partition(";")[0] for each in handling.resource.representations)
    return ProblemError(NOT_ACCEPTABLE, f"This is here as {possible}.")


def _unsupported_type(handling: Handling) -> ProblemError:
    given = media_type_of(handling.request.headers.get("content-type", "")) or "of an unnamed type"
    known = f"{MEDIA_TYPE}, {FORM_MEDIA_TYPE}" if handling.method_name == "POST" else MEDIA_TYPE
    name = {"POST": "accept-post", "PATCH": "accept-patch"}.get(handling.method_name, "accept")
    return ProblemError(
        UNSUPPORTED_MEDIA_TYPE, f"The body must be {MEDIA_TYPE}, not {given}.", headers={name: known}
    )


POSSIBLE: Final = End(204)
NOT_MODIFIED: Final = End(304)
ANSWERED: Final = End(200)
_TOO_LONG: Final = End(
    414,
    lambda _: ProblemError(URL_TOO_LONG, f"A URL may have up to {limits.URL_CHARACTERS_MAX} characters."),
)
_TOO_LARGE: Final = End(
    413,
    lambda _: ProblemError(BODY_TOO_LARGE, f"A body may have up to {limits.BODY_BYTES_MAX} bytes."),
)
_FORGED: Final = End(
    403,
    lambda _: ProblemError(
        FORGED, "The form is not from a page of this visit. Go back, reload, send it again."
    ),
)
_NOT_FOR_THEM: Final = End(403, lambda handling: ProblemError(NOT_ALLOWED, handling.why_not or ""))
_STALE: Final = End(
    412,
    lambda _: ProblemError(PRECONDITION_FAILED, "It has changed since. Nothing was done: look at it again."),
)
FIRST: Final = "is the URL short enough?"
TABLE: Final[Mapping[str, Decision]] = {
    FIRST: Decision(url_is_short, "what is possible?", _TOO_LONG),
    "what is possible?": Decision(asks_what_is_possible, POSSIBLE, "is it a form?"),
    "is it a form?": Decision(is_a_form, "is the form readable?", "is the method known?"),
    "is the form readable?": Decision(form_is_readable, "is the method known?", Raises((400,))),
    "is the method known?": Decision(
        method_is_known, "are credentials shown?", End(405, _not_allowed_method)
    ),
    "are credentials shown?": Decision(credentials_are_shown, "are they good?", "may anyone?"),
    "are they good?": Decision(credentials_are_good, "could a page have forged it?", "may anyone?"),
    "may anyone?": Decision(anyone_may, "could a page have forged it?", End(401, _doubted)),
    "could a page have forged it?": Decision(a_page_could_have_forged_it, "is it from our page?", IS_ROOM),
    "is it from our page?": Decision(comes_from_our_page, IS_ROOM, _FORGED),
    IS_ROOM: Decision(is_admitted, "must they be known?", Raises((429, 503))),
    "must they be known?": Decision(must_be_known, "does the session live?", "is it offered so?"),
    "does the session live?": Decision(session_lives, "does the role allow it?", Raises((401, 503))),
    "does the role allow it?": Decision(role_allows, "is it offered so?", _NOT_FOR_THEM),
    "is it offered so?": Decision(representation_is_offered, "is the body whole?", End(406, _not_acceptable)),
    "is the body whole?": Decision(body_is_whole, "does it take a body?", _TOO_LARGE),
    "does it take a body?": Decision(takes_a_body, "is the body's type known?", "are path and query valid?"),
    "is the body's type known?": Decision(
        body_type_is_known, "is the body valid?", End(415, _unsupported_type)
    ),
    "is the body valid?": Decision(body_is_valid, "are path and query valid?", Raises((400, 422))),
    "are path and query valid?": Decision(
        path_and_query_are_valid, "is there a precondition?", Raises((404, 422))
    ),
    "is there a precondition?": Decision(has_a_precondition, "does it hold?", "is it carried out?"),
    "does it hold?": Decision(precondition_holds, "is it carried out?", _STALE),
    "is it carried out?": Decision(is_carried_out, "is it modified?", Raises((404, 503))),
    "is it modified?": Decision(is_modified, ANSWERED, NOT_MODIFIED),
}
_FIRST_STEP: Final = _linked(TABLE)[FIRST]
