"""Owns the entry point ``python -m scripts.rederive``.

Never more than that: ``command.py`` is the command.
Called by ``make rederive``.
"""

import sys

from scripts.interrupts import run

sys.exit(run("scripts.rederive.command"))
