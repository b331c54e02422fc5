"""Owns the entry point ``python -m scripts.crowd``.

Never more than that: ``command.py`` is the command.
Called by ``make crowd``.
"""

import sys

from scripts.interrupts import interrupts_told

with interrupts_told():
    from scripts.crowd.command import main

    sys.exit(main())
