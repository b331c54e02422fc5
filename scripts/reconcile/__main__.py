"""Owns the entry point ``python -m scripts.reconcile``.

Never more than that: ``command.py`` is the command.
Called by ``make reconcile``.
"""

import sys

from scripts.reconcile.command import main

sys.exit(main())
