"""Owns the resources of challenges: offer one, see those one is in, accept, decline or withdraw one.

Never decides whether that succeeds: accounts and the market do; never shows one to who has no part in it.
Called by resources/app.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final, Literal, cast

import msgspec

from actors.machines.messages.answers import Credentials, OrderResult
from actors.machines.messages.challenges import (
    AcceptChallenge,
    ChallengeResult,
    DeclineChallenge,
    Offer,
    OfferChallenge,
)
from actors.machines.messages.commands import CancelOrder, GetCredentials
from actors.machines.messages.words import ChallengeState, OrderState, Reason, Side
from couch_views.challenge_shapes import ChallengeDocument
from couch_views.formats import format_time
from couch_views.queries import challenges as queries
from couch_views.queries.challenges import ChallengeRole
from couch_views.queries.pages import Page
from couch_views.queries.reading import Reads
from resources.answers import challenges as answers
from resources.challenge_links import ChallengeLinks, LinkKey
from resources.challenge_views import as_accepted, as_offered, as_seen_by, may_challenge
from resources.exchange import Exchange
from resources.order_asked import KINDS_OF_TERMS, PLACING, OrderTerms
from resources.pages.asides import of_ids
from resources.pages.formats import payout, percent
from resources.paging import PageQuery, pagination
from resources.reading import Reader
from resources.refusals import kinds
from resources.representations import Json
from resources.texts import ChallengeWords, Username
from resources.times import Moment, microseconds
from resources.toolkit.body import body_of
from resources.toolkit.fields import Shape
from resources.toolkit.media.feed import Entry, Feed
from resources.toolkit.media.json import JSON
from resources.toolkit.media.page import page
from resources.toolkit.problems import NOT_ALLOWED, ProblemError, invalid, not_found
from resources.toolkit.query import Query, query_of
from resources.toolkit.resource import Call, Method, Outcome, Resource, command, created, done, pending, read
from resources.toolkit.view import FormUse, Link, View
from resources.toolkit.visitor import Member, Who

_ANSWERS: Final = (Reason.NOT_ALLOWED, Reason.TOO_LATE, Reason.NOT_LIVE, *PLACING)
_OPEN: Final = ChallengeState.OFFERED.value


class ChallengeAsked(OrderTerms):
    """A new challenge: the order of who challenges, to whom it is offered, and until when."""

    expires_datetime: Annotated[Moment, msgspec.Meta(description="Until then it can be accepted.")]
    opponent: Annotated[
        Username | None,
        msgspec.Meta(description="A member's name; left out, anyone may accept who has the link."),
    ] = None
    message: ChallengeWords = ""


class ChallengeChange(Shape):
    """What becomes of a challenge. ``key`` is the link's, for who accepts by it but asks without it."""

    state: Literal["accepted", "declined", "withdrawn"]
    key: LinkKey | None = None


class ChallengesQuery(PageQuery, frozen=True):
    states: tuple[ChallengeState, ...] = ()
    role: ChallengeRole | None = None


class ChallengeQuery(Query, frozen=True):
    key: LinkKey | None = None


def entries(view: View) -> Iterator[Entry]:
    """Challenges as entries of a feed."""
    for each in cast("Iterable[answers.Challenge]", view.content["challenges"]):
        about = f"{each['challenger']} challenges {each['opponent'] or 'whoever has the link'}"
        price, quantity = percent(each["price"]), payout(each["quantity"])
        terms = f"{each['side']} {quantity} at {price}, {each['stake']} against {each['opponent_stake']}"
        yield Entry(
            f"urn:credence:challenge:{each['id']}",
            f"{about}: {each['state']}",
            each["last_modified_datetime"],
            ". ".join(text for text in (f"{about}: {terms}", each["message"]) if text),
            author=each["challenger"],
            published=each["created_datetime"],
            links=(Link("alternate", f"/v3/challenges/{each['id']}/", about, "text/html"),),
            categories=(each["state"],),
        )


