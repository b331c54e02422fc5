"""Owns the contract on who may ask: a name and a password with each request.

Never asks the embedded server, which has no door.
Called by pytest.
"""

import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from couch_views.remote import RemoteServer
from tests.couch_views.contract.conftest import BEHIND_SOCKETS, URL, Answer, Couch


@pytest.fixture(params=BEHIND_SOCKETS)
def url_for(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The server's URL for another login."""
    parts = urlsplit(URL if request.param == "real" else request.getfixturevalue("served_url"))
    host = parts.netloc.rpartition("@")[2]
    return lambda login: parts._replace(netloc=f"{login}{host}").geturl()


@pytest.mark.parametrize("login", ["", "stranger-of-the-contract:no@"])
def test_a_stranger_is_turned_away(url_for: Callable[[str], str], login: str) -> None:
    server = RemoteServer(url_for(login))
    couch = Couch(server, f"contract{uuid.uuid4().hex}")
    for answer in (couch.ask("PUT"), Answer(*server.handle("GET", "/_all_dbs", "", {}, b""))):
        assert (answer.status, answer["error"]) == (401, "unauthorized")
    server.close()
