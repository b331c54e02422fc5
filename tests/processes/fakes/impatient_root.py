"""Owns a root of fake children that soon notices silence.

Never defines them.
Called by tests, as ``python -m tests.processes.fakes.impatient_root``.
"""

import sys

from actors.processes import incarnation
from tests.processes.fakes.root import main

if __name__ == "__main__":
    incarnation.SILENT_S_MAX = 5.0  # type: ignore[misc]
    sys.exit(main())
