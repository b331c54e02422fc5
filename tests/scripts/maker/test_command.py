"""Owns the tests of the market maker's command: bounded in time, a clean end, checked options.

Never waits for it longer than it takes.
Called by pytest.
"""

import json
import signal
from collections.abc import Iterator

import pytest

from scripts.client import Client
from scripts.client.operations import orders
from scripts.maker.command import main
from scripts.sandbox.fixtures import ServedSandbox
from scripts.sandbox.world import PASSWORD


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setenv("CREDENCE_MEMBER_PASSWORD", PASSWORD)
    yield
    signal.signal(signal.SIGTERM, before)


def options(sandbox: ServedSandbox, *more: str) -> list[str]:
    return ["--url", sandbox.url, "--username", "cleo", "--market", "2", *more]


def resting(sandbox: ServedSandbox) -> int:
    with Client(sandbox.url) as client:
        client.sign_in("cleo", PASSWORD)
        return len(client.do(orders()))


def test_it_quotes_for_a_while_and_cancels(
    sandbox_server: ServedSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[int] = []
    arguments = options(sandbox_server, "--seconds", "1", "--fair", "3=30.5")
    assert main(arguments, lambda _: seen.append(resting(sandbox_server))) == 0
    assert max(seen) > 0
    assert resting(sandbox_server) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["market_id"], summary["fair"]["3"]) == ("2", 3050)
    assert summary["placed"] >= max(seen)


def test_an_interrupt_ends_it_and_it_cancels(
    sandbox_server: ServedSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_seconds: float) -> None:
        assert resting(sandbox_server) > 0
        signal.raise_signal(signal.SIGTERM)

    assert main(options(sandbox_server), interrupt) == 0
    assert resting(sandbox_server) == 0
    assert "all orders are cancelled" in capsys.readouterr().err


def test_what_can_not_be_done_is_said(
    sandbox_server: ServedSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--url", sandbox_server.url, "--market", "99"]) == 1
    assert "no open market 99" in capsys.readouterr().err


@pytest.mark.parametrize(
    "more",
    [
        ["--fair", "1"],
        ["--fair", "1=0"],
        ["--levels", "0"],
        ["--seconds", "x"],
        ["--every", "-1"],
        ["--every", "nan"],
    ],
)
def test_an_option_that_makes_no_sense_is_refused(more: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--market", "1", *more])


def test_where_nobody_can_be_asked_for_a_password_it_says_where_it_may_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(_prompt: str) -> str:
        raise EOFError

    monkeypatch.delenv("CREDENCE_MEMBER_PASSWORD")
    monkeypatch.setattr("getpass.getpass", nobody)
    assert main(["--market", "1"]) == 1
    assert "it may be in CREDENCE_MEMBER_PASSWORD" in capsys.readouterr().err


def test_what_is_no_address_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--market", "1", "--url", "127.0.0.1:8000"]) == 1
    assert "an address like http://127.0.0.1:8000 is needed" in capsys.readouterr().err
