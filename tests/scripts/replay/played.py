"""Owns a played exchange: a client whose answers the test gives, and which remembers what was asked.

Never opens a connection.
Called by the tests of the replay.
"""

from collections.abc import Callable

from scripts.client import Json
from scripts.replay.verdict import CurrentClient

Asked = tuple[str, str, object, str | None]
"""Method, path, body, key."""


class PlayedClient(CurrentClient):
    """Answers by asking the test; ``tokens`` is who was signed in at each request."""

    def __init__(self, answer: Callable[[str, str], Json]) -> None:
        super().__init__("http://127.0.0.1")
        self._answer = answer
        self._token = ""
        self.asked: list[Asked] = []
        self.tokens: list[str] = []

    def use_token(self, token: str) -> None:
        self._token = token

    def call(self, method: str, path: str, body: object = None, key: str | None = None) -> Json:
        self.asked.append((method, path, body, key))
        self.tokens.append(self._token)
        return self._answer(self._token, path)
