"""Owns the entry point ``python -m scripts.reconcile``.

Never more than that: ``command.py`` is the command.
Called by ``make reconcile``.
"""

import sys

from scripts.interrupts import interrupts_told

with interrupts_told():
    from scripts.reconcile.command import main

    sys.exit(main())
