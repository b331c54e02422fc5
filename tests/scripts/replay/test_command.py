"""Owns the whole replay, over HTTP, through a real exchange.

Never uses the real data: a small made-up flow of the same form leads through the same code.
Called by pytest.
"""

import json
from pathlib import Path

import pytest

from scripts.exchange import free_port, running_exchange
from scripts.replay.command import main

SYNTHETIC_FLOW = Path(__file__).resolve().parents[2] / "data" / "order_flow.csv"
HEADER = "op,id,side,price,quantity\n"
KEYS = [
    "ops",
    "orders",
    "cancels",
    "requests",
    "executions_expected",
    "executions_matched",
    "volume",
    "sha256_expected",
    "sha256",
    "money_conserved",
    "seconds",
    "orders_per_second",
]


@pytest.mark.whole
def test_a_flow_is_replayed_through_a_running_exchange(capsys: pytest.CaptureFixture[str]) -> None:
    recorded = json.loads(SYNTHETIC_FLOW.with_suffix(".oracle.json").read_text())
    with running_exchange({"CREDENCE_HASHING_COST": "cheap"}) as exchange:
        options = [
            str(SYNTHETIC_FLOW),
            "--url",
            f"{exchange.url}/",
            "--staff-password",
            exchange.staff_password,
        ]
        status = main(options)
        assert main([*options[:3], "--staff-password", "not the password"]) == 1
    told = capsys.readouterr()
    summary = json.loads(told.out.splitlines()[-1])
    assert list(summary) == KEYS
    assert summary.pop("seconds") > 0
    assert summary.pop("orders_per_second") > 0
    assert summary == {
        "ops": recorded["ops"],
        "orders": recorded["ops"] - recorded["mix"]["C"],
        "cancels": recorded["mix"]["C"],
        "requests": 271,
        "executions_expected": recorded["trades"],
        "executions_matched": recorded["trades"],
        "volume": recorded["volume"],
        "sha256_expected": recorded["sha256"],
        "sha256": recorded["sha256"],
        "money_conserved": True,
    }
    assert status == 0
    assert "The replay failed: 401" in told.err


@pytest.mark.whole
def test_a_replay_starts_an_exchange_for_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = tmp_path / "flow.csv"
    flow.write_text(HEADER + "A,1,0,5000,18\nA,2,0,4999,5\nM,3,1,5000,20\nC,3,1,5000,0\nC,2,0,4999,0\n")
    assert main([str(flow), "--batch", "1"]) == 0
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (summary["requests"], summary["executions_matched"], summary["volume"]) == (5, 1, 18)


def test_an_exchange_that_does_not_answer_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.replay.command.PATIENCE_S", 0.0)
    flow = tmp_path / "flow.csv"
    flow.write_text(HEADER + "A,1,0,5000,18\n")
    assert main([str(flow), "--url", f"http://127.0.0.1:{free_port()}"]) == 1
    assert "The replay failed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [(None, "No such file"), (HEADER, "no operations"), (HEADER + "A,1\n", "line 2: not an operation")],
)
def test_a_file_that_cannot_be_replayed_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, message: str
) -> None:
    flow = tmp_path / "flow.csv"
    if text is not None:
        flow.write_text(text)
    assert main([str(flow)]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("size", ["0", "101", "-1", "many"])
def test_a_batch_that_fits_no_request_is_refused(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["flow.csv", "--batch", size])
    assert ended.value.code == 2
    assert "--batch" in capsys.readouterr().err
