"""Owns the tests of the crowd's command: bounded, interrupted, refused, and what it says at its end.

Never lasts longer than a few seconds.
Called by pytest.
"""

import json
import signal
import threading
import time

import httpx
import pytest

from scripts.crowd.command import main
from scripts.crowd.crowd import names
from scripts.sandbox.fixtures import ServedSandbox
from scripts.sandbox.world import PASSWORD


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENCE_STAFF_PASSWORD", PASSWORD)


def options(sandbox: ServedSandbox, *more: str) -> list[str]:
    return ["--url", sandbox.url, "--members", "4", "--pause", "0.01", *more]


def test_it_says_what_was_done(sandbox_server: ServedSandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(options(sandbox_server, "--acts", "30")) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["members"] == 4
    assert 30 <= sum(summary["done"].values()) + sum(summary["refused"].values()) <= 34


def test_an_interrupt_ends_it_and_it_says_what_was_done(
    sandbox_server: ServedSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt_once_the_last_has_joined() -> None:
        while httpx.get(f"{sandbox_server.url}/v3/members/{names(1, 4)[-1]}/").status_code != 200:
            time.sleep(0.01)
        signal.raise_signal(signal.SIGINT)

    interrupting = threading.Thread(target=interrupt_once_the_last_has_joined)
    interrupting.start()
    assert main(options(sandbox_server, "--seconds", "600")) == 0
    interrupting.join()
    said = capsys.readouterr()
    assert json.loads(said.out)["seconds"] < 60
    assert "Stopped." in said.err


def test_who_is_not_staff_gets_no_crowd(
    sandbox_server: ServedSandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENCE_STAFF_PASSWORD", "another password")
    assert main(options(sandbox_server)) == 1
    assert "The crowd goes home: 401" in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--members", "0"], ["--seconds", "-1"], ["--pause", "0"], ["--seed", "x"]])
def test_an_option_that_makes_no_sense_is_refused(more: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(more)


def test_where_nobody_can_be_asked_for_a_password_it_says_where_it_may_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(_prompt: str) -> str:
        raise EOFError

    monkeypatch.delenv("CREDENCE_STAFF_PASSWORD")
    monkeypatch.setattr("getpass.getpass", nobody)
    assert main([]) == 1
    assert "it may be in CREDENCE_STAFF_PASSWORD" in capsys.readouterr().err


def test_what_is_no_address_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--url", "127.0.0.1:8000"]) == 1
    assert "an address like http://127.0.0.1:8000 is needed" in capsys.readouterr().err
