"""Owns a writer process that a test can kill: it appends until it ends, and tells what is durable.

Never tests anything.
Called by tests/rabbit as ``python -m tests.rabbit.appender FOLDER STREAM [paced]``.

It says ``epoch N`` when it may write, then for each record, once it is durable, ``sequence digest``. A paced
one appends a record for each line of its input.
"""

import sys
from pathlib import Path

from rabbit.log import LogLockedError
from rabbit.sqlite import SqliteLog
from tests.rabbit.rigs import body, recovered


def main(folder: str, stream: str, pace: str = "") -> None:
    try:
        writer = recovered(SqliteLog(Path(folder)), stream)
        say(f"epoch {writer.epoch}")
        number = 0
        while not pace or sys.stdin.readline():
            number += 1
            record = writer.append(body(number), number)
            say(f"{record.sequence} {record.digest.hex()}")
    except LogLockedError as error:
        say(f"refused: {error}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