class Challenges(Resource):
    """``/v3/challenges/``."""

    pattern = "/v3/challenges"
    title = "Your challenges"
    representations = (JSON, *page("challenges.xhtml"), Feed(entries))

    def __init__(self, exchange: Exchange, reader: Reader, links: ChallengeLinks) -> None:
        self._exchange = exchange
        self._reader = reader
        self._links = links
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.MEMBER,
                query_of(ChallengesQuery),
                self.show,
                summary="The challenges one is in, page by page",
                answers={200: answers.Challenges},
            ),
            "POST": command(
                Who.TRADER,
                body_of(ChallengeAsked, KINDS_OF_TERMS),
                self.offer,
                summary="Offer a challenge",
                answers={201: answers.ChallengeShown, 202: answers.ChallengeShown},
                problems=kinds(Reason.INVALID_EXPIRY, Reason.EXPIRED, *PLACING),
                idempotent_key=True,
            ),
        }

    async def show(self, call: Call[None, ChallengesQuery]) -> Outcome:
        query, member = call.query, call.member

        def find(documents: Reads) -> tuple[Page[ChallengeDocument], Json]:
            page = queries.challenges(
                documents,
                member.account_id,
                query.states,
                query.role,
                query.sort_text,
                query.limit,
                query.cursor,
            )
            return page, of_ids(documents, call, page.items)

        (page, aside), position = await self._reader.read(call, find)
        own = [as_seen_by(document, member, None, self._links) for document in page.items]
        pages = pagination(call.request, page.next_cursor)
        return done({"challenges": own, "pagination": pages}, position, aside=aside)

    def forms(self, _view: View, /) -> Iterable[FormUse]:
        """None: one is offered from a market's page."""
        return ()

    async def offer(self, call: Call[ChallengeAsked, Query]) -> Outcome:
        asked = call.body
        expires = microseconds("expires_datetime", asked.expires_datetime)
        opponent_id = await self._opponent(call, asked.opponent)
        offer = OfferChallenge(
            int(asked.market_id),
            int(asked.contract_id),
            asked.side,
            asked.price,
            asked.quantity,
            Offer(opponent_id, asked.opponent, expires, asked.message),
        )
        offered = await self._exchange.carry_out_one(call, offer, OrderResult)
        challenge = as_offered(offer, offered.result, call.member.username, self._links)
        outcome = created if offered.final else pending
        return outcome({"challenge": challenge}, offered.position, location(offered.result.order_id))

    async def _opponent(self, call: Call[ChallengeAsked, Query], username: str | None) -> int:
        """The opponent's account; 0 for anyone. 422 for who isn't there, or wants nothing to do with them."""
        if username is None:
            return 0
        known = (await self._exchange.ask(GetCredentials(username))).result
        if not isinstance(known, Credentials):
            raise invalid("opponent", "There is no such member.")
        may, _ = await self._reader.read(
            call, lambda documents: may_challenge(documents, call.member.account_id, known.account_id)
        )
        if not may:
            raise invalid("opponent", "This member can't be challenged.")
        return known.account_id


