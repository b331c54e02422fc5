"""Owns the entry point ``python -m scripts.rederive``.

Never more than that: ``command.py`` is the command.
Called by ``make rederive``.
"""

import sys

from scripts.interrupts import interrupts_told

with interrupts_told():
    from scripts.rederive.command import main

    sys.exit(main())
