"""Owns the entry point of ``python -m tests.chaos``.

Never does anything itself.
Called by ``make chaos``.
"""

import sys

from tests.chaos.command import main

if __name__ == "__main__":
    sys.exit(main())