class Challenge(Resource):
    """``/v3/challenges/{id}/``: for who is in it, and for who has its link."""

    pattern = "/v3/challenges/{challenge_id:identity}"
    title = "Challenge"
    representations = (JSON, *page("challenge.xhtml"))

    def __init__(self, exchange: Exchange, reader: Reader, links: ChallengeLinks) -> None:
        self._exchange = exchange
        self._reader = reader
        self._links = links
        self.methods: Mapping[str, Method] = {
            "GET": read(
                Who.ANYONE,
                query_of(ChallengeQuery),
                self.show,
                summary="A challenge one is in, or has the link of",
                answers={200: answers.ChallengeShown},
                personal=True,
            ),
            "PATCH": command(
                Who.TRADER,
                body_of(ChallengeChange),
                self.change,
                parse=query_of(ChallengeQuery),
                summary="Accept, decline or withdraw a challenge",
                answers={200: answers.ChallengeShown, 202: answers.ChallengeShown},
                problems=kinds(*_ANSWERS, Reason.TERMS_DIFFER, Reason.MARKET_SETTLED),
            ),
        }

    async def show(self, call: Call[None, ChallengeQuery]) -> Outcome:
        challenge_id, key = call.identity("challenge_id"), call.query.key

        def find(documents: Reads) -> tuple[Json, Json]:
            document, challenge = self._seen(documents, challenge_id, call.visitor, key)
            return challenge, of_ids(documents, call, [document])

        (challenge, aside), position = await self._reader.read(call, find)
        return done({"challenge": challenge}, position, aside={**aside, "key": key})

    def links(self, view: View, /) -> Iterable[Link]:
        challenge = cast("Json", view.content["challenge"])
        yield Link("up", f"{Challenges.pattern}/", "Your challenges")
        yield Link("related", f"/v3/markets/{challenge['market_id']}/", "The market")

    def forms(self, view: View, /) -> Iterable[FormUse]:
        """While it is open: its challenger withdraws it, who is named declines it, who may accepts it."""
        challenge = cast("Mapping[str, object]", view.content.get("challenge", {}))
        if challenge.get("state") != _OPEN or view.visitor is None:
            return
        if view.visitor.username == challenge["challenger"]:
            yield self._form(view, "withdrawn", "Withdraw the challenge")
            return
        yield self._form(view, "accepted", "Accept the challenge")
        if challenge["opponent"] is not None:
            yield self._form(view, "declined", "Decline")

    def _form(self, view: View, state: str, title: str) -> FormUse:
        fixed = {"state": state, "key": str(view.aside.get("key") or "")}
        return FormUse("PATCH", self.pattern, view.path, fixed, title=title)

    def _seen(
        self, documents: Reads, challenge_id: int, visitor: Member | None, key: str | None
    ) -> tuple[ChallengeDocument, Json]:
        """The challenge, and what who looks sees of it; 404 (``ProblemError``) if that is nothing."""
        document = queries.challenge(documents, challenge_id)
        seen = as_seen_by(document, visitor, key, self._links)
        if document is None or seen is None:
            raise not_found("There is no such challenge.")
        return document, seen

    async def change(self, call: Call[ChallengeChange, ChallengeQuery]) -> Outcome:
        challenge_id, member, wanted = call.identity("challenge_id"), call.member, call.body.state
        key = call.body.key or call.query.key

        def find(documents: Reads) -> tuple[ChallengeDocument, Json, bool]:
            document, seen = self._seen(documents, challenge_id, member, key)
            challenger_id = int(document["challenger_id"])
            return document, seen, may_challenge(documents, challenger_id, member.account_id)

        (document, seen, may), _ = await self._reader.read(call, find)
        if wanted == "withdrawn":
            return await self._withdraw(call, document, seen)
        if wanted == "declined":
            return await self._decline(call, document, seen)
        if not may:
            raise ProblemError(NOT_ALLOWED, "One of you has blocked the other.")
        return await self._accept(call, document, seen)

    async def _withdraw(
        self, call: Call[ChallengeChange, ChallengeQuery], document: ChallengeDocument, seen: Json
    ) -> Outcome:
        if document["challenger_id"] != str(call.member.account_id):
            raise ProblemError(NOT_ALLOWED, "A challenge is withdrawn by who offered it.")
        order_id = int(document["id"])
        cancelled = await self._exchange.carry_out_one(call, CancelOrder(order_id), OrderResult)
        if cancelled.result.state is not OrderState.CANCELLED:
            return pending({"challenge": seen}, cancelled.position, location(order_id))
        time = format_time(cancelled.result.modified_time)
        over = {**seen, "state": ChallengeState.WITHDRAWN.value, "last_modified_datetime": time}
        return done({"challenge": over}, cancelled.position, location=location(order_id))

    async def _decline(
        self, call: Call[ChallengeChange, ChallengeQuery], document: ChallengeDocument, seen: Json
    ) -> Outcome:
        decline = DeclineChallenge(int(document["market_id"]), int(document["id"]))
        declined = await self._exchange.carry_out_one(call, decline, ChallengeResult)
        over = {**seen, "state": declined.result.state.value}
        return done({"challenge": over}, declined.position, location=location(decline.challenge_id))

    async def _accept(
        self, call: Call[ChallengeChange, ChallengeQuery], document: ChallengeDocument, seen: Json
    ) -> Outcome:
        accept = AcceptChallenge(
            int(document["market_id"]),
            int(document["id"]),
            int(document["contract_id"]),
            Side(document["side"]),
            document["price"],
            document["quantity"],
        )
        accepted = await self._exchange.carry_out_one(call, accept, OrderResult)
        place = location(accept.challenge_id)
        if not accepted.final:
            return pending({"challenge": seen}, accepted.position, place)
        challenge = as_accepted(seen, accepted.result, call.member.username)
        return done({"challenge": challenge}, accepted.position, location=place)


def location(challenge_id: int) -> str:
    return f"/v3/challenges/{challenge_id}/"
