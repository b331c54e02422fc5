"""Owns schedules of work and faults for a network of hosts: what may happen next, and making it happen.

Never judges what comes of it.
Called by the tests of the host core, with steps that hypothesis chooses.
"""

from hypothesis import strategies as st

from actors.machines.messages.answers import OrderResult
from actors.machines.messages.commands import PlaceOrder, Request
from actors.machines.messages.words import Side
from actors.processes.host_window import ACKNOWLEDGE_AFTER_US, REPEAT_AFTER_US
from tests.processes.network import Network
from tests.processes.workload import Floor

STEPS = st.one_of(
    st.tuples(st.just("buy"), st.integers(4_995, 5_005)),
    st.tuples(st.just("sell"), st.integers(4_995, 5_005)),
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("deliver"), st.integers(0, 5)),
    st.tuples(st.just("deliver"), st.just(0)),
    st.tuples(st.just("double"), st.integers(0, 5)),
    st.tuples(st.just("lose"), st.integers(0, 5)),
    st.tuples(st.just("restart"), st.integers(0, 3)),
    st.tuples(
        st.just("wait"), st.sampled_from([1, ACKNOWLEDGE_AFTER_US, REPEAT_AFTER_US, 3 * REPEAT_AFTER_US])
    ),
)


def take_step(network: Network, floor: Floor, asked: list[Request], step: tuple[str, int]) -> None:
    match step:
        case ("buy", price):
            asked.append(floor.buy(price, 10))
            network.ask(asked[-1])
        case ("sell", price):
            asked.append(floor.sell(price, 7))
            network.ask(asked[-1])
        case ("cancel", which):
            member = (floor.bobby, floor.alice)[which % 2]
            # Ids of orders end in the index of their stream: the which-th order of this member.
            asked.append(floor.cancel(member, (which // 2 + 1) << 4 | which % 2))
            network.ask(asked[-1])
        case ("restart", which):
            network.restart(tuple(network.cores)[which % 4])
        case ("wait", microseconds):
            network.pass_time(microseconds)
        case ("deliver", which) if which < len(network.letters):
            network.deliver(which)
        case ("double", which) if which < len(network.letters):
            network.hand_over(network.letters[which])
        case ("lose", which) if which < len(network.letters):
            del network.letters[which]


def is_order(asked: Request) -> bool:
    return isinstance(asked.commands[0], PlaceOrder)


def owner_of(floor: Floor, order: OrderResult) -> int:
    return floor.alice if order.side is Side.BUY else floor.bobby
