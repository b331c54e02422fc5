"""Owns the entry point ``python -m scripts.replay``.

Never more than that: ``command.py`` is the command.
Called by ``make replay``.
"""

import sys

from scripts.interrupts import run

sys.exit(run("scripts.replay.command"))
