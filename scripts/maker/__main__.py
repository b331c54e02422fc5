"""Owns the entry point ``python -m scripts.maker``.

Never more than that: ``command.py`` is the command.
Called by ``make maker``.
"""

import sys

from scripts.interrupts import run

sys.exit(run("scripts.maker.command"))
