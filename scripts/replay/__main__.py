"""Owns the entry point ``python -m scripts.replay``.

Never more than that: ``command.py`` is the command.
Called by ``make replay``.
"""

import sys

from scripts.interrupts import interrupts_told

with interrupts_told():
    from scripts.replay.command import main

    sys.exit(main())
