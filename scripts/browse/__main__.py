"""Owns the trial of the pages in a browser without JavaScript: join, trade, cancel; staff runs a market.

Never touches an exchange that somebody else runs; pictures of the pages are left in a folder.
Called by ``make browse``. Needs Debian's chromium and chromium-driver.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from scripts.browse.browser import Browser, Size, open_browser
from scripts.exchange import Exchange, running_exchange

DESK: Final = Size(1280, 800)
PHONE: Final = Size(390, 844)
PASSWORD: Final = "correct horse battery"  # noqa: S105 (of a member who lives as long as this command)
_ORDER: Final = "form.order"
_APPEARS_WITHIN_S: Final = 20.0
_LOOK_EVERY_S: Final = 0.05
ENTER: Final = "\ue007"
"""What WebDriver calls the key."""
_CANCEL: Final = "#content form.command:not(:has(fieldset)) button"


class Visit:
    """The browser at this exchange: what it sees is told, and drawn into the folder."""

    def __init__(self, browser: Browser, exchange: Exchange, folder: Path) -> None:
        self.browser = browser
        self._url = exchange.url
        self._folder = folder

    def go(self, path: str) -> None:
        self.browser.go(self._url + path)

    def shoot(self, name: str) -> None:
        self.browser.shoot(self._folder / f"{name}.png")

    def sees(self, *texts: str) -> None:
        """Waits until all of them are on the page: after a click another one may be on its way."""
        give_up = time.monotonic() + _APPEARS_WITHIN_S
        while missing := [text for text in texts if text not in (shown := self._shown())]:
            if time.monotonic() > give_up:
                raise LookupError(f"{missing} not on {self.browser.url}:\n{shown}")
            time.sleep(_LOOK_EVERY_S)

    def _shown(self) -> str:
        try:
            return self.browser.text()
        except LookupError:
            return ""

    def sign_in(self, username: str, password: str) -> None:
        self.go("/v3/sessions/")
        form = 'form[action^="/v3/sessions/"]'
        self.browser.fill(f"{form} input[name=username]", username)
        self.browser.fill(f"{form} input[name=password]", password)
        self.browser.click(f"{form} button")
        self.sees(username)

    def sign_out(self) -> None:
        self.go("/v3/sessions/")
        self.browser.click('form[action^="/v3/sessions/"] button')
        self.sees("Register")


def join(visit: Visit, _: Exchange) -> None:
    visit.go("/v3/")
    visit.sees("What will happen?", "Harbour Cup final")
    visit.shoot("home")
    visit.go("/v3/sessions/")
    form = 'form[action^="/v3/members/"]'
    visit.browser.fill(f"{form} input[name=username]", "grace")
    visit.browser.fill(f"{form} input[name=password]", PASSWORD)
    visit.shoot("joining")
    visit.browser.click(f"{form} button")
    visit.sees("grace", "here since")
    visit.sign_out()


def pay(visit: Visit, exchange: Exchange) -> None:
    visit.sign_in("staff", exchange.staff_password)
    visit.go("/v3/members/grace/")
    form = 'form[action="/v3/accounts/grace/deposits/"]'
    visit.browser.click("details:has(form[action$='deposits/']) summary")
    visit.browser.fill(f"{form} input[name=amount]", "100.00")
    visit.browser.click(f"{form} button")
    visit.sees("100.00")
    visit.shoot("staff-member")
    for path, name in (("/v3/events/1/", "staff-event"), ("/v3/markets/1/", "staff-market")):
        visit.go(path)
        visit.shoot(name)
    visit.sign_out()


def trade(visit: Visit, _: Exchange) -> None:
    browser = visit.browser
    visit.sign_in("grace", PASSWORD)
    visit.go("/v3/markets/1/")
    browser.click("a.quote.buy")
    browser.fill(f"{_ORDER} input[name=price]", "12")
    browser.fill(f"{_ORDER} input[name=quantity]", "5.00")
    visit.shoot("ordering")
    browser.click(f"{_ORDER} .act button.other")
    visit.sees("Nothing has happened yet.", "5.00 would rest at 12 %.")
    visit.shoot("preview")
    browser.click("form.command > button")
    visit.sees("12 %", "5.00", "Created")
    visit.shoot("order")
    order = browser.url
    visit.go("/v3/markets/1/")
    visit.sees("Your open orders", "12 %")
    visit.go("/v3/orders/")
    visit.shoot("orders")
    browser.go(order)
    browser.click(_CANCEL)
    visit.sees("Cancelled", "member requested")
    visit.shoot("cancelled")


def fail(visit: Visit, _: Exchange) -> None:
    """What is refused is shown with what was wrong, and can be put right."""
    browser = visit.browser
    visit.go("/v3/markets/1/")
    browser.click("a.quote.buy")
    browser.fill(f"{_ORDER} input[name=quantity]", "900000.00")
    browser.click(f"{_ORDER} .act button")
    visit.sees("Insufficient funds")
    visit.shoot("refused")
    browser.fill("form.command input[name=quantity]", "1.00")
    browser.click("form.command .act button")
    visit.sees("Filled")


def look(visit: Visit, _: Exchange) -> None:
    """Everything once more, in the dark and on a phone, for whoever judges by eye."""
    pages = {
        "home": "/v3/",
        "market": "/v3/markets/1/",
        "positions": "/v3/positions/",
        "account": "/v3/accounts/",
        "search": "/v3/search/?q=harb",
    }
    for scheme in ("light", "dark"):
        visit.browser.prefer(scheme)
        for size, kind in ((DESK, "desk"), (PHONE, "phone")):
            visit.browser.resize(size)
            for name, path in pages.items():
                visit.go(path)
                visit.shoot(f"{name}-{kind}-{scheme}")


def meet(visit: Visit, _: Exchange) -> None:
    """What is searched for is found, followed and talked about; who sees what of oneself is chosen."""
    browser = visit.browser
    browser.fill("form.search input[name=q]", f"harbour{ENTER}")
    visit.sees("Search: harbour", "Harbour Cup final")
    visit.go("/v3/markets/1/")
    browser.click("form[action^='/v3/following/markets/'] button")
    visit.go("/v3/markets/1/comments/")
    browser.fill("form[action^='/v3/markets/1/comments/'] textarea", "@ada, see https://example.org/tides")
    browser.click("form[action^='/v3/markets/1/comments/'] button")
    visit.sees("see https://example.org/tides")
    visit.go("/v3/markets/1/")
    visit.sees("see https://example.org/tides")
    pages = {
        "following": "/v3/activity/",
        "mine": "/v3/members/grace/activity/",
        "member": "/v3/members/grace/",
        "comments": "/v3/markets/1/comments/",
        "challenges": "/v3/challenges/",
        "leaderboards": "/v3/leaderboards/",
        "leaderboard": "/v3/leaderboards/streak/",
        "badges": "/v3/members/grace/badges/",
        "notifications": "/v3/notifications/",
        "privacy": "/v3/privacy/",
        "feeds": "/v3/feeds/",
    }
    for name, path in pages.items():
        visit.go(path)
        visit.shoot(f"meet-{name}")


STORY: Final[tuple[Callable[[Visit, Exchange], None], ...]] = (join, pay, trade, fail, meet, look)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="browse", description=__doc__)
    parser.add_argument("--pictures", type=Path, default=Path("build/browse"), help="where pictures go")
    folder: Path = parser.parse_args(arguments).pictures
    if shutil.which("chromedriver") is None:
        print("chromedriver is missing: apt-get install chromium chromium-driver", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="browse-") as profile,
        running_exchange({"CREDENCE_DEMO": "1"}) as exchange,
        open_browser(Path(profile)) as browser,
    ):
        browser.resize(DESK)
        visit = Visit(browser, exchange, folder)
        for chapter in STORY:
            chapter(visit, exchange)
            print(f"{chapter.__name__}: fine")
    print(f"Pictures are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
