"""Owns the test of the command: it says where the sandbox is, serves it, and ends with Ctrl-C.

Never runs it for longer than that.
Called by pytest.
"""

import signal
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
def test_it_serves_until_it_is_interrupted() -> None:
    port = free_port()
    command = [sys.executable, "-m", "scripts.sandbox", "--port", str(port), "--seed", "5"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as sandbox:
        wait_until_answered(port, "/v3/", sandbox)
        told = httpx.get(f"http://127.0.0.1:{port}/sandbox/").json()["sandbox"]
        sandbox.send_signal(signal.SIGINT)
        said, _ = sandbox.communicate(timeout=60)
    assert told["seed"] == 5
    assert said.startswith(f"The sandbox is at http://127.0.0.1:{port} ".encode())
    assert told["password"].encode() in said
    assert sandbox.returncode == 0


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--port", port])
    assert "a port from 1 to 65535 is needed" in capsys.readouterr().err
