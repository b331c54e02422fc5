"""Owns the table of sentences: what is said of an entry, with all that may be shown and with the least.

Never tests what is shown to whom.
Called by pytest.
"""

import pytest

from couch_views.json_values import Json, JsonObject
from resources.sentences import sentence

GULLS: JsonObject = {"id": "1", "name": "Gulls"}
ASKED: JsonObject = {"id": "8", "name": "Will it rain?"}


def entry(kind: str, **fields: Json) -> JsonObject:
    member: JsonObject = {"username": "ada", "display_name": "Ada"}
    market: JsonObject = {"id": "7", "name": "Winner"}
    event: JsonObject = {"id": "3", "name": "Harbour Cup"}
    return {"kind": kind, "member": member, "market": market, "event": event, **fields}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (entry("joined", market=None), "Ada joined Credence."),
        (entry("order"), "Ada placed an order in Winner."),
        (
            entry("order", side="sell", contract=GULLS, price=3950, quantity=15_000),
            "Ada asks to sell Gulls in Winner at 39.5 % for 1.50.",
        ),
        (entry("fill"), "Ada traded in Winner."),
        (entry("fill", side="buy", contract=GULLS), "Ada bought Gulls in Winner."),
        (
            entry("fill", side="sell", contract=GULLS, average_price="4000.00"),
            "Ada sold Gulls in Winner at 40 %.",
        ),
        (entry("position", step="opened"), "Ada opened a position in Winner."),
        (
            entry(
                "position",
                step="closed",
                side="sell",
                contract=GULLS,
                average_price="4000.00",
                quantity=10_000,
                profit="-2.50",
            ),
            "Ada closed a position against Gulls in Winner at 40 % for 1.00 (\N{MINUS SIGN}2.50).",
        ),
        (
            entry("position", step="opened", side="buy", contract=GULLS, profit=None),
            "Ada opened a position for Gulls in Winner.",
        ),
        (entry("settlement", step="settled"), "Ada had a position settled in Winner."),
        (entry("settlement", step="settled", outcome="won", profit="4.00"), "Ada won in Winner (+4.00)."),
        (entry("settlement", step="corrected", outcome="lost"), "Ada lost in Winner after a correction."),
        (
            entry("settlement", step="corrected", outcome="void"),
            "Ada got all back in Winner after a correction.",
        ),
        (
            entry("settlement", step="contract_voided", outcome="void", contract=GULLS),
            "Ada got the stakes on Gulls back in Winner.",
        ),
        (entry("settlement", step="settled", outcome="even"), "Ada came out even in Winner."),
        (
            entry("follow", market=None, event=None, followed="member", other_username="ben"),
            "Ada follows ben.",
        ),
        (entry("follow", followed="market"), "Ada follows Winner."),
        (entry("follow", market=None, followed="event"), "Ada follows Harbour Cup."),
        (entry("challenge", step="offered"), "Ada offered a challenge in Winner."),
        (
            entry("challenge", step="accepted", other_username="ben", side="buy", contract=GULLS, price=5000),
            "Ada accepted a challenge with ben for Gulls in Winner at 50 %.",
        ),
        (entry("challenge", step="taken"), "Ada had a challenge taken in Winner."),
        (
            entry("challenge", step="ended", other_username="ben"),
            "Ada had a challenge with ben in Winner come to nothing.",
        ),
        (
            entry("challenge", step="ended", ending="declined", price=5000),
            "Ada had a challenge in Winner at 50 % declined.",
        ),
        (entry("challenge", step="ended", ending="withdrawn"), "Ada withdrew a challenge in Winner."),
        (entry("challenge", step="ended", ending="expired"), "Ada had a challenge in Winner run out."),
        (entry("challenge", step="ended", ending="cancelled"), "Ada had a challenge in Winner cancelled."),
        (entry("badge", badge="trader", level=1), "Ada earned the badge Trader: First trade."),
        (entry("badge", badge="trader", level=2), "Ada earned the badge Trader: Regular."),
        (entry("badge", badge="long gone", level=9), "Ada earned the badge long gone."),
        (entry("comment", comment_id="9"), "Ada wrote a comment in Winner."),
        (entry("comment", comment_id="9", market=None), "Ada wrote a comment."),
        (entry("news", step="opened", reason=None, winners=[]), "Winner: opened."),
        (
            entry("news", step="settled", reason="First across the line.", winners=[GULLS]),
            "Winner: settled. Won by Gulls. First across the line.",
        ),
        (
            entry("news", step="settled", market=ASKED, reason="It did.", winners=[GULLS]),
            "Will it rain? Settled. Won by Gulls. It did.",
        ),
        (entry("fill", market=ASKED), "Ada traded in Will it rain?"),
    ],
)
def test_what_is_said(told: JsonObject, said: str) -> None:
    assert sentence(told).replace("\N{NO-BREAK SPACE}", " ") == said
