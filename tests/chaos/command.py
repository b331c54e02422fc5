"""Owns the command: its options, its folder, its exit code, and that nothing of it is left behind.

Never judges.
Called as ``python -m tests.chaos`` (``make chaos``).
"""

import argparse
import contextlib
import json
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Never

import msgspec
from rich.console import Console

from scripts.broker.programs import BrokerError
from scripts.exchange import ExchangeError
from tests.chaos.campaign import say
from tests.chaos.history import LogReader
from tests.chaos.run import STREAMS, Outcome, Plan, run
from tests.chaos.schedule import Deed
from tests.chaos.stores import ChaosError, Stores, embedded, full
from tests.chaos.summary import last_line, print_summary

RIGHT: Final = 0
WRONG: Final = 1
UNUSABLE: Final = 2
INTERRUPTED: Final = 130
HOLDS_S: Final = {
    Deed.BROKER_ALARM: 5.0,
    Deed.DISK_FULL: 3.0,
    Deed.DOCUMENTS_DOWN: 5.0,
}
SHARES: Final = {
    Deed.BROKER_KILLED: 10,
    Deed.BROKER_PAUSED: 40,
    Deed.CONNECTIONS_CUT: 20,
    Deed.BROKER_ALARM: 40,
    Deed.DISK_FULL: 40,
    Deed.DOCUMENTS_DOWN: 40,
}
"""Without further word, one disturbance of a kind for so many kills: 200 kills come with 20 of the broker."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupted)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts it in the background has it ignored
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    say(f"seed {seed}")
    try:
        with _folder(seed) as folder:
            return _run(options, seed, folder)
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except (ChaosError, BrokerError, ExchangeError) as error:
        say(f"chaos failed (seed {seed}): {error}")
        return UNUSABLE


def _run(options: argparse.Namespace, seed: int, folder: "_Folder") -> int:
    var = folder.path / "var"
    var.mkdir()
    chance = random.Random(seed + 1)
    opened = embedded(var, STREAMS) if options.profile == "embedded" else full(var, chance)
    with opened as stores:
        for note in stores.notes:
            say(note)
        outcome = run(_plan(options, seed, stores), var, stores)
        if not outcome.findings.is_clean:
            # Before the log's disk and the broker go.
            folder.keep(outcome, stores)
    print_summary(outcome, Console(stderr=True))
    if not outcome.findings.is_clean:
        say(f"seed {seed}; everything is kept in {folder.path}")
    sys.stdout.write(f"{last_line(options.profile, outcome)}\n")
    return RIGHT if outcome.findings.is_clean else WRONG


def _plan(options: argparse.Namespace, seed: int, stores: Stores) -> Plan:
    asked = {Deed.BROKER_KILLED: options.broker_kills, Deed.BROKER_PAUSED: options.pauses}
    counts = {Deed.KILL: options.kills}
    for deed in stores.deeds:
        given = asked.get(deed)
        counts[deed] = options.kills // SHARES[deed] if given is None else given
    return Plan(options.orders, counts, HOLDS_S | {Deed.BROKER_PAUSED: options.pause_s}, seed)


class _Folder:
    """Where the state of a run is; gone at its end unless it is to be kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kept = False

    def keep(self, outcome: Outcome, stores: Stores) -> None:
        """Writes the ledger and the log's records beside the state, for who looks for the cause."""
        self.kept = True
        (self.path / "ledger.json").write_bytes(msgspec.json.encode(outcome.ledger))
        with (self.path / "log.jsonl").open("w") as file:
            for record in LogReader(stores.log).records():
                line = [record.stream, record.epoch, record.sequence, record.time, json.loads(record.body)]
                file.write(json.dumps(line) + "\n")


@contextlib.contextmanager
def _folder(seed: int) -> Iterator[_Folder]:
    folder = _Folder(Path(tempfile.mkdtemp(prefix=f"credence-chaos-{seed}-")))
    try:
        yield folder
    finally:
        if not folder.kept:
            shutil.rmtree(folder.path)


def _interrupted(_signal: int, _frame: object) -> Never:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chaos", description="Kills an exchange that is at work, and judges."
    )
    parser.add_argument("--profile", choices=("embedded", "full"), default="embedded")
    parser.add_argument("--kills", type=_count, default=200, help="processes to kill (default: 200)")
    parser.add_argument(
        "--orders", type=_count, default=20_000, help="accepted orders at least (default: 20000)"
    )
    parser.add_argument("--seed", type=int, help="draws the work and what is done to it; printed")
    parser.add_argument("--broker-kills", type=_count, help="full: default one for 10 kills")
    parser.add_argument("--pauses", type=_count, help="full: of the broker, default one for 40 kills")
    parser.add_argument("--pause-s", type=float, default=30.0, help="how long each lasts (default: 30)")
    return parser


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError("a number from 0 on is needed")
    return count
