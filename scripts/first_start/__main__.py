"""Owns the order of the first start: staff, demo, what is printed; then it never runs again.

Never prints a password that the operator has given.
Called by the launcher, as ``python -m scripts.first_start``; exit code 0: it is done for good.
"""

import asyncio
import datetime as dt
import os
import ssl
import sys
from functools import partial

from actors.processes.journal import open_journal
from actors.processes.settings import Settings
from actors.processes.thespian_gateway import open_gateway
from resources.passwords import hash_password
from scripts.client import Client, ClientError, RefusedError
from scripts.first_start import demo
from scripts.first_start.passwords import password_of
from scripts.first_start.staff import USERNAME, StaffError, make_staff

PATIENCE_S = 30.0


def main() -> int:
    """The program. Returns its exit code."""
    settings = Settings.from_environment(os.environ)
    open_journal(settings, "first start")
    try:
        sys.stdout.write(first_start(settings))
    except (StaffError, ClientError) as error:
        sys.stderr.write(f"The first start is not complete: {error}\n")
        return 1
    return 0


def first_start(settings: Settings) -> str:
    """Makes what is missing; returns what the operator should read, once."""
    derived = partial(password_of, secret=settings.signing_secret())
    password = settings.staff_password or derived(USERNAME)
    asyncio.run(_register_staff(settings, hash_password(password, settings.hashing_cost)))
    tls = settings.near_tls()
    _check(settings.url, password, tls)
    rows = [("staff", "(as given)" if settings.staff_password else password, "moves money, runs markets")]
    if settings.demo:
        connect = partial(Client, settings.url, tls=tls)
        demo.make_demo(connect, password, derived, dt.datetime.now(dt.UTC).date())
        rows += [(name, derived(name), "demo member with play money") for name in demo.MEMBERS]
    lines = [f"  {name:<8} {secret:<22} {what}" for name, secret, what in rows]
    return "\n".join(
        ["", "Accounts made by this first start, shown this once (name, password):", *lines, "", ""]
    )


async def _register_staff(settings: Settings, password_hash: str) -> None:
    gateway = open_gateway(settings)
    try:
        await make_staff(gateway, password_hash, PATIENCE_S)
    finally:
        gateway.close()


def _check(url: str, password: str, tls: ssl.SSLContext | None) -> None:
    """The account may have been there before, with another password: then the operator must know."""
    with Client(url, PATIENCE_S, tls) as client:
        try:
            client.sign_in(USERNAME, password)
        except RefusedError as error:
            raise StaffError(
                f"the account {USERNAME!r} exists, but not with this password: {error}"
            ) from error


if __name__ == "__main__":
    sys.exit(main())
