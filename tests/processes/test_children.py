"""Owns the tests of the table of the exchange's children.

Never starts one: test_root does.
Called by pytest.
"""

from pathlib import Path

from actors.machines.streams import Streams
from actors.processes.auditor import AuditorShell
from actors.processes.children import AUDITOR, KEEPER, PROJECTOR, ExchangeSupervisor
from actors.processes.host import Host
from actors.processes.keeper import KeeperShell
from actors.processes.lendable_host import LendableHost
from actors.processes.projector import ProjectorShell
from actors.processes.settings import Settings
from actors.processes.social_host import SocialHost
from actors.processes.supervision import Restart, Strategy


def test_every_stream_has_a_host_of_its_name_and_all_have_one_follower_of_each_kind() -> None:
    supervisor = ExchangeSupervisor()
    supervisor.settings = Settings(var=Path("/var"), streams=Streams(accounts=4, markets=1, social=2))
    table = supervisor.table()
    assert [(child.rule.name, child.actor, child.arguments) for child in table] == [
        *((stream, Host, (stream,)) for stream in supervisor.settings.streams.trading_names),
        *((stream, SocialHost, (stream,)) for stream in ("social-0", "social-1")),
        (PROJECTOR, ProjectorShell, ()),
        (KEEPER, KeeperShell, ()),
        (AUDITOR, AuditorShell, ()),
    ]
    assert {child.rule.restart for child in table} == {Restart.PERMANENT}
    assert {child.rule.strategy for child in table} == {Strategy.ONE_FOR_ONE}


def test_streams_of_trading_can_move_where_the_log_is_at_a_broker() -> None:
    supervisor = ExchangeSupervisor()
    supervisor.settings = Settings(var=Path("/var"), log="amqp://guest:guest@127.0.0.1:1/")
    hosts = {child.rule.name: child.actor for child in supervisor.table()}
    assert {hosts[name] for name in Streams().trading_names} == {LendableHost}
    assert hosts["social-0"] is SocialHost, "it follows the others, and stays with them"
