"""Owns the tests of stream names and of the rule that says which stream owns a name or id.

Never opens a log.
Called by pytest.
"""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.machines.streams import Streams, account_stream_of_id, leading_bits, make_id, social_stream_of_id


@pytest.mark.parametrize("count", [0, 3, 32, -1])
def test_only_powers_of_two_up_to_sixteen_are_streams(count: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        Streams(accounts=count)
    with pytest.raises(ValueError, match="power of two"):
        Streams(markets=count)


def test_names() -> None:
    assert Streams(2, 1).names == ("accounts-0", "accounts-1", "markets-0", "social-0")
    assert Streams().of_events == "markets-0"


# MD5 of "account/alice" begins with 0xC5, of "account/staff" with 0x29: leading bits 1 and 0.
@pytest.mark.parametrize(("username", "stream"), [("alice", "accounts-1"), ("staff", "accounts-0")])
def test_a_name_keeps_its_stream_for_good(username: str, stream: str) -> None:
    assert Streams().of_username(username) == stream


@given(st.text(), st.sampled_from([1, 2, 4, 8]))
def test_more_streams_split_each_in_two(name: str, count: int) -> None:
    assert leading_bits(name, 2 * count) // 2 == leading_bits(name, count)


def test_markets_spread_evenly() -> None:
    counts = Counter(Streams(2, 4).of_market(market_id) for market_id in range(1, 4001))
    assert all(800 < count < 1200 for count in counts.values())


@given(st.integers(1, 10**15), st.integers(0, 15))
def test_an_id_tells_the_stream_that_made_it(counter: int, index: int) -> None:
    stream = f"accounts-{index}"
    assert account_stream_of_id(make_id(counter, stream)) == stream
    social = f"social-{index}"
    assert social_stream_of_id(make_id(counter, social)) == social


@pytest.mark.parametrize("streams", [Streams(), Streams(1, 4, 0), Streams(2, 1, 8)])
def test_streams_are_known_by_their_names(streams: Streams) -> None:
    assert Streams.of_names(streams.names) == streams


def test_social_streams_may_be_missing_and_own_names_like_the_others() -> None:
    assert Streams(social=0).social_names == ()
    streams = Streams(1, 1, 2)
    assert streams.names == ("accounts-0", "markets-0", "social-0", "social-1")
    assert streams.trading_names == ("accounts-0", "markets-0")
    assert {streams.of_activity(f"member/{number}") for number in range(20)} == set(streams.social_names)
    with pytest.raises(ValueError, match="power of two"):
        Streams(social=3)
