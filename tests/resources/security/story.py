"""Owns a world with something private of everybody, and every route there is in it.

Never judges anything.
Called by the tests of security.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from falcon import testing

from tests.resources.talking import write
from tests.resources.world import PASSWORD, Json, Visitor, World, challenge_in, order_in

METHODS: Final = ("get", "post", "put", "patch", "delete")
COMMANDS: Final = ("post", "put", "patch", "delete")


class Route(NamedTuple):
    """A method of a resource; ``template`` has the path's fields in braces, ``path`` has values in them."""

    method: str
    template: str
    path: str
    description: Json


class Story:
    """Members with orders, money, texts and comments of their own, in markets that traded and settled."""

    def __init__(self, var: Path, *, keep_answers: bool = False) -> None:
        self.world = world = World(var, keep_answers=keep_answers)
        self.market = world.market("Gulls", "Herons")
        self.draft = world.market(state="draft")
        self.closed = world.market("Gulls", "Herons", "Terns", state="closed")
        self.ada = world.member("ada", "1111.11")
        self.ben = world.member("ben", "2222.22")
        self.order = self.ada.ok(
            "POST", "/v3/orders/", order_in(self.market, reference_id="canary-reference-ada", price=4321)
        )
        self.ben.ok(
            "POST",
            "/v3/orders/",
            order_in(self.market, reference_id="canary-reference-ben", price=4321, side="sell", quantity=777),
        )
        dared = challenge_in(self.market, message="canary-message-ada", opponent="cleo")
        self.cleo = world.member("cleo", "3333.33")
        self.challenge = self.ada.ok("POST", "/v3/challenges/", dared)["challenge"]
        dared = challenge_in(self.market, message="canary-link-of-ada")
        self.open_challenge = self.ada.ok("POST", "/v3/challenges/", dared)["challenge"]
        self.ada.ok("PATCH", "/v3/members/ada/", {"display_name": "Ada", "bio": "Sails."})
        self.feed = str(self.ada.ok("POST", "/v3/feeds/")["feed"]["path"])
        self.cleo.ok("PUT", "/v3/following/members/ada/")
        told = self.ada.ok("GET", "/v3/notifications/")["notifications"]
        self.comment = self._talk()
        self.values: Mapping[str, str] = {
            "notification_id": str(next(each["id"] for each in told if each["type"] == "followed")),
            "secret": self.feed.removeprefix("/v3/feeds/").strip("/"),
            "username": "ada",
            "ids": str(self.market["id"]),
            "order_id": str(self.order["order_id"]),
            "comment_id": str(self.comment["id"]),
            "entry_id": entry_of(self.world, "ada"),
            "board": "profit",
            "challenge_id": str(self.challenge["id"]),
        }

    def _talk(self) -> Json:
        """A comment of ada's that everybody sees; and others: one edited, one hidden, one deleted."""
        texts = ("Well, @ben.", "canary-edited-ada", "canary-hidden-ada", "canary-deleted-ada")
        made = [write(self.ada, self.market, text) for text in texts]
        _, edited, hidden, deleted = (f"/v3/comments/{each['id']}/" for each in made)
        self.ada.ok("PATCH", edited, {"text": "Well."})
        judged = {"state": "hidden", "reason": "canary-hidden-ada because"}
        self.world.staff.ok("PUT", f"{hidden}visibility/", judged)
        self.ada.send("DELETE", deleted)
        write(self.world.staff, self.market, "The admin's.")
        reported = {"reason": "canary-report-ben"}
        self.ben.ok("POST", f"/v3/comments/{made[0]['id']}/reports/", reported)
        return made[0]

    def described(self) -> Json:
        """What the exchange says of itself: generated from the same declarations that answer."""
        return self.world.anyone.ok("GET", "/v3/openapi.json")

    def routes(self) -> Iterator[Route]:
        """Every method of every resource, with a path that leads somewhere."""
        for template, methods in self.described()["paths"].items():
            path = template
            for name, value in self.values.items():
                path = path.replace(f"{{{name}}}", value)
            for method in METHODS:
                if method in methods:
                    yield Route(method, template, path, methods[method])

    def browser(self, username: str) -> "Browser":
        return Browser(self.world, username)


def entry_of(world: World, username: str) -> str:
    """The id of the first entry in a member's activity, as it is shown."""
    shown = world.anyone.ok("GET", f"/v3/members/{username}/activity/?limit=100")["activity"]
    return str(shown[-1]["id"])


class Browser:
    """A browser in which somebody has signed in: it sends the cookie with whatever a page makes it send."""

    def __init__(self, world: World, username: str) -> None:
        session = world.anyone.ok("POST", "/v3/sessions/", {"username": username, "password": PASSWORD})
        self.token = str(session["token"])
        self._visitor = Visitor(world.client)

    def send(
        self, method: str, path: str, body: object = None, raw: bytes | None = None, /, **headers: str
    ) -> testing.Result:
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        cookie = {"Cookie": f"credence_session={self.token}"}
        return self._visitor.send(method, path, body, {**cookie, **given}, raw=raw)
