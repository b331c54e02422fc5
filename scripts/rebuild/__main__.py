"""Owns the entry point ``python -m scripts.rebuild``.

Never more than that: ``command.py`` is the command.
Called by ``make rebuild``.
"""

import sys

from scripts.rebuild.command import main

sys.exit(main())
