"""Owns a real exchange's web beside the sandbox, to be held against it.

Never shares one between tests.
Called by pytest.
"""

from tests.resources.conftest import world

__all__ = ["world"]
