"""Owns the fixtures that tests of clients and bots share: the sandbox's own, as authors of clients have them.

Never makes one by itself.
Called by pytest.
"""

from scripts.sandbox.fixtures import (
    _served,
    _transport,
    sandbox,
    sandbox_application,
    sandbox_server,
)

__all__ = ["_served", "_transport", "sandbox", "sandbox_application", "sandbox_server"]
