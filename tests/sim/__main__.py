"""Owns the command: one seed with its trace if wanted, or many seeds over all cores; the verdict as JSON.

Never judges a run: the run does.
Called by people (``make sim``).
"""

import argparse
import hashlib
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tests.sim.run import Outcome, run


def main() -> int:
    """Runs what the arguments ask for; 0 only if nothing was violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description="Simulates the whole exchange.")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (%(default)s)")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds (%(default)s)")
    parser.add_argument("--ops", type=int, default=5_000, help="operations for each seed (%(default)s)")
    parser.add_argument("--trace", type=Path, help="writes the trace of one seed into this file")
    arguments = parser.parse_args()
    if arguments.seeds == 1:
        outcomes = [_run_one(arguments.seed, arguments.ops, arguments.trace)]
    else:
        outcomes = _run_many(range(arguments.seed, arguments.seed + arguments.seeds), arguments.ops)
    _report(outcomes, arguments.ops)
    return any(outcome.violation for outcome in outcomes)


def _run_one(seed: int, operations: int, path: Path | None) -> Outcome:
    if path is None:
        return run(seed, operations)
    with path.open("w") as file:
        return run(seed, operations, file)


def _run_many(seeds: range, operations: int) -> list[Outcome]:
    """One seed after the other in as many processes as there are cores; what is found is told at once."""
    console = Console(stderr=True)
    outcomes = []
    with ProcessPoolExecutor(os.cpu_count()) as pool, Progress(console=console) as progress:
        task = progress.add_task("seeds", total=len(seeds))
        for outcome in pool.map(partial(run, operations=operations), seeds):
            outcomes.append(outcome)
            progress.advance(task)
            if outcome.violation:
                console.print(f"seed {outcome.seed}: {outcome.violation.splitlines()[-1]}", markup=False)
    return outcomes


def _report(outcomes: list[Outcome], operations: int) -> None:
    for outcome in outcomes:
        if outcome.violation:
            print(outcome.violation, file=sys.stderr)
            print(f"repeat it: make sim SEED={outcome.seed} OPS={operations}", file=sys.stderr)
    first, last = outcomes[0].seed, outcomes[-1].seed
    digests = [outcome.trace_sha256 for outcome in outcomes]
    verdict = {
        "seed": first if first == last else f"{first}-{last}",
        "ops": sum(outcome.operations for outcome in outcomes),
        "trace_sha256": digests[0]
        if first == last
        else hashlib.sha256("".join(digests).encode()).hexdigest(),
        "violations": sum(1 for outcome in outcomes if outcome.violation),
    }
    print(json.dumps(verdict))


if __name__ == "__main__":
    sys.exit(main())
