"""Owns the test of the README's tour: every command in it, run by bash against a started exchange.

Never knows the commands: it reads them from the README. Where there is no curl, tests/curl.py stands in.
Called by pytest.
"""

import contextlib
import http.server
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from scripts.exchange import Exchange, running_exchange
from tests.processes.caught_up import wait_until_caught_up

ROOT: Final = Path(__file__).resolve().parents[1]
DEMO: Final = {"CREDENCE_DEMO": "1", "CREDENCE_HASHING_COST": "cheap"}
FEED_ENDS: Final = "</feed>"
KEPT: Final = "API TOKEN AUTH"
"""What the reader's shell still knows after the restart."""

pytestmark = pytest.mark.whole


def blocks(readme: str) -> list[str]:
    """The tour's commands, block by block."""
    tour = readme.split("## A five-minute tour")[1].split("\n## ", maxsplit=1)[0]
    return re.findall(r"^```sh\n(.*?)^```", tour, re.MULTILINE | re.DOTALL)


def answers(output: str) -> list[Any]:
    """The documents that the commands wrote one behind the other: JSON, or a feed as its element."""
    found: list[Any] = []
    while output := output.lstrip():
        if output.startswith("<"):
            document, end = _feed(output)
        else:
            document, end = json.JSONDecoder().raw_decode(output)
        found.append(document)
        output = output[end:]
    return found


def _feed(output: str) -> tuple[ET.Element, int]:
    end = output.index(FEED_ENDS) + len(FEED_ENDS)
    return ET.fromstring(output[:end].encode()), end  # noqa: S314 (our own)


@contextlib.contextmanager
def typing_time(exchange: Exchange) -> Iterator[str]:
    """A URL that answers once the documents show all: who types takes longer than they lag."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wait_until_caught_up(exchange)
            self.send_response(http.HTTPStatus.NO_CONTENT)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            """Says nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            serving.join()


class Reader:
    """Somebody who types the tour into a shell; ``home`` keeps what the shell knows."""

    def __init__(self, home: Path) -> None:
        self._home = home
        (home / "variables").touch()
        (home / "bin").mkdir()
        stand_in = f"{shlex.quote(sys.executable)} {ROOT / 'tests/curl.py'}"
        command = shutil.which("curl") or stand_in
        curl = home / "bin" / "curl"
        curl.write_text(f'#!/bin/sh\n{command} -s "$TYPING_TIME"\nexec {command} "$@"\n')
        curl.chmod(0o755)

    def types(self, commands: list[str], exchange: Exchange) -> list[Any]:
        """Runs the commands; returns their answers. Any command that fails, fails the test."""
        script = "\n".join(
            ["set -euo pipefail", ". ./variables", *commands, f"declare -p {KEPT} > variables"]
        )
        with typing_time(exchange) as wait_url:
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=self._home,
                env={**self._environment(exchange), "TYPING_TIME": wait_url},
                capture_output=True,
                text=True,
                timeout=200,
                check=False,
            )
        assert (done.returncode, done.stderr) == (0, "")
        return answers(done.stdout)

    def _environment(self, exchange: Exchange) -> Mapping[str, str]:
        return os.environ | {
            "API": f"{exchange.url}/v3",
            "PATH": f"{self._home / 'bin'}:{os.environ['PATH']}",
            "STAFF_PASSWORD": exchange.staff_password,
        }


def test_the_tour_works_as_it_is_written(tmp_path: Path) -> None:
    commands = blocks((ROOT / "README.md").read_text())
    *trading, restarted, refused = commands
    assert len(trading) == 12
    (tmp_path / "var").mkdir()
    reader = Reader(tmp_path)

    with running_exchange(DEMO, tmp_path / "var") as exchange:
        said = reader.types(trading, exchange)
    assert [answer for answer in said if "error_type" in answer] == []
    member, deposit, account, events, quotes, found, *more = said
    previewed, order, repeated, batch, reduced, replaced, cancelled, own, public, *more = more
    withdrawn, challenges, comment, comments, *more = more
    traded, _, followed, privacy, board, home, feed, by_key, keys = more
    assert member["member"]["username"] == "grace"
    assert deposit["account"]["balance"] == account["account"]["balance"] == "100.00"
    assert [event["name"] for event in events["events"]] == ["Harbour Cup final"]
    assert all(sides["bids"] and sides["offers"] for sides in quotes.values())
    assert [each["name"] for each in found["results"]] == ["Harbour Cup final"]
    assert order["state"] == previewed["state"] == "filled"
    assert previewed["exposure"] == order["exposure"]
    assert repeated == order
    assert [result["state"] for result in batch["results"]] == ["created", "created", "cancelled"]
    assert (reduced["quantity"], replaced["quantity"], replaced["price"]) == (20_000, 30_000, 8_900)
    assert reduced["order_id"] == replaced["order_id"] == cancelled["order_id"]
    assert cancelled["state"] == "cancelled"
    assert own["executions"][0]["order_id"] == order["order_id"]
    assert public["executions"][0]["execution_id"] == order["executions"][0]["execution_id"]
    assert withdrawn["challenge"]["state"] == "withdrawn"
    assert [(each["id"], each["state"]) for each in challenges["challenges"]] == [
        (withdrawn["challenge"]["id"], "withdrawn")
    ]
    assert [each["id"] for each in comments["comments"]] == [comment["comment"]["id"]]
    assert comment["comment"]["text"] == "The wind turns at one."
    assert {entry["market"]["id"] for entry in traded["activity"]} == {order["market_id"]}
    assert followed["following"]
    assert privacy["privacy"]["fill"] == {"audience": "followers", "detail": "price"}
    assert board["leaderboard"]["board"] == "streak"
    assert [entry["market"]["id"] for entry in home["activity"]] == [order["market_id"]] * len(
        home["activity"]
    )
    assert feed.tag.endswith("}feed")
    assert by_key["account"]["username"] == "grace"
    assert [key["name"] for key in keys["api_keys"]] == ["my bot"]

    again = DEMO | {"CREDENCE_PORT": str(exchange.port)}
    with running_exchange(again, tmp_path / "var") as exchange:
        account, positions, problem = reader.types([restarted, refused], exchange)
    assert account["account"]["available_balance"] == "96.10"
    assert positions["positions"][0]["quantity"] == order["quantity"]
    assert problem["error_type"] == "INVALID_PRICE"


def test_a_command_that_fails_is_noticed(tmp_path: Path) -> None:
    exchange = Exchange(1, tmp_path, "", subprocess.Popen(["true"]))
    exchange.launcher.wait()
    with pytest.raises(AssertionError):
        Reader(tmp_path).types(["TOKEN= AUTH=", "curl -s $API/"], exchange)


def test_the_stand_in_for_curl_does_what_the_tour_needs(tmp_path: Path) -> None:
    """Against a file, so that no server is needed: what it reads, it writes; options are understood."""
    page = tmp_path / "page.json"
    page.write_text('{"a": 1}')
    command = [sys.executable, str(ROOT / "tests/curl.py"), "-s", "-H", "Authorization: x", page.as_uri()]
    assert subprocess.run(command, capture_output=True, check=True, timeout=100).stdout == b'{"a": 1}'
