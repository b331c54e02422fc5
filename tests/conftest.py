"""Owns what holds for every test: no network but the loopback and COUCHDB_URL, and repeatable chance.

Never holds fixtures of one subject: those stand beside the tests that use them.
Called by pytest.
"""

import ipaddress
import os
import socket
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

pytest_plugins = ["tests.transitions.plugin"]

# Chance is the same in every run, so that a red test is red for everybody. To look further:
# pytest --hypothesis-profile=explore
settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("explore", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile("house")


COUCHDB_HOST = urlsplit(os.environ.get("COUCHDB_URL", "")).hostname
COUCHDB_ADDRESSES = (
    {found[4][0] for found in socket.getaddrinfo(COUCHDB_HOST, None)} if COUCHDB_HOST else set()
)
WITH_COUCHDB_S = 600
"""A CouchDB takes longer than the embedded server: each test makes a database of its own, or many."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    if COUCHDB_HOST:
        for item in items:
            item.add_marker(pytest.mark.timeout(WITH_COUCHDB_S))


def refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: connecting anywhere but to this machine is an error of the test."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple) or address[0] == "localhost":
        return
    if not ipaddress.ip_address(address[0]).is_loopback and address[0] not in COUCHDB_ADDRESSES:
        message = f"a test tried to reach {address!r}: tests talk to this machine only"
        raise PermissionError(message)


sys.addaudithook(refuse_the_network)
