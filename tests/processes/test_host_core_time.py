"""Owns the tests of time in a host's core: that of records, and when it wakes for what is due by itself.

Never starts a process and never waits: both clocks are the network's.
Called by pytest.
"""

from actors.machines import limits
from actors.machines.messages.challenges import Offer, OfferChallenge
from actors.machines.messages.commands import GetOrder
from actors.machines.messages.words import OrderState, Side
from tests.processes.network import Network, order_of
from tests.processes.workload import Floor, request

ALICES, MARKET = "accounts-1", "markets-0"


# The time of records.


def test_time_in_the_log_never_goes_back_though_the_clock_does(network: Network, floor: Floor) -> None:
    network.now -= 60_000_000
    network.answer(floor.buy(5_000, 10))
    times = [entry.time for entry in network.records(ALICES)]
    assert times == sorted(times)
    assert times[-1] > network.wall()


def test_an_effect_has_a_later_time_than_its_cause_whatever_clocks_say(
    network: Network, floor: Floor
) -> None:
    """Time stands still here, as for a clock that is behind."""
    network.ask(floor.buy(5_000, 10), "order")
    network.deliver_all()
    placed, reported = network.records(ALICES)[-2:]
    (matched,) = network.records(MARKET)[-1:]
    assert placed.time < matched.time < reported.time


# What is due by itself.


def test_a_host_wakes_when_something_is_due_by_the_clock_of_records(network: Network, floor: Floor) -> None:
    contract_id = floor.market.contracts[0].contract_id
    expires = network.wall() + 2 * limits.TIMERS_LOOK_AGAIN_US
    offer = OfferChallenge(floor.market.market_id, contract_id, Side.BUY, 5_000, 10, Offer(0, None, expires))
    network.ask(request(floor.alice, offer), "offer")
    states, order_id = [], 0
    for wall in (network.wall() + 1_000_000, expires - 1, expires):
        network.pass_time(wall - network.wall())
        network.deliver_all()
        if not order_id:
            order_id = order_of(network.answers["offer"][0]).order_id
            network.restart(MARKET)
        network.ask(GetOrder(floor.alice, order_id), "look")
        states.append(order_of(network.answers["look"][-1]).state)
    assert states == [OrderState.CREATED, OrderState.CREATED, OrderState.CANCELLED]


def test_where_the_wall_clock_was_set_back_a_host_waits_until_it_has_caught_up(
    network: Network, floor: Floor
) -> None:
    contract_id = floor.market.contracts[0].contract_id
    expires = network.wall() + 3_000_000
    offer = OfferChallenge(floor.market.market_id, contract_id, Side.BUY, 5_000, 10, Offer(0, None, expires))
    network.ask(request(floor.alice, offer), "offer")
    for _ in range(5):
        network.deliver_all()
        network.pass_time(500_000)
    network.deliver_all()
    core = network.cores[MARKET]
    network.set_back_us = 5_000_000
    core.tick(network.now)
    assert core.due() == network.now + expires - network.wall()


def test_a_host_looks_again_and_again_as_the_wall_clock_may_be_set(network: Network, floor: Floor) -> None:
    contract_id = floor.market.contracts[0].contract_id
    expires = network.wall() + limits.CHALLENGE_LIFE_MAX_US
    offer = OfferChallenge(floor.market.market_id, contract_id, Side.BUY, 5_000, 10, Offer(0, None, expires))
    network.ask(request(floor.alice, offer), "offer")
    network.deliver_all()
    for _ in range(20):
        network.pass_time(1_000_000)
        network.deliver_all()
    core = network.cores[MARKET]
    core.tick(network.now)
    assert core.due() == network.now + limits.TIMERS_LOOK_AGAIN_US
