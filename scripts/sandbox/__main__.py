"""Owns the entry point ``python -m scripts.sandbox``.

Never more than that: ``command.py`` is the command.
Called by ``make sandbox``.
"""

import sys

from scripts.interrupts import interrupts_told

with interrupts_told():
    from scripts.sandbox.command import main

    sys.exit(main())
