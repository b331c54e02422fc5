"""Owns what holds for every test: no network but the loopback, and repeatable chance.

Never holds fixtures of one subject: those stand beside the tests that use them.
Called by pytest.
"""

import ipaddress
import sys

from hypothesis import settings

# Chance is the same in every run, so that a red test is red for everybody. To look further:
# pytest --hypothesis-profile=explore
settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("explore", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile("house")


def refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: connecting anywhere but to this machine is an error of the test."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if not isinstance(address, tuple) or address[0] == "localhost":
        return
    if not ipaddress.ip_address(address[0]).is_loopback:
        message = f"a test tried to reach {address!r}: tests talk to this machine only"
        raise PermissionError(message)


sys.addaudithook(refuse_the_network)
