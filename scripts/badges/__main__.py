"""Owns the entry point ``python -m scripts.badges``.

Never more than that: ``command.py`` is the command.
Called by ``make badges``.
"""

import sys

from scripts.interrupts import run

sys.exit(run("scripts.badges.command"))
