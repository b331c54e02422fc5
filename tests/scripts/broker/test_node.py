"""Owns the tests of a private node: where it listens, what rigs do to it, and that nothing is left of it.

Never tests the log at it (tests/rabbit).
Called by pytest.
"""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from rabbit.amqp import AmqpLog
from rabbit.log import LogUnavailableError
from scripts.broker.node import Broker, private_broker
from scripts.broker.programs import BrokerError, Programs
from scripts.exchange import ROOT

pytestmark = pytest.mark.whole


def processes_of(broker: Broker) -> list[psutil.Process]:
    """The node's process and its port mapper."""
    assert broker._epmd is not None
    return [psutil.Process(broker.pid), psutil.Process(broker._epmd.pid)]


def test_a_node_lives_on_loopback_and_leaves_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with private_broker(data) as broker:
        log = AmqpLog(broker.url)
        log.initialise(("accounts-0",))
        processes = processes_of(broker)
        assert [process.name() for process in processes] == ["beam.smp", "epmd"]
        addresses = {
            connection.laddr.ip
            for process in processes
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        }
        # Erlang's port mapper adds the other loopback by itself.
        assert addresses <= {"127.0.0.1", "::1"}
        broker.cut_connections()
        with pytest.raises(BrokerError, match="rabbitmqctl nonsense failed"):
            broker.control("nonsense")
        broker.stop()
        with pytest.raises(LogUnavailableError):
            log.streams()
        with pytest.raises(BrokerError, match="doesn't run"):
            broker.pause()
    assert [process for process in processes if process.is_running()] == []
    assert any(data.iterdir())


def test_a_node_that_can_t_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = tmp_path / "rabbitmq-server"
    server.write_text("#!/bin/sh\necho no room on the disk\nexit 1\n")
    server.chmod(0o755)
    monkeypatch.setattr(
        "scripts.broker.node.need_programs", lambda: Programs(server, server, Path("/bin/sleep"))
    )
    with pytest.raises(BrokerError, match=r"RabbitMQ does not start:\n(.*\n)*no room on the disk"):
        Broker(tmp_path / "folder").start()


def test_the_command_runs_a_broker_until_it_is_told_to_stop() -> None:
    command = (sys.executable, "-m", "scripts.broker")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        port = int(said.partition("@127.0.0.1:")[2].partition("/")[0])
        socket.create_connection(("127.0.0.1", port)).close()
        below = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert said.startswith("RabbitMQ is there (Ctrl-C stops it): CREDENCE_LOG=amqp://guest:guest@127.0.0.1:")
    psutil.wait_procs(below, 60)
    assert [process for process in below if process.is_running()] == []


def test_a_node_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from scripts.broker.node import Broker
broker = Broker(Path({str(tmp_path)!r}))
broker.start()
print(broker.pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        (sys.executable, "-c", program), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip().isdigit()
        started = psutil.Process(process.pid).children()
        process.kill()
    assert len(started) == 2
    _, alive = psutil.wait_procs(started, 60)
    assert alive == []


def test_a_control_command_that_takes_for_ever_is_an_error_of_the_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    control = tmp_path / "rabbitmqctl"
    control.write_text("#!/bin/sh\nexec sleep 60\n")
    control.chmod(0o755)
    monkeypatch.setattr("scripts.broker.node.CONTROL_S_MAX", 0.1)
    monkeypatch.setattr("scripts.broker.node.need_programs", lambda: Programs(control, control, control))
    with pytest.raises(BrokerError, match=r"rabbitmqctl status takes more than 0\.1 s"):
        Broker(tmp_path / "node").control("status")
