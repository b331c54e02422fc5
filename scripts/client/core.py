"""Owns what a client does about each outcome of a request: done, ask again and when, or give up and why.

Never does I/O, reads a clock or draws chance: they come in as arguments.
Called by the two clients, blocking.py and asynchronous.py, which do nothing but send and wait.

Every operation may be repeated: reading changes nothing, PUT, PATCH and DELETE say how things are to be, and
a POST carries an idempotency key that is made once, with the operation. So whatever gets lost on the way, the
same operation is sent again, and the exchange carries it out once.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Json = Any  # What the API answers is checked by whoever reads it.

SCHEMES: Final = ("http", "https")
READING: Final = frozenset({"GET", "HEAD"})
TRY_AGAIN: Final = frozenset({429, 502, 503, 504})
UNSURE: Final = frozenset({500, 502, 504})
"""Answers that don't say whether anything happened."""
UNHEARD: Final = frozenset({401, 403, 429, 503})
"""Refusals before the exchange has looked for the key: they say nothing about an attempt before."""
WITHOUT_KEY: Final = frozenset({"/members/", "/sessions/"})
"""Where the exchange looks for no key: nobody is signed in yet."""
UNREADABLE: Final = (msgspec.MsgspecError, ValueError, TypeError, LookupError, RecursionError)
"""What reading an answer may raise that is not what it should be."""
PAUSE_S: Final = 0.2
PAUSE_S_MAX: Final = 2.0
DOUBLINGS_MAX: Final = 10
RETRY_AFTER_S_MAX: Final = 60.0
DETAIL_CHARACTERS_MAX: Final = 500


class ClientError(Exception):
    """What an operation can come to beside its answer."""


class AddressError(ClientError, ValueError):
    """This is no address of an exchange."""


class RefusedError(ClientError):
    """The exchange refused; ``status`` and ``problem`` are what it said.

    Nothing was done by this. ``in_doubt``: an earlier attempt, whose answer was lost, may have done it; never
    so for what has a key, as its refusal is that of all attempts.
    """

    def __init__(self, status: int, problem: Mapping[str, object], *, in_doubt: bool = False) -> None:
        super().__init__(f"{status} {problem.get('error_type', '')}: {problem.get('detail', problem)}")
        self.status = status
        self.problem = problem
        self.in_doubt = in_doubt

    @property
    def reason(self) -> str:
        """The exchange's word for it: ``INSUFFICIENT_FUNDS``."""
        return str(self.problem.get("error_type", ""))


class UnansweredError(ClientError):
    """There was no answer while patience lasted, or none that can be read; and nothing was done."""


class OutcomeUnknownError(ClientError):
    """It may have been done, or not. To carry out the same operation again tells; for 24 hours it is safe."""


@dataclass(frozen=True, slots=True)
class Operation(Generic[T_co]):
    """Something to ask of the exchange, to be carried out by any client, as often as one likes.

    ``path`` is below ``/v3``; ``read`` makes the answer of its body, or raises one of ``UNREADABLE``;
    ``is_pending`` says that the exchange has accepted it and can tell more soon; ``only_looks`` that nothing
    can happen, whatever the method.

    Who may be interrupted while it is under way (Ctrl-C, a task that is cancelled) keeps it, and carries the
    same one out again: another one, made alike, would be another order.
    """

    method: str
    path: str
    read: Callable[[bytes], T_co]
    content: bytes | None = None
    key: str | None = None
    is_pending: Callable[[T_co], bool] = field(default=lambda _: False)
    only_looks: bool = False

    @property
    def headers(self) -> dict[str, str]:
        given = {} if self.content is None else {"Content-Type": "application/json"}
        return given if self.key is None else {**given, "Idempotency-Key": self.key}


def new_key() -> str:
    """An idempotency key that nobody else has."""
    return secrets.token_hex(16)


def new_key_for(method: str, path: str) -> str | None:
    """The key of a new operation, if it is one that needs a key."""
    return new_key() if method == "POST" and path not in WITHOUT_KEY else None


def address_of(url: str) -> str:
    """Where the API is, of the exchange's address, with or without ``/v3``. Raises ``AddressError``."""
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one:
        raise AddressError(f"an address like http://127.0.0.1:8000 is needed, not {url!r}")
    return f"{url.rstrip('/').removesuffix('/v3')}/v3"


def read_json(content: bytes) -> Json:
    """The JSON of an answer; None if it has no body."""
    return msgspec.json.decode(content) if content else None


def operation(method: str, path: str, body: object = None, key: str | None = None) -> Operation[Json]:
    """Anything that the API offers; its answer is the JSON."""
    content = None if body is None else msgspec.json.encode(body)
    return Operation(method, path, read_json, content, key or new_key_for(method, path))


