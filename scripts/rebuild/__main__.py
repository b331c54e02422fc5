"""Owns the entry point ``python -m scripts.rebuild``.

Never more than that: ``command.py`` is the command.
Called by ``make rebuild``.
"""

import sys

from scripts.interrupts import run

sys.exit(run("scripts.rebuild.command"))
