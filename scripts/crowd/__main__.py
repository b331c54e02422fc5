"""Owns the entry point ``python -m scripts.crowd``.

Never more than that: ``command.py`` is the command.
Called by ``make crowd``.
"""

import sys

from scripts.interrupts import run

sys.exit(run("scripts.crowd.command"))
