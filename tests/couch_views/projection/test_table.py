"""Owns the rule that the table names every event of the exchange.

Never tests a fold.
Called by pytest.
"""

from typing import get_args

from actors.machines.messages.events import Event
from couch_views.projection.table import TABLE


def test_every_event_has_its_line() -> None:
    assert set(TABLE) == set(get_args(Event))
