"""Owns the command ``python -m scripts.replay FILE [--url URL] [--batch N]``.

Never decides anything itself: it reads, plans, drives, settles and judges, in this order.
Called by ``__main__.py`` (``make replay``) and by tests.

The last line is one JSON object; the exit status is 0 only if everything in it is as expected, 2 if the file
or an option is wrong.
"""

import argparse
import contextlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from actors.machines import limits
from scripts.client import Client, ClientError
from scripts.exchange import ExchangeError, running_exchange
from scripts.replay.drive import ReplayError, drive
from scripts.replay.flow import FlowError, read_flow
from scripts.replay.plan import Plan, make_plan, requests
from scripts.replay.venue import Venue, open_venue, settle
from scripts.replay.verdict import CurrentClient, Verdict, judge

STAFF: Final = "staff"
STAFF_PASSWORD: Final = "CREDENCE_STAFF_PASSWORD"  # noqa: S105 (the variable's name)

FOR_A_SHORT_LIFE: Final = {"CREDENCE_HASHING_COST": "cheap"}
"""Its members' passwords are drawn by chance and forgotten: nothing is worth guessing."""

PATIENCE_S: Final = 30.0
"""How long an exchange may be away before the replay gives up."""

RIGHT: Final = 0
WRONG: Final = 1
UNUSABLE: Final = 2


class Driven(NamedTuple):
    """How the driving went."""

    requests: int
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status."""
    options = _parser().parse_args(arguments)
    say = Console(stderr=True)
    try:
        plan = make_plan(read_flow(options.file))
    except (OSError, FlowError) as error:
        say.print(f"{options.file}: {error}", style="red", highlight=False)
        return UNUSABLE
    try:
        with contextlib.ExitStack() as stack:
            if options.url is None:
                say.print("Starting an exchange of its own ...")
                exchange = stack.enter_context(running_exchange(FOR_A_SHORT_LIFE))
                url, password = exchange.url, exchange.staff_password
            else:
                url, password = options.url.rstrip("/"), options.staff_password
            return replay(plan, url, password, options.batch, say)
    except (ExchangeError, ReplayError, ClientError, httpx.HTTPError) as error:
        say.print(f"The replay failed: {error}", style="red", highlight=False)
        return WRONG


def replay(plan: Plan, url: str, staff_password: str, batch: int, say: Console) -> int:
    """Drives the plan through the exchange at ``url``, judges, and prints the last line."""
    with Client(url, PATIENCE_S) as staff, Client(url, PATIENCE_S) as sender, CurrentClient(url) as reader:
        staff.sign_in(STAFF, staff_password)
        say.print("Making a market and its members ...")
        venue = open_venue(staff, sender, plan.funds)
        driven = _drive(plan, sender, venue, batch, say)
        say.print("Settling, and comparing what was booked ...")
        settle(staff, venue)
        verdict = judge(reader, venue, plan.trades)
    print(json.dumps(_summary(plan, driven, verdict)))
    return RIGHT if verdict.is_right else WRONG


def _drive(plan: Plan, client: Client, venue: Venue, batch: int, say: Console) -> Driven:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=say) as progress:
        task = progress.add_task("operations", total=len(plan.steps))
        started = time.monotonic()
        count = drive(client, venue, requests(plan.steps, batch), lambda done: progress.advance(task, done))
        return Driven(count, time.monotonic() - started)


def _summary(plan: Plan, driven: Driven, verdict: Verdict) -> dict[str, str | int | float | bool]:
    return {
        "ops": len(plan.steps),
        "orders": plan.orders,
        "cancels": len(plan.steps) - plan.orders,
        "requests": driven.requests,
        **verdict._asdict(),
        "seconds": round(driven.seconds, 3),
        "orders_per_second": round(plan.orders / driven.seconds, 1),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="replay", description="Replays an order flow file over HTTP.")
    parser.add_argument("file", type=Path, help="CSV with the columns op,id,side,price,quantity")
    parser.add_argument("--url", help="a running exchange; without it, one is started for the replay")
    parser.add_argument(
        "--batch", type=_batch, default=limits.BATCH_OPERATIONS_MAX, help="operations a request, at most"
    )
    parser.add_argument(
        "--staff-password",
        default=os.environ.get(STAFF_PASSWORD, ""),
        help=f"of the exchange at the URL (default: {STAFF_PASSWORD})",
    )
    return parser


def _batch(text: str) -> int:
    size = int(text)
    if not 1 <= size <= limits.BATCH_OPERATIONS_MAX:
        raise argparse.ArgumentTypeError(f"1 to {limits.BATCH_OPERATIONS_MAX} operations fit in a request")
    return size
