"""Owns what a snapshot is: a stream's whole state at a record, as bytes that prove themselves or are refused.

Never is the truth: the log is, and a snapshot only spares reading it from the beginning. Opens no file.
Called by the keeper (makes them), the host's core (recovers from them) and whatever keeps their bytes.

The bytes are one line of JSON (the header), the state, and a SHA-256 over both. The state is pickled, so that
what is one object to two machines stays one, and read with an allow-list: nothing comes out but the machines'
own classes. These must have the shape (the names of their attributes) that they had, so a state of a program
with other machines is refused even where it has this format version; and what was read must have the state
hash that the header names. None is ever converted: it is refused, and the log replayed.
"""

import copyreg
import hashlib
import io
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Protocol

import msgspec

from actors.machines.book.fast import FastBook
from actors.machines.book.interface import Resting
from actors.machines.streams import Streams
from actors.machines.turn import Stream
from rabbit.log import Position

FORMAT_VERSION: Final = 2
HEADER_BYTES_MAX: Final = 4096
_SEAL_BYTES: Final = hashlib.sha256().digest_size
_MACHINES: Final = "actors.machines."


class SnapshotError(Exception):
    """These bytes are no snapshot that can be used; the message says why, as the end of a sentence."""


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a snapshot is of: a stream as of the record ``sequence``, whose hash and time these are.

    ``shape`` is that of the classes in the state. In any format to come ``version`` stands first, too.
    """

    version: int
    stream: str
    sequence: int
    digest: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})+$")]
    time: int
    state_hash: str
    shape: str = ""

    @property
    def position(self) -> Position:
        """The record that the state reflects: recovery goes on behind it."""
        return Position(self.sequence, bytes.fromhex(self.digest))


class _AnyHeader(msgspec.Struct):
    """What the header of every format has."""

    version: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state that was verified as it was read; whoever gets it may go on with it."""

    header: Header
    stream: Stream


class Snapshots(Protocol):
    """The snapshots of one stream, wherever they are kept."""

    def newest_first(self, streams: Streams) -> Iterator[Snapshot]:
        """The usable ones, each read only when asked for; others are passed over, loudly."""

    def save(self, state: Stream, position: Position, time: int) -> int:
        """Keeps the state as of the record at this position, whole or not at all; gives its bytes.

        Raises ``SnapshotError`` for a state that doesn't survive, ``OSError`` if there is no place.
        """


def encode(state: Stream, position: Position, time: int) -> bytes:
    """The snapshot of this state, which is that after the record of this position and time.

    Raises ``SnapshotError`` if the bytes would not give the same state again.
    """
    pickled = dump(state)
    # Read back before it counts: what can't be restored must not push out what can.
    restored, shape = _load(pickled)
    state_hash = state.state_hash()
    if restored.state_hash() != state_hash:
        raise SnapshotError(f"the state of {state.name} does not survive being written")
    header = Header(
        version=FORMAT_VERSION,
        stream=state.name,
        sequence=position.sequence,
        digest=position.digest.hex(),
        time=time,
        state_hash=state_hash,
        shape=shape,
    )
    return seal(msgspec.json.encode(header), pickled)


def decode(content: bytes, name: str, streams: Streams) -> Snapshot:
    """The snapshot of the stream ``name``. Raises ``SnapshotError`` for anything else."""
    header, pickled = _unseal(content)
    if header.stream != name:
        raise SnapshotError(f"it is of the stream {header.stream}")
    try:
        state, shape = _load(pickled)
        state_hash = state.state_hash() if shape == header.shape else ""
    except Exception as error:  # whatever is in the bytes, reading them raises
        raise SnapshotError(f"its state can't be read: {error!r}") from error
    if (state.name, state.streams) != (name, streams):
        raise SnapshotError(f"its state is that of {state.name} among {state.streams}")
    if shape != header.shape:
        raise SnapshotError("its state is of other machines than this program's")
    if state_hash != header.state_hash:
        raise SnapshotError("its state is not the one that was written: the state hashes differ")
    return Snapshot(header, state)


def seal(header: bytes, state: bytes) -> bytes:
    """The bytes of a snapshot with this header and this state."""
    content = header + b"\n" + state
    return content + hashlib.sha256(content).digest()


def dump(state: Stream) -> bytes:
    """The state as bytes."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=5)
    pickler.dispatch_table = copyreg.dispatch_table | {FastBook: _reduce_book}
    pickler.dump((state.name, state.streams, state.machines, state.post))
    return buffer.getvalue()


def load(pickled: bytes) -> Stream:
    """The state again; raises whatever it meets in bytes that are none."""
    return _load(pickled)[0]


def _load(pickled: bytes) -> tuple[Stream, str]:
    """The state again, and the shape that the classes in it have today."""
    unpickler = _Unpickler(io.BytesIO(pickled))
    name, streams, machines, post = unpickler.load()
    stream = Stream(name, streams)
    stream.machines, stream.post = machines, post
    return stream, shape_of(unpickler.kinds)


def shape_of(kinds: Mapping[str, type]) -> str:
    """A hash of these classes' attributes, in their order."""
    attributes = [(name, _attributes_of(kind)) for name, kind in sorted(kinds.items())]
    return hashlib.sha256(msgspec.json.encode(attributes)).hexdigest()


def _attributes_of(kind: type) -> tuple[str, ...]:
    """The names that make an object of this class what it is; of a plain class, all that its birth names."""
    for declared in ("__struct_fields__", "_fields", "__slots__"):
        if (names := getattr(kind, declared, None)) is not None:
            return tuple(names)
    return getattr(getattr(kind.__init__, "__code__", None), "co_names", ())  # type: ignore[misc] # only looked at


def _unseal(content: bytes) -> tuple[Header, bytes]:
    body, digest = content[:-_SEAL_BYTES], content[-_SEAL_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        raise SnapshotError("it is torn or altered")
    line, _, state = body.partition(b"\n")
    try:
        version = msgspec.json.decode(line[:HEADER_BYTES_MAX], type=_AnyHeader).version
        if version != FORMAT_VERSION:
            raise SnapshotError(f"it has format {version}, and this program reads format {FORMAT_VERSION}")
        return msgspec.json.decode(line, type=Header), state
    except msgspec.MsgspecError as error:
        raise SnapshotError(f"its header can't be read: {error}") from error


def _reduce_book(book: FastBook) -> tuple[Callable[[list[Resting]], FastBook], tuple[list[Resting]]]:
    """A book is its orders in priority order, not the arrays that make it fast."""
    return _book_of, (list(book.resting()),)


def _book_of(resting: list[Resting]) -> FastBook:
    book = FastBook()
    for order in resting:
        book.rest(order.order_id, order.account_id, order.side, order.price, order.quantity)
    return book


_PLAIN: Final = {("collections", "deque"): None, (__name__, _book_of.__name__): None}
"""What else a state is made of."""


class _Unpickler(pickle.Unpickler):
    """Finds no class but those of the machines. ``kinds``: those that it has found, by name."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.kinds: dict[str, type] = {}

    def find_class(self, module: str, name: str) -> object:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        # A name with a dot would lead on, to whatever a module imports.
        if module.startswith(_MACHINES) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                self.kinds[f"{module}.{name}"] = found
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no class of a machine")
