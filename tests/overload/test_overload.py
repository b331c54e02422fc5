"""Owns the short run of the overload rig: three times as much as the exchange can do, for a few seconds.

Never judges by itself: the verdict does.
Called by pytest.
"""

import msgspec
import pytest

from tests.overload.run import run

pytestmark = pytest.mark.serial


def test_who_is_accepted_waits_a_bounded_time_and_the_rest_is_told_at_once() -> None:
    verdict = run(capacity_s=2.0, overload_s=4.0)
    assert verdict.broken == (), msgspec.json.encode(verdict)
