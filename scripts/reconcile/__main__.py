"""Owns the entry point ``python -m scripts.reconcile``.

Never more than that: ``command.py`` is the command.
Called by ``make reconcile``.
"""

import sys

from scripts.interrupts import run

sys.exit(run("scripts.reconcile.command"))
