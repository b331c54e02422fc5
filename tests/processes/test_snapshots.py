"""Owns the tests of snapshots as bytes: what comes out is what went in, or a reason why nothing does.

Never touches a file.
Called by pytest.
"""

import os
import pickle
from enum import StrEnum
from typing import NamedTuple

import msgspec
import pytest

from actors.machines.market_stream.catalogue import Catalogue
from actors.machines.messages.words import MarketState, Side
from actors.machines.streams import Streams
from actors.machines.turn import Stream
from actors.processes import snapshots
from actors.processes.snapshots import (
    FORMAT_VERSION,
    Header,
    SnapshotError,
    decode,
    dump,
    encode,
    load,
    seal,
    shape_of,
)
from rabbit.log import Position
from tests.machines.auction_town import MARKET, AuctionTown
from tests.machines.cross_town import A, B, C, CrossTown
from tests.machines.town import LOT, OpenTown


def lived_in_town() -> OpenTown:
    """Orders rest, have traded and were cancelled; keys and references are remembered."""
    town = OpenTown(commission=100)
    for price in range(4000, 4100, 10):
        town.place(town.alice, Side.BUY, price, LOT, reference_id=str(price))
        town.place(town.bob, Side.SELL, price + 500, LOT)
    town.place(town.bob, Side.SELL, 4050, 3 * LOT)
    return town


TOWN = lived_in_town()
STREAMS = TOWN.streams
STATE = dump(TOWN.all["markets-0"])
SHAPE = snapshots._load(STATE)[1]
GOOD = Header(FORMAT_VERSION, "markets-0", 1, "00", 0, TOWN.all["markets-0"].state_hash(), SHAPE)


def at(sequence: int) -> tuple[Position, int]:
    """Position and time of a record."""
    return Position(sequence, bytes([sequence]) * 16), 1000 + sequence


@pytest.mark.parametrize("name", STREAMS.names)
def test_a_state_survives_and_goes_on_alike(name: str) -> None:
    town = lived_in_town()
    restored = decode(encode(town.all[name], *at(1)), name, STREAMS).stream
    assert restored.state_hash() == town.all[name].state_hash()
    town.all[name] = restored
    town.place(town.alice, Side.BUY, 4700, 5 * LOT)
    town.settle(1)
    town.assert_sound()


def test_books_of_complementary_contracts_are_the_market_s_own_again() -> None:
    town = CrossTown()
    town.order(town.alice, A, Side.BUY, 5_000)
    town.order(town.bob, B, Side.BUY, 3_000)
    name = town.streams.of_market(1)
    town.all[name] = decode(encode(town.all[name], *at(1)), name, town.streams).stream
    town.order(town.carol, C, Side.BUY, 2_000)
    assert town.states(town.carol) == [("filled", 1)]
    town.assert_sound()


def test_what_an_auction_has_collected_trades_after_it_too() -> None:
    town = AuctionTown(60)
    town.move(MarketState.AUCTION)
    town.order(town.alice, Side.BUY, 6_000, 3)
    town.order(town.bob, Side.SELL, None)
    name = town.streams.of_market(MARKET)
    town.all[name] = decode(encode(town.all[name], *at(1)), name, town.streams).stream
    town.order(town.carol, Side.SELL, 4_000)
    town.wait(60_000_000)
    assert [(event.price, event.volume) for event in town.uncrossed()] == [(5_000, 2 * LOT)]
    town.assert_sound()


def test_what_is_one_object_stays_one() -> None:
    """A resting order is known to its account and to its position: both must see it trade."""
    town = lived_in_town()
    name = town.streams.of_username("alice")
    town.all[name] = load(dump(town.all[name]))
    account = town.accounts(name).accounts[town.alice]
    live = account.positions[1].live
    assert live
    assert all(account.orders[order_id] is order for order_id, order in live.items())


def test_what_is_unheard_by_post_survives() -> None:
    town = OpenTown()
    name = town.streams.of_username("alice")
    town.turn(name, [("order", town.request_of(town.alice, *[]))])
    town.turn(town.streams.of_market(1), letters=town.letters_of(name))
    before = town.letters_of(name)
    town.all[name] = load(dump(town.all[name]))
    assert town.letters_of(name) == before


def test_a_snapshot_tells_what_it_is_of() -> None:
    state = TOWN.all["markets-0"]
    content = encode(state, *at(7))
    header = decode(content, "markets-0", STREAMS).header
    assert header.position == Position(7, bytes([7]) * 16)
    assert header == Header(FORMAT_VERSION, "markets-0", 7, "07" * 16, 1007, state.state_hash(), SHAPE)
    begins = f'{{"version":{FORMAT_VERSION},"stream":"markets-0"'
    assert content.startswith(begins.encode()), "an operator can read it"


class Elsewhere:
    """No class of a machine."""


