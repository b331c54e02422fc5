"""Owns how a client that must know asks: again and again under one key, noting every doubt.

Never gives a request up before its patience ends, never judges an answer.
Called by the workload and by the venue, each thread with an asker of its own.
"""

import threading
import time
from typing import Final

import httpx

from scripts.client import PAUSE_S
from tests.chaos.ledger import ACCEPTED_MAX, Answered, Entry, Json, Ledger, Member

TIMEOUT_S: Final = 10.0
NOTHING_HAPPENED: Final = {429, 503}
UNKNOWN: Final = {502, 504}
NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Asker:
    """One connection to the exchange. ``given_up`` is set when nobody is to wait for answers any more."""

    def __init__(self, url: str, ledger: Ledger, patience_s: float, given_up: threading.Event) -> None:
        self._http = httpx.Client(base_url=f"{url}/v3", timeout=TIMEOUT_S, trust_env=False)
        self._ledger = ledger
        self._patience_s = patience_s
        self._given_up = given_up

    def close(self) -> None:
        self._http.close()

    def ask(self, entry: Entry) -> Answered | None:
        """Notes the entry, and asks until there is an answer; None (and none noted) past the patience."""
        entry.first_sent = time.monotonic()
        self._ledger.entries.append(entry)
        return self.ask_again(entry)

    def ask_again(self, entry: Entry) -> Answered | None:
        """The same request under the same key; what is answered is noted, too."""
        give_up = time.monotonic() + self._patience_s
        while True:
            entry.last_sent = time.monotonic()
            answered = self._once(entry)
            if answered is not None:
                entry.answers.append(answered)
                return answered
            if time.monotonic() > give_up or self._given_up.wait(PAUSE_S):
                return None

    def see(self, member: Member, path: str) -> bool:
        """Whether something is there to be read; looked for as long as it isn't. Nothing of it is noted."""
        return self.look(member, path) is not None

    def look(self, member: Member, path: str) -> Json | None:
        """What there is to be read; looked for as long as it isn't there. Nothing of it is noted."""
        looking = Entry(member, "GET", path, None, None)
        give_up = time.monotonic() + self._patience_s
        while True:
            answered = self._once(looking)
            if answered is not None and answered.status <= ACCEPTED_MAX:
                return answered.content
            if time.monotonic() > give_up or self._given_up.wait(PAUSE_S):
                return None

    def _once(self, entry: Entry) -> Answered | None:
        headers = {"Authorization": f"Session-Token {entry.member.token}"}
        if entry.key is not None:
            headers["Idempotency-Key"] = entry.key
        try:
            response = self._http.request(entry.method, entry.path, json=entry.body, headers=headers)
        except NOT_SENT:
            return None
        except httpx.TransportError:
            entry.doubts += 1
            return None
        if response.status_code in NOTHING_HAPPENED:
            return None
        if response.status_code in UNKNOWN:
            entry.doubts += 1
            return None
        try:
            content = response.json()
        except ValueError:
            content = response.text
        return Answered(response.status_code, content, time.monotonic())
