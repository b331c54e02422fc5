"""Owns how many times slower this machine is just now than one that does nothing else.

Never measures what is tested: something small that every machine does alike.
Called by tests that promise how soon something happens.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final

START_S: Final = 0.06
"""How long it takes to start Python, with orders flowing beside it."""


def start_s() -> float:
    """How long it takes now."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-S", "-c", ""], check=True)
    return time.monotonic() - began


def slowness(starts: Sequence[float]) -> float:
    """By how long starts took while something was tested; never below 1."""
    return max(1.0, statistics.median(starts) / START_S)
