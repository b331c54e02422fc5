"""Owns the entry point ``python -m scripts.diagrams``.

Never more than that: ``command.py`` is the command.
Called by ``make diagrams``.
"""

import sys

from scripts.interrupts import interrupts_told

with interrupts_told():
    from scripts.diagrams.command import main

    sys.exit(main())
