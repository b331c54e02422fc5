"""Owns the tests of ``make reconcile``: what it prints, and its exit status, over an installation's files.

Never repeats which faults are found.
Called by pytest.
"""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from couch_views.opening import open_documents
from couch_views.shapes import transaction_document_id
from scripts.reconcile.command import main
from tests.processes.kept import keep, lawful_log
from tests.scripts.client.played import server
from tests.scripts.reconcile.books import projected, remove


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """An exchange's state: log and documents."""
    log = lawful_log()
    keep({name: list(log.frames(name)) for name in log.streams()}, tmp_path / "log")
    with closing(open_documents("sqlite", tmp_path / "documents", writer=True)) as documents:
        projected(documents)
    return tmp_path


def verdict(capsys: pytest.CaptureFixture[str]) -> tuple[Any, str]:
    """The last line, and what was said besides."""
    out, err = capsys.readouterr()
    return json.loads(out.splitlines()[-1]), err


@pytest.mark.parametrize("way", ["--var", "CREDENCE_VAR"])
def test_books_that_agree_are_told_in_one_line(
    var: Path, way: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "CREDENCE_VAR":
        monkeypatch.setenv("CREDENCE_VAR", str(var))
    assert main(["--var", str(var)] if way == "--var" else []) == 0
    said, shown = verdict(capsys)
    assert said.pop("seconds") >= 0
    assert said == {
        "accounts": 9,
        "transactions": 4,
        "sequences": {"accounts-0": 42, "accounts-1": 38},
        "differences": 0,
        "ok": True,
    }
    assert "has" not in shown


def test_a_line_says_what_differs(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_documents("sqlite", var / "documents", writer=True)) as documents:
        remove(documents, [transaction_document_id("accounts-0", 4, 0)])
    assert main(["--var", str(var)]) == 1
    said, shown = verdict(capsys)
    assert (said["ok"], said["differences"], said["transactions"]) == (False, 2, 3)
    assert "external of accounts-0 has -10000.00 at record 42, 0.00 in the ledger\n" in shown
    assert "account/32 of accounts-0 has 9999.80006 at record 42, -0.19994 in the ledger\n" in shown


def test_what_is_not_there_can_not_be_reconciled(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--var", str(var / "nowhere")]) == 2
    (var / "documents").rename(var / "elsewhere")
    assert main(["--var", str(var)]) == 2
    assert capsys.readouterr().err.count("The ledger can't be reconciled: ") == 2
    assert not (var / "documents").exists()


def page(following: str | None, *differences: str) -> tuple[int, bytes]:
    """An account, with what differs in it."""
    account = {"stream": "accounts-0", "sequence": 17, "differences": differences}
    whole = {"ledger_total": "0.00", "transactions": 5, "accounts": [account]}
    return 200, json.dumps({"reconciliation": whole, "pagination": {"next_page": following}}).encode()


def test_a_running_exchange_is_asked_page_by_page(capsys: pytest.CaptureFixture[str]) -> None:
    session = 200, b'{"token": "t", "expires": "2026-01-01T00:00:00Z", "account_id": "1"}'
    with server(session, page("?cursor=members-0"), page(None, "it differs")) as (url, seen):
        assert main(["--url", url + "/", "--password", "known to staff"]) == 1
    said, shown = verdict(capsys)
    del said["seconds"]
    assert said == {
        "accounts": 2,
        "transactions": 5,
        "sequences": {"accounts-0": 17},
        "differences": 1,
        "ok": False,
    }
    assert "it differs\n" in shown
    path = "/v3/ledger/reconciliation/"
    assert [asked[1] for asked in seen] == ["/v3/sessions/", f"{path}?limit=200", f"{path}?cursor=members-0"]
    assert json.loads(seen[0][3]) == {"username": "staff", "password": "known to staff"}


def test_who_may_not_ask_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with server((401, b'{"error_type": "UNAUTHORIZED", "detail": "wrong password"}')) as (url, _):
        assert main(["--url", url]) == 2
    assert "The ledger can't be reconciled: 401 UNAUTHORIZED: wrong password" in capsys.readouterr().err
