"""Owns the entry point ``python -m scripts.maker``.

Never more than that: ``command.py`` is the command.
Called by ``make maker``.
"""

import sys

from scripts.interrupts import interrupts_told

with interrupts_told():
    from scripts.maker.command import main

    sys.exit(main())
