"""Owns the tests of who ends with whom, each in processes of its own: guardian, middle one, grandchild.

Never changes who is the guardian of the test run.
Called by pytest.
"""

import subprocess
import sys
import time

import pytest

from actors.processes import lineage
from tests.processes.programs import ROOT, is_gone, wait_for

WATCHED_CHILD = """
import os, sys, time
from actors.processes import lineage
middle = os.getpid()
if os.fork() == 0:
    lineage.die_with(middle)
    print(os.getpid(), flush=True)
time.sleep(60)
"""

ADOPTED = """
import os, sys, time
from actors.processes import lineage
lineage.adopt_orphans()
guardian = os.getpid()
lineage.ADOPTION_WITHIN_S = 60.0
if os.fork() == 0:
    if os.fork() == 0:
        lineage.die_with(guardian)
        print(os.getpid(), flush=True)
        time.sleep(60)
    time.sleep(0.2)
    os._exit(0)
time.sleep(60)
"""

FAMILY = """
import os, sys, time
from actors.processes import lineage
lineage.adopt_orphans()
def child():
    pid = os.fork()
    if pid == 0:
        for _ in range(2):
            if os.fork() == 0:
                os.fork()
                break
        time.sleep(60)
    return pid
spared, other = child(), child()
import psutil
while len(psutil.Process().children(recursive=True)) < 10:
    time.sleep(0.005)
os.kill(other, 9)
gone = lineage.kill_descendants(30.0, spare=frozenset([spared]))
left = psutil.Process().children(recursive=True)
print(gone, len(left), spared in [process.pid for process in left], flush=True)
print(lineage.kill_descendants(30.0), len(psutil.Process().children(recursive=True)), flush=True)
"""


def started(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("program", [WATCHED_CHILD, ADOPTED], ids=["child", "adopted orphan"])
def test_a_process_dies_with_its_parent(program: str) -> None:
    with started(program) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.3)
        assert not is_gone(pid), "it lives while its parent (or guardian) lives"
        parent.kill()
        wait_for(lambda: is_gone(pid))


def test_a_process_whose_parent_is_gone_already_ends_at_once() -> None:
    program = (
        "from actors.processes import lineage; lineage.ADOPTION_WITHIN_S = 0.1; lineage.die_with(1 << 22)"
    )
    with started(program) as orphan:
        assert orphan.wait() == lineage.ORPHANED_EXIT_CODE


def test_a_guardian_kills_and_reaps_all_but_the_spared() -> None:
    with started(FAMILY) as guardian:
        said, _ = guardian.communicate(timeout=120)
    # The spared child with its two children and two grandchildren; then nobody.
    assert said.splitlines() == ["True 5 True", "True 0"]


def test_watching_tells_the_end_of_a_process_of_anybody() -> None:
    with subprocess.Popen(["sleep", "60"]) as process, lineage.watching(process.pid) as has_ended:
        assert not has_ended()
        process.kill()
        wait_for(has_ended)
    with lineage.watching(process.pid) as has_ended:
        assert has_ended()


def test_reap_collects_exit_codes() -> None:
    program = (
        "import os, time\n"
        "from actors.processes import lineage\n"
        "assert lineage.reap() == []\n"
        "first = os.fork() or os._exit(7)\n"
        "second = os.fork() or time.sleep(60)\n"
        "assert lineage.children() == {first, second}\n"
        "os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)\n"
        "assert lineage.reap() == [(first, 7)]\n"
        "os.kill(second, 9)\n"
        "os.waitid(os.P_PID, second, os.WEXITED | os.WNOWAIT)\n"
        "assert lineage.reap() == [(second, -9)]\n"
        "assert lineage.reap() == []\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
