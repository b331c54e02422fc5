"""Owns the entry point ``python -m scripts.sandbox``.

Never more than that: ``command.py`` is the command.
Called by ``make sandbox``.
"""

import sys

from scripts.interrupts import run

sys.exit(run("scripts.sandbox.command"))
