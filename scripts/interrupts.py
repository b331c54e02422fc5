"""Owns how a command ends that is interrupted while it starts, at a prompt, or amid long work.

Never imports anything of ours: loading a command takes long enough to be interrupted, and is done under it.
Called by the entry points of the commands.
"""

import contextlib
import sys
from collections.abc import Iterator
from typing import Final

INTERRUPTED: Final = 130
"""The exit status that shells give to what an interrupt ended."""


@contextlib.contextmanager
def interrupts_told() -> Iterator[None]:
    """An interrupt ends the program with a word, instead of a look at its insides."""
    try:
        yield
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(INTERRUPTED)
