"""Owns the first moments of a broker's process: from here on it ends with the process that started it.

Never returns: it becomes the command it is given.
Called as ``python -m scripts.broker.child PARENT COMMAND...`` by whoever starts a node of a broker.
"""

import os
import signal
import sys

from actors.processes import lineage

if __name__ == "__main__":
    parent, *command = sys.argv[1:]
    lineage.die_with(int(parent))
    # What the parent waits for by itself, the node must hear of.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.execvp(command[0], command)  # noqa: S606 (no shell is wanted)
