"""Owns one private RabbitMQ node: its folder, ports and processes, and what rigs do to it.

Never listens on anything but loopback, never signals a process that it did not start.
Called by ``python -m scripts.broker``, tests and rigs, each with a node of its own.
"""

import contextlib
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rabbit.amqp import AmqpLog
from rabbit.log import LogError
from scripts.broker.programs import BrokerError, Programs, need_programs
from scripts.exchange import ROOT

START_S_MAX: Final = 60.0
STOP_S_MAX: Final = 20.0
CONTROL_S_MAX: Final = 180.0
"""A machine that is at its limit takes a minute to start Erlang."""
LOOK_EVERY_S: Final = 0.1
SAID_CHARACTERS_MAX: Final = 2_000
DISK_FREE_BYTES_MIN: Final = 50_000_000
"""RabbitMQ's own default for when it raises the disk alarm."""
PORTS: Final = (10_000, 30_000)
MESSAGE_BYTES_MAX: Final = 128 * 1_048_576

CONFIGURATION: Final = """\
listeners.tcp.local = 127.0.0.1:{port}
max_message_size = {message_bytes_max}
disk_free_limit.absolute = {disk_free_bytes_min}
log.console = false
log.file.level = warning
"""


class Broker:
    """A node that is started, killed, paused and started again on the same data and ports.

    ``folder`` is for all that belongs to the node but its data; ``data`` (a folder of its own elsewhere,
    for example on a small disk) is in it unless given. A folder that held a node before has it again.
    Start it in the main thread: the kernel ends it with the thread that started it.
    """

    def __init__(
        self,
        folder: Path,
        data: Path | None = None,
        port: int | None = None,
        disk_free_bytes_min: int = DISK_FREE_BYTES_MIN,
    ) -> None:
        self._folder = folder.absolute()
        self._data = (data or folder / "data").absolute()
        self._programs: Programs = need_programs()
        self.port = port or _lasting_port()
        self._epmd_port = _lasting_port()
        self._node: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._lay_out(disk_free_bytes_min)

    @property
    def url(self) -> str:
        """What ``CREDENCE_LOG`` is set to. The login is RabbitMQ's usual one, for loopback only."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    @property
    def pid(self) -> int:
        """The node's process."""
        return self._running().pid

    def start(self) -> None:
        """Returns when the node takes connections. Raises ``BrokerError`` with its last words."""
        assert self._node is None, "the node runs already"
        if self._epmd is None:
            self._epmd = self._run(
                str(self._programs.epmd), "-port", str(self._epmd_port), "-address", "127.0.0.1"
            )
        self._node = self._run(str(self._programs.server))
        give_up = time.monotonic() + START_S_MAX
        while not self._answers():
            if time.monotonic() > give_up or self._node.poll() is not None:
                said = self._said()
                self.close()
                raise BrokerError(f"RabbitMQ does not start:\n{said}")
            time.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """Ends the node in order, and its port mapper. May be called whatever has become of it."""
        if self._node is not None:
            self._node.send_signal(signal.SIGCONT)
            self._node.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._node.wait(STOP_S_MAX)
        self.close()

    def kill(self) -> None:
        """SIGKILL: the node is gone at once, what it had not written is lost."""
        node, self._node = self._node, None
        if node is not None:
            node.kill()
            node.wait()

    def close(self) -> None:
        """Ends everything at once."""
        self.kill()
        epmd, self._epmd = self._epmd, None
        if epmd is not None:
            epmd.kill()
            epmd.wait()

    def restart(self) -> None:
        """Kills the node and starts it again on the same data and ports."""
        self.kill()
        self.start()

    def pause(self) -> None:
        """SIGSTOP: connections stay open, nobody is there. Once it returns, no thread answers any more."""
        node = self._running()
        node.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, node.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        self._running().send_signal(signal.SIGCONT)

    def cut_connections(self) -> None:
        """Closes every client's connection, as an operator or a failing network would."""
        self.control("close_all_connections", "--vhost", "/", "cut by a rig")

    def raise_alarm(self) -> None:
        """Has the node think that its disk is full: publishers are blocked until ``clear_alarm``."""
        self.control("set_disk_free_limit", str(10**18))

    def clear_alarm(self) -> None:
        self.control("set_disk_free_limit", str(DISK_FREE_BYTES_MIN))

    def control(self, *arguments: str) -> str:
        """What ``rabbitmqctl`` prints. Raises ``BrokerError`` with what it complains of."""
        try:
            done = subprocess.run(
                (str(self._programs.control), "--quiet", *arguments),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=CONTROL_S_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BrokerError(f"rabbitmqctl {arguments[0]} takes more than {CONTROL_S_MAX:g} s") from None
        if done.returncode != 0:
            raise BrokerError(f"rabbitmqctl {arguments[0]} failed: {done.stderr or done.stdout}")
        return done.stdout

    def _running(self) -> subprocess.Popen[bytes]:
        if self._node is None:
            raise BrokerError("the node doesn't run")
        return self._node

    def _lay_out(self, disk_free_bytes_min: int) -> None:
        home = self._folder / "home"
        for path in (home, self._data, self._folder / "logs"):
            path.mkdir(parents=True, exist_ok=True)
        identity = self._folder / "node.json"
        if not identity.exists():
            # A node's data belong to its name.
            identity.write_text(json.dumps({"name": f"credence-{secrets.token_hex(4)}@localhost"}))
            cookie = home / ".erlang.cookie"
            cookie.write_text(secrets.token_hex(16))
            cookie.chmod(0o400)
        (self._folder / "enabled_plugins").write_text("[].\n")
        configuration = self._folder / "rabbitmq.conf"
        configuration.write_text(
            CONFIGURATION.format(
                port=self.port,
                message_bytes_max=MESSAGE_BYTES_MAX,
                disk_free_bytes_min=disk_free_bytes_min,
            )
        )
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))
        }
        self._environment = kept | {
            "HOME": str(home),
            "RABBITMQ_NODENAME": json.loads(identity.read_text())["name"],
            "RABBITMQ_DIST_PORT": str(_lasting_port()),
            "RABBITMQ_CONFIG_FILE": str(configuration),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "none.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self._data),
            "RABBITMQ_LOG_BASE": str(self._folder / "logs"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # The script then becomes the node, so that the node is our child and not our grandchild.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        with (self._folder / "said").open("ab") as said:
            return subprocess.Popen(
                (sys.executable, "-m", "scripts.broker.child", str(os.getpid()), *command),
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        try:
            AmqpLog(self.url).streams()
        except LogError:
            return False
        return True

    def _said(self) -> str:
        return (self._folder / "said").read_text(errors="replace")[-SAID_CHARACTERS_MAX:]


def _lasting_port() -> int:
    """A free port that nobody gets while the node is away.

    The kernel gives outgoing connections ports from 32768 on; one that tries to reach a node there while it
    is down may even reach itself, and keep the port.
    """
    while True:
        port = random.randrange(*PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def private_broker(
    data: Path | None = None, disk_free_bytes_min: int = DISK_FREE_BYTES_MIN
) -> Iterator[Broker]:
    """A running node of one's own; everything but ``data``, if that is given, is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="credence-broker-") as folder:
        broker = Broker(Path(folder), data, disk_free_bytes_min=disk_free_bytes_min)
        try:
            broker.start()
            yield broker
        finally:
            broker.close()
