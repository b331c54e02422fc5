"""Owns the entry point ``python -m scripts.rebuild``.

Never more than that: ``command.py`` is the command.
Called by ``make rebuild``.
"""

import sys

from scripts.interrupts import interrupts_told

with interrupts_told():
    from scripts.rebuild.command import main

    sys.exit(main())
