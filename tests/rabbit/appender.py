"""Owns a writer process that a test can kill: it appends until it ends, and tells what is durable.

Never tests anything.
Called by tests/rabbit, which starts it as ``python -m tests.rabbit.appender FOLDER_OR_URL STREAM [paced]``.

It says ``epoch N`` when it may write, then for each record, once it is durable, ``sequence digest``. A paced
one appends a record for each line of its input, and keeps its writer alive between them.
"""

import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rabbit.log import KEEP_ALIVE_S, LogLockedError, Writer
from rabbit.open import open_log
from tests.rabbit.rigs import STREAM, body, recovered

ROOT: Final = Path(__file__).parents[2]


@contextmanager
def appender(where: Path | str, *pace: str) -> Iterator[subprocess.Popen[str]]:
    """The process, for a log in a folder or at a URL; killed in the end."""
    command = [sys.executable, "-m", "tests.rabbit.appender", str(where), STREAM, *pace]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    """What it says next."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def append_one(process: subprocess.Popen[str]) -> None:
    """Tells a paced one to append."""
    assert process.stdin is not None
    process.stdin.write("append\n")
    process.stdin.flush()


def main(where: str, stream: str, pace: str = "") -> None:
    try:
        writer = recovered(open_log(where if "://" in where else "sqlite", Path(where)), stream)
        say(f"epoch {writer.epoch}")
        number = 0
        while not pace or told_to_append(writer):
            number += 1
            record = writer.append(body(number), number)
            say(f"{record.sequence} {record.digest.hex()}")
    except LogLockedError as error:
        say(f"refused: {error}")


def told_to_append(writer: Writer) -> bool:
    while not select.select([sys.stdin], [], [], KEEP_ALIVE_S / 4)[0]:
        writer.keep_alive()
    return bool(sys.stdin.readline())


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
