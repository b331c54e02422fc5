"""Owns the command ``python -m scripts.crowd [--members N] [--seconds N] [--seed N] [--url URL]``.

Never makes money of its own: staff gives it, whose password is in CREDENCE_STAFF_PASSWORD, or asked for.
Called by ``__main__.py`` (``make crowd``) and by tests.

Its last line is one JSON object: what was done, what was refused and why. Ctrl-C or SIGTERM ends it sooner.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import getpass
import json
import os
import signal
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from scripts.client import AsyncClient, ClientError
from scripts.crowd.crowd import (
    KINDS,
    CrowdError,
    Limits,
    Member,
    Tally,
    live_together,
    look_around,
    names,
)
from scripts.first_start.passwords import password_of

URL: Final = "http://127.0.0.1:8000"
STAFF: Final = "staff"
STAFF_PASSWORD: Final = "CREDENCE_STAFF_PASSWORD"  # noqa: S105 (the variable's name)
MEMBERS_MAX: Final = 500
SECONDS_MAX: Final = 86_400
ACTS_MAX: Final = 1_000_000
PATIENCE_S: Final = 10.0
JOIN_TOGETHER: Final = 8
"""How many join at a time: hashing their passwords is dear."""
LOOK_EVERY_S: Final = 0.2
RIGHT: Final = 0
WRONG: Final = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    say = Console(stderr=True, highlight=False)
    # Also where it was started with interrupts ignored, as things in the background are.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    tally = Tally()
    began = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    try:
        password = os.environ.get(STAFF_PASSWORD) or getpass.getpass("Password of staff: ")
        with Progress(*columns, console=say, transient=True) as progress:
            asyncio.run(_crowd(options, password, tally, progress))
    except KeyboardInterrupt:
        say.print("Stopped.")
    except (ClientError, CrowdError) as error:
        say.print(f"The crowd goes home: {error}", style="red", markup=False)
        return WRONG
    except EOFError:
        say.print(
            f"Nobody is there to be asked for a password; it may be in {STAFF_PASSWORD}.", soft_wrap=True
        )
        return WRONG
    summary = {
        "members": options.members,
        "seconds": round(time.monotonic() - began, 1),
        "done": tally.done,
        "refused": tally.refused,
    }
    print(json.dumps(summary))
    return RIGHT


async def _crowd(options: argparse.Namespace, staff_password: str, tally: Tally, progress: Progress) -> None:
    """Everybody joins, then lives."""
    # One for all: to make it takes longer than to connect.
    connect = partial(AsyncClient, options.url.rstrip("/"), PATIENCE_S, ssl.create_default_context())
    async with contextlib.AsyncExitStack() as stack:
        staff = await stack.enter_async_context(connect())
        await staff.sign_in(STAFF, staff_password)
        place = await look_around(staff)
        members = [
            Member(name, KINDS[number % len(KINDS)], options.seed, await stack.enter_async_context(connect()))
            for number, name in enumerate(names(options.seed, options.members))
        ]
        joining = progress.add_task("members join", total=len(members))
        for first in range(0, len(members), JOIN_TOGETHER):
            some = members[first : first + JOIN_TOGETHER]
            await asyncio.gather(
                *(member.join(password_of(member.name, staff_password.encode()), staff) for member in some)
            )
            progress.advance(joining, len(some))
        progress.remove_task(joining)
        living = progress.add_task("", total=options.seconds)
        limits = Limits(options.seconds, options.acts, options.pause)
        async with _told(progress, living, tally):
            await live_together(members, place, limits, tally, lambda: dt.datetime.now(dt.UTC))


@contextlib.asynccontextmanager
async def _told(progress: Progress, living: TaskID, tally: Tally) -> AsyncIterator[None]:
    """Shows now and then what has been done."""
    began = time.monotonic()

    async def tell() -> None:
        while True:
            done = ", ".join(f"{count} {name}" for name, count in tally.done.most_common(4))
            told = f"{done or 'nothing yet'}; {tally.refused.total()} refused"
            progress.update(living, completed=time.monotonic() - began, description=told)
            await asyncio.sleep(LOOK_EVERY_S)

    telling = asyncio.create_task(tell())
    try:
        yield
    finally:
        telling.cancel()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="crowd", description="Fills an exchange with made-up members.")
    parser.add_argument("--url", default=URL, help=f"of the exchange (default: {URL})")
    parser.add_argument("--members", type=_up_to(MEMBERS_MAX), default=20, help="how many (default: 20)")
    parser.add_argument("--seconds", type=_up_to(SECONDS_MAX), default=60, help="how long (default: 60)")
    parser.add_argument("--acts", type=_up_to(ACTS_MAX), default=100_000, help="at most (default: 100000)")
    parser.add_argument("--seed", type=_up_to(ACTS_MAX), default=1, help="the same seed has the same members")
    parser.add_argument(
        "--pause", type=_pause, default=1.0, help="seconds between a member's acts, on average (default: 1)"
    )
    return parser


def _pause(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.001 <= seconds <= SECONDS_MAX:
        raise argparse.ArgumentTypeError("seconds from 0.001 on are needed")
    return seconds


def _up_to(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"a whole number from 1 to {most} is needed")
        return int(text)

    return parse
