"""Owns a launcher of the fake programs.

Never starts anything of the exchange but launcher, root and supervisor.
Called by tests, as ``python -m tests.processes.fakes.launch``.
"""

import sys

from actors.processes import launcher

STANDBY = (sys.executable, "-m", "actors.processes.standby")

if __name__ == "__main__":
    launcher.PROGRAM_SILENT_S_MAX = 5.0  # type: ignore[misc]
    programs = launcher.Programs(
        tree=(*STANDBY, "root", "tests.processes.fakes.root"),
        web=(*STANDBY, "web", "tests.processes.fakes.web"),
        first_start=(sys.executable, "-c", "print('the first start was here')"),
    )
    sys.exit(launcher.main(programs))
