"""Owns the test of the command: it says where the sandbox is, serves it, and ends with Ctrl-C.

Never runs it for longer than that.
Called by pytest.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx
import pytest

from scripts.exchange import free_port, wait_until_answered
from scripts.sandbox.command import main

ROOT: Final = Path(__file__).resolve().parents[3]


@pytest.mark.whole
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_interrupted(number: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "scripts.sandbox", "--port", str(port), "--seed", "5"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=environment) as sandbox:
        wait_until_answered(port, "/v3/", sandbox)
        told = httpx.get(f"http://127.0.0.1:{port}/sandbox/").json()["sandbox"]
        assert list(tmp_path.iterdir())
        sandbox.send_signal(number)
        said, _ = sandbox.communicate(timeout=60)
    assert list(tmp_path.iterdir()) == []
    assert told["seed"] == 5
    assert said.startswith(f"The sandbox is at http://127.0.0.1:{port} ".encode())
    assert told["password"].encode() in said
    assert sandbox.returncode == 0


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--port", port])
    assert "a port from 1 to 65535 is needed" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said_before_anything_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda _number, _handler: None)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"The sandbox can't listen at port {port}: Address already in use")
