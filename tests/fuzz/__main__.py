"""Owns the command that fuzzes: most requests to the application itself, some to real processes.

Never part of a test.
Called by ``make fuzz``.
"""

import argparse
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scripts.exchange import running_exchange
from tests.fuzz.run import Report, Round
from tests.fuzz.sending import ToApplication, ToServer
from tests.fuzz.stage import Stage
from tests.resources.world import STAFF_PASSWORD, World

ROUND: Final = 5_000
"""Requests to one exchange; the next ones get a new one."""
TO_PROCESSES: Final = 2_000
"""Requests to real processes, over a socket: some, for each takes longer."""
FAULTS_SHOWN: Final = 20


def main(arguments: list[str]) -> int:
    """Fuzzes, shows how far it is and what it found; 0 if that is nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--to-processes", type=int, default=TO_PROCESSES, help="how many of them")
    asked = parser.parse_args(arguments)
    console, report = Console(), Report()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"seed {asked.seed}", total=asked.requests)

        def progress() -> None:
            bar.update(task, advance=1, description=f"seed {asked.seed}, {len(report.faults)} faults")

        to_processes = min(asked.to_processes, asked.requests)
        to_application = asked.requests - to_processes
        for number, start in enumerate(range(0, to_application, ROUND)):
            count = min(ROUND, to_application - start)
            fuzz_application(report, count, asked.seed + number, progress, borders=number == 0)
        if to_processes:
            fuzz_processes(report, to_processes, asked.seed, progress)
    console.print(
        f"{report.requests:,} requests to {len(report.operations)} operations, digest {report.digest}"
    )
    console.print(", ".join(f"{status}: {count:,}" for status, count in sorted(report.statuses.items())))
    for fault in report.faults[:FAULTS_SHOWN]:
        console.print(str(fault), markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(report.faults)} faults")
    return 1 if report.faults else 0


def fuzz_application(
    report: Report, count: int, seed: int, progress: Callable[[], None], *, borders: bool
) -> None:
    """A round with the exchange in this thread."""
    with tempfile.TemporaryDirectory(prefix="credence-fuzz-") as var:
        world = World(Path(var))
        way = ToApplication(world.app)
        Round(Stage(way, STAFF_PASSWORD), report, progress).run(count, seed, borders=borders)
        way.close()
        world.close()


def fuzz_processes(report: Report, count: int, seed: int, progress: Callable[[], None]) -> None:
    """A round with an exchange of its own processes, over a socket."""
    with running_exchange({"CREDENCE_HASHING_COST": "cheap"}) as exchange:
        stage = Stage(ToServer(exchange.url), exchange.staff_password)
        Round(stage, report, progress).run(count, seed, borders=False)


if __name__ == "__main__":
    # What schemathesis remarks about a description is not about answers.
    warnings.simplefilter("ignore")
    sys.exit(main(sys.argv[1:]))
