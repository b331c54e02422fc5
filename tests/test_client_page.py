"""Owns the test of the page for authors of clients: all its examples, run as they are served by an exchange.

Never knows the examples: it reads them from the page.
Called by pytest.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import pytest

from scripts.exchange import Exchange, running_exchange
from tests.scripts.client.losses import HALVES, WHOLE
from tests.scripts.client.played import broken_server
from tests.test_readme import DEMO, Reader

PAGE: Final = Path(__file__).parents[1] / "resources/openapi/client.md"
BLOCK: Final = re.compile(r"^```(sh|json|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.whole


class Example(NamedTuple):
    """Commands, and the answer to the last of them as the page shows it, if it does."""

    commands: str
    answer: Any


def paid_in(exchange: Exchange) -> None:
    """What the page leaves to the staff, between joining and the rest."""
    with httpx.Client(base_url=f"{exchange.url}/v3", timeout=60) as client:
        credentials = {"username": "staff", "password": exchange.staff_password}
        token = client.post("/sessions/", json=credentials).json()["token"]
        headers = {"Authorization": f"Session-Token {token}"}
        paid = client.post("/accounts/heron/deposits/", json={"amount": "100.00"}, headers=headers)
        paid.raise_for_status()


def examples(text: str) -> list[Example]:
    found: list[Example] = []
    for language, content in BLOCK.findall(text):
        if language == "sh":
            found.append(Example(content, None))
        elif language == "json":
            found[-1] = Example(found[-1].commands, json.loads(content))
    return found


def shape(value: object) -> object:
    """What of an answer is the same whenever it is given: names and types, of lists the first item's."""
    if isinstance(value, dict):
        return {"id" if name.isdigit() else name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return type(value).__name__


def test_everything_on_the_page_works_as_it_is_written(tmp_path: Path) -> None:
    with running_exchange(DEMO) as exchange:
        text = httpx.get(f"{exchange.url}/v3/docs/client/", timeout=60).text
        joining, *others = examples(text)
        reader = Reader(tmp_path)
        reader.types([joining.commands], exchange)
        paid_in(exchange)
        (field,) = [line for line in joining.commands.splitlines() if line.startswith("field()")]
        marked = [f"{example.commands}\necho '\"{number}\"'" for number, example in enumerate(others)]
        said = reader.types([field, *marked], exchange)
        (client,) = [content for language, content in BLOCK.findall(text) if language == "python"]
        (tmp_path / "client.py").write_text(client)
        environment = os.environ | {"API": f"{exchange.url}/v3"}
        command = [sys.executable, "client.py"]
        ran = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100, check=False
        )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1].startswith("available: ")
    assert " created" in ran.stdout
    for number, example in enumerate(others):
        if example.answer is not None:
            answered = said[said.index(str(number)) - 1]
            assert shape(answered) == shape(example.answer)
    filled = said[said.index("2") - 1]
    assert (filled["state"], filled["reference_id"]) == ("filled", "first")
    assert [item["status"] for item in said[said.index("3") - 1]["results"]] == [200, 200, 200]
    assert said[-2]["error_type"] == "INVALID_PRICE"


def test_the_page_has_every_part() -> None:
    text = PAGE.read_text()
    assert len([example for example in examples(text) if example.answer is not None]) == 3
    assert "```python" in text


@pytest.mark.parametrize("half", HALVES)
def test_the_client_on_the_page_asks_again_under_the_same_key_where_half_an_answer_came(
    half: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    (code,) = [content for language, content in BLOCK.findall(PAGE.read_text()) if language == "python"]
    names: dict[str, Any] = {}
    exec(code.split("\nclient = ")[0], names)  # noqa: S102 (the page's own code)
    client = names["Client"].__new__(names["Client"])
    with broken_server(half, WHOLE) as (url, keys):
        client.api, client.token = url, None
        assert client.send("POST", "/orders/", {"price": 1}) == {"order_id": "1"}
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_shape_is_names_and_types() -> None:
    quotes = {"2": {"bids": [{"price": 1}, {"price": 2}], "offers": []}}
    assert shape(quotes) == {"id": {"bids": [{"price": "int"}], "offers": []}}
