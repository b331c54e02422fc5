"""Owns the tests of the news of the exchange: who joined, and what becomes of markets.

Never tells who trades.
Called by pytest.
"""

import pytest

from actors.machines.messages.activity import JoinedContent, NewsContent
from actors.machines.messages.commands import ChangeMarketState, SettleMarket
from actors.machines.messages.words import MarketState
from actors.machines.stream import names
from actors.machines.streams import Streams
from tests.machines.stream.square import FOUR, ONE, Square


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_a_market_s_life_stands_in_its_stream_its_event_s_and_the_exchange_s(streams: Streams) -> None:
    square = Square(streams)
    square.move(MarketState.HALTED)
    square.move(MarketState.OPEN)
    square.settle(1)
    square.send(square.staff, SettleMarket(1, (2,), False, "a typing error"))
    square.send(square.staff, SettleMarket(1, (), True, "abandoned"))
    news = [
        NewsContent("created"),
        NewsContent("opened"),
        NewsContent("halted"),
        NewsContent("opened"),
        NewsContent("closed"),
        NewsContent("settled", "the referee says so", (1,)),
        NewsContent("corrected", "a typing error", (2,)),
        NewsContent("voided", "abandoned"),
    ]
    for place in (names.of_market(1), names.of_event(1), names.EXCHANGE):
        entries = square.activity(place)
        assert [entry.content for entry in entries] == news
        assert {(entry.market_id, entry.event_id, entry.account_id) for entry in entries} == {(1, 1, 0)}
    square.assert_sound()


def test_a_halt_tells_its_reason() -> None:
    square = Square()
    square.send(square.staff, ChangeMarketState(1, MarketState.HALTED, "a goal is checked"))
    assert square.activity(names.of_market(1))[-1].content == NewsContent("halted")


@pytest.mark.parametrize("streams", [ONE, FOUR])
def test_who_registers_has_joined(streams: Streams) -> None:
    square = Square(streams)
    (entry,) = square.activity(names.of_member(square.alice))
    assert (entry.content, entry.account_id, entry.username) == (JoinedContent(), square.alice, "alice")
