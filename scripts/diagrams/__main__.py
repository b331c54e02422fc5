"""Owns the entry point ``python -m scripts.diagrams``.

Never more than that: ``command.py`` is the command.
Called by ``make diagrams``.
"""

import sys

from scripts.interrupts import run

sys.exit(run("scripts.diagrams.command"))
