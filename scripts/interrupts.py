"""Owns how a command ends that is interrupted while it starts, at a prompt, or amid long work.

Never imports anything of ours before it is run: loading a command takes long enough to be interrupted.
Called by the entry points of the commands.
"""

import importlib
import sys
from typing import Final

INTERRUPTED: Final = 130
"""The exit status that shells give to what an interrupt ended."""


def run(module: str) -> int:
    """Runs ``main`` of this module, and returns the command's exit status."""
    try:
        status: int = importlib.import_module(module).main()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    return status