def pickled_name(module: str, name: str) -> bytes:
    """What makes an unpickler look for a name in a module."""
    return (
        b"\x80\x05"
        + b"".join(b"\x8c" + bytes([len(text)]) + text.encode() for text in (module, name))
        + b"\x93."
    )


def headed(**changes: object) -> bytes:
    return seal(msgspec.json.encode(msgspec.structs.asdict(GOOD) | changes), STATE)


CATALOGUE = "actors.machines.market_stream.catalogue"
REFUSED = [
    (b"", "torn or altered"),
    (headed()[:-1], "torn or altered"),
    (headed() + b"\n", "torn or altered"),
    (headed(version=FORMAT_VERSION + 1), f"has format {FORMAT_VERSION + 1}"),
    (headed(version=FORMAT_VERSION - 1), f"has format {FORMAT_VERSION - 1}"),
    (headed(version=FORMAT_VERSION + 1, sequence="a word", news=[]), f"has format {FORMAT_VERSION + 1}"),
    (headed(stream="markets-1"), "of the stream markets-1"),
    (headed(news=1), "header can't be read"),
    (headed(digest="no number"), "header can't be read"),
    (headed(state_hash="0" * 64), "state hashes differ"),
    (headed(shape="0" * 64), "of other machines"),
    (seal(b"[]", STATE), "header can't be read"),
    (seal(b'{"version":' + b" " * 5000 + b"1}", STATE), "header can't be read"),
    (seal(msgspec.json.encode(GOOD), dump(TOWN.all["markets-1"])), "that of markets-1"),
    (seal(msgspec.json.encode(GOOD), dump(Stream("markets-0", Streams(4, 4)))), "among Streams"),
    (seal(msgspec.json.encode(GOOD), b"no pickle"), "state can't be read"),
    (seal(msgspec.json.encode(GOOD), STATE[:-1]), "state can't be read"),
    (seal(msgspec.json.encode(GOOD), pickle.dumps((1, 2, 3, 4))), "state can't be read"),
    (seal(msgspec.json.encode(GOOD), pickle.dumps(os.getcwd)), "no class of a machine"),
    (seal(msgspec.json.encode(GOOD), pickle.dumps(Elsewhere())), "no class of a machine"),
    (seal(msgspec.json.encode(GOOD), pickled_name(CATALOGUE, "re.compile")), "no class"),
    (seal(msgspec.json.encode(GOOD), pickled_name(CATALOGUE, "Mapping")), "no class"),
    (seal(msgspec.json.encode(GOOD), pickled_name(CATALOGUE, "slug_of")), "no class"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED)
def test_what_is_no_snapshot_of_this_stream_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(SnapshotError, match=reason):
        decode(content, "markets-0", STREAMS)


def test_what_is_refused_above_would_be_taken_otherwise() -> None:
    assert decode(headed(), "markets-0", STREAMS).header == GOOD


class Struct(msgspec.Struct):
    first: int
    second: int


class Turned(msgspec.Struct):
    second: int
    first: int


class Tuple(NamedTuple):
    first: int


class Slotted:
    __slots__ = ("first",)


class Plain:
    def __init__(self) -> None:
        self.first = 1


class Grown:
    def __init__(self) -> None:
        self.first = 1
        self.second = 2


class Word(StrEnum):
    FIRST = "first"


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        (Struct, ("first", "second")),
        (Turned, ("second", "first")),
        (Tuple, ("first",)),
        (Slotted, ("first",)),
        (Plain, ("first",)),
        (Grown, ("first", "second")),
        (Word, ()),
    ],
)
def test_the_shape_of_a_class_is_its_attributes_in_their_order(
    kind: type, attributes: tuple[str, ...]
) -> None:
    assert snapshots._attributes_of(kind) == attributes


def test_the_shape_of_a_state_is_that_of_every_class_in_it_by_name() -> None:
    shapes = {
        shape_of({"machine": Plain}),
        shape_of({"machine": Grown}),
        shape_of({"other": Plain}),
        shape_of({"machine": Plain, "other": Word}),
    }
    assert len(shapes) == 4
    assert shape_of({"a": Plain, "b": Word}) == shape_of({"b": Word, "a": Plain})


def test_a_state_of_a_program_whose_machine_had_other_attributes_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its format version may be the same, and so is its hash: that of what was written."""

    def born(self: Catalogue) -> None:
        self.another = 1  # type: ignore[attr-defined] # that is the point

    monkeypatch.setattr(Catalogue, "__init__", born)
    with pytest.raises(SnapshotError, match="of other machines"):
        decode(headed(), "markets-0", STREAMS)


def test_a_state_that_would_not_come_back_alike_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "_load", lambda _pickled: (Stream("markets-0", Streams()), ""))
    with pytest.raises(SnapshotError, match="does not survive"):
        encode(TOWN.all["markets-0"], *at(2))
