"""Owns the command ``python -m scripts.maker --market ID [--url URL] [--seconds N] [--fair 1=38.5]``.

Never keeps a password: it is in CREDENCE_MEMBER_PASSWORD, or asked for.
Called by ``__main__.py`` (``make maker``) and by tests.

Ctrl-C, SIGTERM and the end of its time are the same: it cancels its orders; its last line is JSON.
"""

import argparse
import getpass
import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from typing import Final

from rich.console import Console

from scripts.client import Client, ClientError
from scripts.client.blocking import PATIENCE_S
from scripts.maker.rounds import Maker, MakerError
from scripts.maker.strategy import PRICE_MAX, PRICE_MIN, Style

URL: Final = "http://127.0.0.1:8000"
PERCENT: Final = 100
SECONDS_MAX: Final = 86_400
PASSWORD: Final = "CREDENCE_MEMBER_PASSWORD"  # noqa: S105 (the variable's name)
RIGHT: Final = 0
WRONG: Final = 1


def main(arguments: Sequence[str] | None = None, pause: Callable[[float], None] = time.sleep) -> int:
    """Runs the command and returns its exit status; ``pause`` lets seconds pass between rounds."""
    options = _parser().parse_args(arguments)
    say = Console(stderr=True, highlight=False)
    # Also where it was started with interrupts ignored, as things in the background are.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        password = os.environ.get(PASSWORD) or getpass.getpass(f"Password of {options.username}: ")
        with Client(options.url.rstrip("/"), PATIENCE_S) as client:
            client.sign_in(options.username, password)
            maker = Maker(client, options.market, _style(options), dict(options.fair))
            _quote(maker, options, pause, say)
    except (ClientError, MakerError) as error:
        say.print(f"The market maker stops: {error}", style="red", markup=False)
        return WRONG
    except EOFError:
        say.print(f"Nobody is there to be asked for a password; it may be in {PASSWORD}.", soft_wrap=True)
        return WRONG
    summary = {
        "market_id": maker.market.id,
        "placed": maker.placed,
        "cancelled": maker.cancelled,
        "refused": maker.refused,
        "fair": maker.fair,
    }
    print(json.dumps(summary))
    return RIGHT


def _quote(maker: Maker, options: argparse.Namespace, pause: Callable[[float], None], say: Console) -> None:
    """Until the time is over, or somebody interrupts."""
    ends: float = time.monotonic() + options.seconds
    rounds = 0

    def go_on() -> bool:
        nonlocal rounds
        if rounds:
            pause(options.every)
        rounds += 1
        return time.monotonic() < ends

    with say.status(f"Quoting {maker.market.name} ...") as status:

        def told() -> None:
            refused = sum(maker.refused.values())
            done = f"{maker.placed} placed, {maker.cancelled} cancelled, {refused} refused"
            status.update(f"Quoting {maker.market.name}: {done}; {ends - time.monotonic():.0f} s left")

        try:
            maker.run(go_on, told)
        except KeyboardInterrupt:
            say.print("Stopped; all orders are cancelled.")


def _style(options: argparse.Namespace) -> Style:
    return Style(
        options.half_spread, options.step, options.levels, options.size, options.skew, options.held_max
    )


def _parser() -> argparse.ArgumentParser:
    usual = Style()
    parser = argparse.ArgumentParser(prog="maker", description="Quotes both sides of a market.")
    parser.add_argument("--url", default=URL, help=f"of the exchange (default: {URL})")
    parser.add_argument("--username", default="ada", help="who quotes (default: ada)")
    parser.add_argument("--market", required=True, help="the market's id")
    parser.add_argument(
        "--fair",
        type=_fair,
        action="append",
        default=[],
        metavar="CONTRACT=PERCENT",
        help="a contract's fair value, which stays; without it, it follows the trades",
    )
    parser.add_argument("--seconds", type=_within(1, SECONDS_MAX), default=60, help="how long (default: 60)")
    parser.add_argument("--every", type=_pause, default=1.0, help="seconds between looks (default: 1)")
    for name, most, what in (
        ("half-spread", PRICE_MAX, "ticks from the fair value to the best quotes"),
        ("step", PRICE_MAX, "ticks from one quote to the next"),
        ("levels", 10, "quotes on each side"),
        ("size", 10**10, "units of payout in each quote"),
        ("skew", PRICE_MAX, "ticks that quotes move by for each size held"),
        ("held-max", 10**12, "units held at which nothing that adds to it is quoted"),
    ):
        default = getattr(usual, name.replace("-", "_"))
        parser.add_argument(
            f"--{name}",
            type=_within(0 if name == "skew" else 1, most),
            default=default,
            help=f"{what} (default: {default})",
        )
    return parser


def _fair(text: str) -> tuple[str, int]:
    contract_id, _, percent = text.partition("=")
    try:
        price = round(float(percent) * PERCENT)
    except ValueError:
        price = 0
    if not contract_id.isdecimal() or not PRICE_MIN <= price <= PRICE_MAX:
        raise argparse.ArgumentTypeError(f"CONTRACT=PERCENT is needed, as 1=38.5, not {text!r}")
    return contract_id, price


def _pause(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= SECONDS_MAX:
        raise argparse.ArgumentTypeError(f"seconds from 0 to {SECONDS_MAX} are needed, not {text!r}")
    return seconds


def _within(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"a whole number from {least} to {most} is needed")
        return int(text)

    return parse