class Page(NamedTuple, Generic[T]):
    """Part of a list; ``following`` asks for the next part, if this is not the last."""

    items: tuple[T, ...]
    following: "Operation[Page[T]] | None"


class _Pagination(msgspec.Struct, frozen=True):
    next_page: str | None


class _Paged(msgspec.Struct, frozen=True):
    pagination: _Pagination


def page_of(listed: Operation[tuple[T, ...]]) -> Operation[Page[T]]:
    """Asks for a list as ``listed`` does, and gives the way to what is behind its end, too."""
    place = listed.path.partition("?")[0]

    def read(content: bytes) -> Page[T]:
        query = msgspec.json.decode(content, type=_Paged).pagination.next_page
        following = None if query is None else page_of(Operation("GET", f"{place}{query}", listed.read))
        return Page(listed.read(content), following)

    return Operation(listed.method, listed.path, read)


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """The operation is over."""

    value: T


@dataclass(frozen=True, slots=True)
class Pause:
    """The operation is to be sent again, after so long."""

    seconds: float


class Asking(Generic[T]):
    """One operation on its way to an answer.

    ``chance`` gives numbers from 0 to 1, so that those who wait for the same don't come back together.
    """

    def __init__(
        self, asked: Operation[T], patience_s: float, now: float, chance: Callable[[], float]
    ) -> None:
        self.operation = asked
        self._give_up = now + patience_s
        self._chance = chance
        self._attempts = 0
        self._in_doubt = False

    def answered(
        self, status: int, headers: Mapping[str, str], content: bytes, now: float
    ) -> Answered[T] | Pause:
        """What an answer means. Raises ``ClientError``."""
        if 200 <= status < 300:
            return self._read(content, now)
        self._in_doubt |= status in UNSURE and not self._is_reading
        pause = self._pause(now, _retry_after_s(headers)) if status in TRY_AGAIN else None
        if pause is not None:
            return pause
        key = self.operation.key
        refused = RefusedError(status, _problem(content, headers), in_doubt=self._in_doubt and key is None)
        if self._in_doubt and (status in UNSURE or (key is not None and status in UNHEARD)):
            raise OutcomeUnknownError(f"{self._name}: {refused}") from refused
        raise refused

    def lost(self, how: str, now: float, *, sent: bool) -> Pause:
        """There was no answer; ``sent``: the request may have arrived. Raises ``ClientError``."""
        self._in_doubt |= sent and not self._is_reading
        pause = self._pause(now)
        if pause is not None:
            return pause
        if self._in_doubt:
            raise OutcomeUnknownError(f"{self._name}: {how}")
        raise UnansweredError(f"{self._name}: {how}")

    def _read(self, content: bytes, now: float) -> Answered[T] | Pause:
        try:
            value = self.operation.read(content)
        except UNREADABLE as error:
            shown = content[:DETAIL_CHARACTERS_MAX].decode(errors="replace")
            unreadable = UnansweredError if self._is_reading else OutcomeUnknownError
            raise unreadable(f"{self._name}: an answer that can't be read ({error}): {shown}") from error
        pause = self._pause(now) if self.operation.is_pending(value) else None
        return Answered(value) if pause is None else pause

    def _pause(self, now: float, at_least_s: float = 0.0) -> Pause | None:
        """How long to wait for the next attempt; None where that would be when patience is over."""
        left = self._give_up - now
        if left <= 0 or left < at_least_s:
            return None
        longest = min(PAUSE_S * 2.0 ** min(self._attempts, DOUBLINGS_MAX), PAUSE_S_MAX)
        self._attempts += 1
        return Pause(min(left, max(at_least_s, longest * (1 + self._chance()) / 2)))

    @property
    def _is_reading(self) -> bool:
        return self.operation.only_looks or self.operation.method in READING

    @property
    def _name(self) -> str:
        return f"{self.operation.method} {self.operation.path}"


def _retry_after_s(headers: Mapping[str, str]) -> float:
    """What the exchange asks for, within reason; a date, which proxies may send, counts as nothing."""
    text = headers.get("retry-after", "")
    return min(float(text), RETRY_AFTER_S_MAX) if text.isdecimal() else 0.0


def _problem(content: bytes, headers: Mapping[str, str]) -> Mapping[str, object]:
    """What an answer that is no success says, whoever gave it."""
    try:
        return msgspec.json.decode(content, type=dict[str, object])
    except UNREADABLE:
        said = content[:DETAIL_CHARACTERS_MAX].decode(errors="replace") or "an answer without words"
        moved = headers.get("location")
        return {"detail": said if moved is None else f"{said}, which points to {moved}"}
