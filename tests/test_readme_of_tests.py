"""Owns the test of the page for newcomers to these tests: its code runs as it stands there.

Never knows the code: it reads it from the page.
Called by pytest.
"""

import re
from pathlib import Path
from typing import Any, Final

import pytest

PAGE: Final = Path(__file__).parent / "README.md"
BLOCK: Final = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_code_on_the_page_works_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {"tmp_path": tmp_path, "monkeypatch": monkeypatch}
    page = PAGE.read_text()
    blocks = list(BLOCK.finditer(page))
    assert len(blocks) > 7
    for block in blocks:
        line = page[: block.start(1)].count("\n")
        exec(compile("\n" * line + block[1], str(PAGE), "exec"), names)  # noqa: S102 (the page's own code)


def test_the_page_is_two_pages_long() -> None:
    assert len(PAGE.read_text().splitlines()) < 200
