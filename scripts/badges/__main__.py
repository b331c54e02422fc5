"""Owns the entry point ``python -m scripts.badges``.

Never more than that: ``command.py`` is the command.
Called by ``make badges``.
"""

import sys

from scripts.interrupts import interrupts_told

with interrupts_told():
    from scripts.badges.command import main

    sys.exit(main())
