"""Owns finding RabbitMQ's programs on this machine, and installing them where that is possible.

Never leaves a broker running that the package would start by itself: it would listen to the whole network.
Called by scripts/broker/node.py and ``python -m scripts.broker``.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

# What packages put on the PATH are often wrappers that insist on another user: these come first.
PACKAGE_FOLDERS: Final = (Path("/usr/lib/rabbitmq/bin"), Path("/opt/rabbitmq/sbin"))
POLICY: Final = Path("/usr/sbin/policy-rc.d")
"""Asked by Debian's packages whether they may start a service; 101 means no."""
INSTALL_S_MAX: Final = 600
HOW_TO: Final = (
    "RabbitMQ (3.10 or newer) is needed, and there is no rabbitmq-server on this machine. On Debian and"
    " Ubuntu, as root: apt-get update && apt-get install rabbitmq-server. Elsewhere: unpack the generic Unix"
    " build of https://www.rabbitmq.com/docs/install-generic-unix and let RABBITMQ_HOME name its folder;"
    " it needs Erlang (erl, epmd) on the PATH"
)


class BrokerError(Exception):
    """There is no broker to be had; the message says why, or what to do."""


class Programs(NamedTuple):
    """The server, its control command, and Erlang's port mapper."""

    server: Path
    control: Path
    epmd: Path


def find_programs() -> Programs | None:
    """The programs, if they are here: in ``RABBITMQ_HOME``, where packages put them, or on the PATH."""
    folders = [Path(home) / "sbin"] if (home := os.environ.get("RABBITMQ_HOME")) else []
    folders += PACKAGE_FOLDERS
    on_path = shutil.which("rabbitmq-server")
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    epmd = shutil.which("epmd")
    for folder in folders:
        server, control = folder / "rabbitmq-server", folder / "rabbitmqctl"
        if epmd is not None and server.exists() and control.exists():
            return Programs(server, control, Path(epmd))
    return None


def need_programs() -> Programs:
    """The programs, installed first if need be and possible. Raises ``BrokerError`` with what to do."""
    programs = find_programs()
    if programs is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        programs = find_programs()
    if programs is None:
        raise BrokerError(HOW_TO)
    return programs


def _install() -> None:
    sys.stderr.write("rabbitmq-server is not here: apt-get installs it\n")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _nothing_started():
        for arguments in (("update",), ("install", "--yes", "--no-install-recommends", "rabbitmq-server")):
            done = subprocess.run(
                ("apt-get", "--quiet", *arguments),
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=INSTALL_S_MAX,
                check=False,
            )
            if done.returncode != 0:
                raise BrokerError(f"apt-get {arguments[0]} failed: {done.stderr.strip()[-500:]}\n{HOW_TO}")


@contextlib.contextmanager
def _nothing_started() -> Iterator[None]:
    """Keeps packages from starting services, unless this machine has a policy of its own on that."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    try:
        POLICY.chmod(0o755)
        yield
    finally:
        POLICY.unlink()
