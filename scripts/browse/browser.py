"""Owns a browser that is steered by the WebDriver protocol: Chromium with its own chromedriver, no scripts.

Never lets a page run JavaScript; never touches anybody's own profile.
Called by scripts/browse/__main__.py.
"""

import base64
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from scripts.exchange import free_port

_ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's id, as the standard has it."""
_ARGUMENTS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--blink-settings=scriptEnabled=false",
)
_START_S: Final = 30.0
_ANSWER_S: Final = 60.0
_SHOT_HEIGHT_MAX: Final = 6_000


class Size(NamedTuple):
    """A window in CSS pixels."""

    width: int
    height: int


class Browser:
    """One window. What isn't there raises ``LookupError``."""

    def __init__(self, client: httpx.Client, session: str) -> None:
        self._client = client
        self._session = session

    def go(self, url: str) -> None:
        self._command("POST", "url", {"url": url})

    @property
    def url(self) -> str:
        return str(self._command("GET", "url"))

    def text(self, selector: str = "body") -> str:
        return str(self._command("GET", f"element/{self._element(selector)}/text"))

    def count(self, selector: str) -> int:
        found = self._command("POST", "elements", {"using": "css selector", "value": selector})
        assert isinstance(found, list)
        return len(found)

    def fill(self, selector: str, text: str) -> None:
        element = self._element(selector)
        self._command("POST", f"element/{element}/clear", {})
        self._command("POST", f"element/{element}/value", {"text": text})

    def choose(self, selector: str, label: str) -> None:
        """Takes the option with this label of a select, by keyboard."""
        self._command("POST", f"element/{self._element(selector)}/value", {"text": label})

    def click(self, selector: str) -> None:
        self._command("POST", f"element/{self._element(selector)}/click", {})

    def resize(self, size: Size) -> None:
        self._devtools(
            "Emulation.setDeviceMetricsOverride",
            width=size.width,
            height=size.height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, scheme: str) -> None:
        """``light`` or ``dark``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._devtools("Emulation.setEmulatedMedia", features=features)

    def shoot(self, path: Path) -> None:
        """A picture of the whole page, up to some thousand pixels of it."""
        metrics = self._devtools("Page.getLayoutMetrics")
        assert isinstance(metrics, dict)
        size = metrics["cssContentSize"]
        clip = {
            "x": 0,
            "y": 0,
            "width": size["width"],
            "height": min(size["height"], _SHOT_HEIGHT_MAX),
            "scale": 1,
        }
        shot = self._devtools("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        assert isinstance(shot, dict)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _element(self, selector: str) -> str:
        found = self._command("POST", "element", {"using": "css selector", "value": selector})
        assert isinstance(found, dict)
        return str(found[_ELEMENT])

    def _devtools(self, command: str, **parameters: object) -> object:
        return self._command("POST", "goog/cdp/execute", {"cmd": command, "params": parameters})

    def _command(self, method: str, path: str, body: object = None) -> object:
        answer = self._client.request(method, f"/session/{self._session}/{path}", json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise LookupError(f"{path}: {value['message']}")
        return value


@contextmanager
def open_browser(profile: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in this folder, until the block ends."""
    port = free_port()
    driver = subprocess.Popen(
        ["chromedriver", f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    transport = httpx.HTTPTransport(retries=20)
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=_ANSWER_S, transport=transport
        ) as client:
            session = _new_session(client, profile)
            yield Browser(client, session)
            client.delete(f"/session/{session}")
    finally:
        driver.terminate()
        driver.wait(_START_S)


def _new_session(client: httpx.Client, profile: Path) -> str:
    options = {"args": [*_ARGUMENTS, f"--user-data-dir={profile}"]}
    wanted = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}
    answer = client.post("/session", json={"capabilities": wanted})
    value = answer.json()["value"]
    if answer.is_error:
        raise LookupError(f"no browser: {value['message']}")
    return str(value["sessionId"])
