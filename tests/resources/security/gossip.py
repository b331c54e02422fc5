"""Owns a world in which a member has done everything that anybody could tell of, with canaries of its own.

Never judges anything.
Called by the tests of who sees what.

What Ada does in a market is done in one of its own, so that its name beside hers tells of that alone; prices,
quantities, profits and texts are such as nothing else has.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from actors.machines.messages.social_words import Audience, Detail, PrivacyKind
from tests.resources.world import Json, Visitor, World, order_in

ADA: Final = "canary-ada"
ADA_NAMED: Final = re.compile("canary.ada", re.IGNORECASE)
"""How she is named anywhere: her username, and what she wants to be called."""
CLEO: Final = "canary-cleo"
CLEO_NAMED: Final = re.compile("canary.cleo", re.IGNORECASE)
EVERYTHING: Final = {"audience": Audience.EVERYONE.value, "detail": Detail.PROFIT.value}
FORMATS: Final = ("json", "xhtml", "atom")
PATHS_FOLLOWED_MAX: Final = 4
"""Paths of one template that links are followed to."""
_HREF: Final = re.compile(r'href="(/v3/[^"?#]*)')
_FIELD: Final = re.compile(r"\{([a-z_]+)\}")

Grant = tuple[PrivacyKind, Detail]
_TRADES: Final = (PrivacyKind.FILL, PrivacyKind.POSITION)


class Canary(NamedTuple):
    """What would tell of something she did, and what of her settings, any of them, let it be told."""

    name: str
    pattern: re.Pattern[str]
    grants: tuple[Grant, ...]


def number(digits: str) -> re.Pattern[str]:
    """A price, quantity or amount, however it is written: 4321, 43.21, 4,321.00."""
    return re.compile(r"(?<![0-9.,])" + r"[.,]?".join(digits) + r"(?:[.,]?0+)?(?![0-9])")


def _of(kinds: tuple[PrivacyKind, ...], detail: Detail) -> tuple[Grant, ...]:
    return tuple((kind, detail) for kind in kinds)


class Gossip:
    """The world; ``paths`` are those of everything that can be looked at, found by following links."""

    def __init__(self, var: Path) -> None:
        self.world = world = World(var)
        self.ada, self.cleo = world.member(ADA, "100000.00"), world.member(CLEO, "100000.00")
        self.dan = world.member("dan", "100000.00")
        self.eve = world.member("eve", None)
        self.ada.ok("PATCH", f"/v3/members/{ADA}/", {"display_name": "Canary Ada"})
        self.cleo.ok("PATCH", f"/v3/members/{CLEO}/", {"display_name": "Canary Cleo"})
        self.canaries = tuple(self._acts())
        self.allow({kind.value: EVERYTHING for kind in PrivacyKind})
        self.patterns = list(self._readable())
        self.paths = self._found()

    # What she does.

    def _acts(self) -> Iterator[Canary]:
        yield from self._order()
        yield from self._trade()
        yield from self._settlement()
        yield from self._challenge()
        yield from self._follow()
        yield from self._comment()

    def _market(self, name: str) -> Json:
        return self.world.market("Gulls", "Herons", name=f"Canary of {name}")

    def _place(self, visitor: Visitor, market: Json, side: str, price: int, quantity: int) -> None:
        visitor.ok("POST", "/v3/orders/", order_in(market, side=side, price=price, quantity=quantity))

    def _order(self) -> Iterator[Canary]:
        self._place(self.ada, self._market("orders"), "buy", 3_217, 1_234_577)
        kinds = (PrivacyKind.ORDER,)
        yield Canary("order", re.compile("Canary of orders"), _of(kinds, Detail.TRADED))
        yield Canary("price of an order", number("3217"), _of(kinds, Detail.PRICE))
        yield Canary("quantity of an order", number("1234577"), _of(kinds, Detail.AMOUNT))

    def _trade(self) -> Iterator[Canary]:
        market = self._market("trades")
        for price, quantity in ((4_391, 2_345_677), (4_397, 3_456_787)):
            self._place(self.dan, market, "sell", price, quantity)
            self._place(self.ada, market, "buy", price, quantity)
        kinds = (PrivacyKind.ORDER, *_TRADES)
        yield Canary("trade", re.compile("Canary of trades"), _of(kinds, Detail.TRADED))
        yield Canary("price of a trade", number("4391"), _of(kinds, Detail.PRICE))
        yield Canary("quantity of a trade", number("2345677"), _of(kinds, Detail.AMOUNT))
        # The second one opens no position.
        without = (PrivacyKind.ORDER, PrivacyKind.FILL)
        yield Canary("price of another trade", number("4397"), _of(without, Detail.PRICE))
        yield Canary("quantity of another trade", number("3456787"), _of(without, Detail.AMOUNT))

    def _settlement(self) -> Iterator[Canary]:
        market = self._market("settlements")
        self._place(self.dan, market, "sell", 5_903, 770_000)
        self._place(self.ada, market, "buy", 5_903, 770_000)
        place = f"/v3/markets/{market['id']}/"
        self.world.staff.ok("PATCH", place, {"state": "closed"})
        verdict = {"winners": [market["contracts"][0]["id"]], "reason": "first across the line"}
        self.world.staff.ok("PUT", f"{place}settlement/", verdict)
        profit = f"{77 * (10_000 - 5_903)}".rstrip("0")
        kinds = (PrivacyKind.ORDER, *_TRADES, PrivacyKind.SETTLEMENT)
        about_profit = (PrivacyKind.SETTLEMENT, PrivacyKind.LEADERBOARDS)
        boards = (PrivacyKind.LEADERBOARDS, Detail.TRADED)
        yield Canary("settlement", re.compile("Canary of settlements"), (*_of(kinds, Detail.TRADED), boards))
        yield Canary("profit", number(profit), _of(about_profit, Detail.PROFIT))

    def _challenge(self) -> Iterator[Canary]:
        market = self._market("challenges")
        offer = {
            **order_in(market, price=2_719, quantity=5_678_917),
            "opponent": "dan",
            "expires_datetime": "2026-12-31T00:00:00Z",
            "message": "canary of a message",
        }
        if "/v3/challenges/" in self.world.anyone.ok("GET", "/v3/openapi.json")["paths"]:
            self.ada.ok("POST", "/v3/challenges/", offer)
        kinds = (PrivacyKind.CHALLENGE,)
        yield Canary("challenge", re.compile("Canary of challenges"), _of(kinds, Detail.TRADED))
        yield Canary("price of a challenge", number("2719"), _of(kinds, Detail.PRICE))
        yield Canary("quantity of a challenge", number("5678917"), _of(kinds, Detail.AMOUNT))
        yield Canary("words of a challenge", re.compile("canary of a message"), ())

    def _follow(self) -> Iterator[Canary]:
        market = self._market("follows")
        for path in (f"markets/{market['id']}", f"members/{CLEO}"):
            self.ada.ok("PUT", f"/v3/following/{path}/")
        yield Canary("follow", re.compile("Canary of follows"), ((PrivacyKind.FOLLOW, Detail.TRADED),))

    def _comment(self) -> Iterator[Canary]:
        market = self._market("comments")
        said = {"text": "canary of a comment"}
        if "/v3/markets/{ids}/comments/" in self.world.anyone.ok("GET", "/v3/openapi.json")["paths"]:
            self.ada.ok("POST", f"/v3/markets/{market['id']}/comments/", said)
        about = ((PrivacyKind.COMMENT, Detail.TRADED),)
        yield Canary("comment", re.compile("canary of a comment"), about)
        yield Canary("that she commented", re.compile("Canary of comments"), about)

    def allow(self, settings: Mapping[str, Mapping[str, str]]) -> None:
        self.ada.ok("PATCH", "/v3/privacy/", settings)

    # Where everything is.

    def _readable(self) -> Iterator[tuple[str, re.Pattern[str]]]:
        """The templates of all that can be read, from the declarations that answer."""
        for template, methods in self.world.anyone.ok("GET", "/v3/openapi.json")["paths"].items():
            if "get" in methods:
                yield template, re.compile(_FIELD.sub("[A-Za-z0-9_-]+", template) + r"\Z")

    def _found(self) -> dict[str, list[str]]:
        """Paths of each template: filled with what leads to Ada, and what links of her pages lead to."""
        found: dict[str, list[str]] = {template: [] for template, _ in self.patterns}
        values = {
            "username": [ADA, CLEO],
            "ids": self._markets(),
            "entry_id": self._entries(),
            "api_key_id": ["1"],
        }
        for template, paths in found.items():
            name = next(iter(_FIELD.findall(template)), None)
            given = [""] if name is None else values.get(name, [])
            paths += [template.replace(f"{{{name}}}", value) for value in given]
        waiting = [path for paths in found.values() for path in paths]
        seen: set[str] = set()
        while waiting:
            path = waiting.pop(0)
            paths_like_it = found.get(self._template_of(path), [])
            if path in seen:
                continue
            seen.add(path)
            if path not in paths_like_it and len(paths_like_it) < PATHS_FOLLOWED_MAX:
                paths_like_it.append(path)
            if path in paths_like_it:
                waiting += _HREF.findall(self.ada.get(f"{path}?format=xhtml&limit=100").text)
        return found

    def _template_of(self, path: str) -> str:
        """Empty if nothing is there that can be read."""
        return next((template for template, pattern in self.patterns if pattern.match(path)), "")

    def _markets(self) -> list[str]:
        markets = self.world.anyone.ok("GET", "/v3/markets/?limit=100")["markets"]
        return [market["id"] for market in markets if market["name"].startswith("Canary")]

    def _entries(self) -> list[str]:
        activity = self.ada.ok("GET", f"/v3/members/{ADA}/activity/?limit=100")["activity"]
        return [entry["id"] for entry in activity if entry["kind"] in {kind.value for kind in PrivacyKind}]
