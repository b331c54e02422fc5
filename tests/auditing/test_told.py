"""Owns the tests of the rule that a record tells other streams what its events mean, and nothing else.

Never looks at who takes the messages.
Called by pytest.
"""

from collections.abc import Callable

import pytest
from msgspec import structs

from actors.auditing.breaches import Rule
from actors.auditing.entries import Entry
from actors.machines.messages.commands import ChangeMarketState
from actors.machines.messages.posted import (
    Instruct,
    Instructed,
    MarketAnnounced,
    MoveMoney,
    OrderReport,
    Posted,
    SubmitOrder,
    TermsRecorded,
    VerdictApplied,
    VerdictReached,
    WithdrawalRefused,
    WithdrawOrder,
)
from actors.machines.messages.record import Sent
from actors.machines.messages.words import MarketState
from tests.auditing.recorded import audited, history, rules

Forge = Callable[[Posted], tuple[Posted, ...]]


def sent_otherwise(kind: type, forge: Forge, destination: str | None = None) -> tuple[list[Entry], Entry]:
    """The history, with the first message of a kind replaced, or sent elsewhere."""
    entries = list(history())
    for at, entry in enumerate(entries):
        for stream, sent in entry.body.sent.items():
            for place, message in enumerate(sent.messages):
                if type(message) is kind:
                    messages = (*sent.messages[:place], *forge(message), *sent.messages[place + 1 :])
                    elsewhere = {destination or stream: Sent(sent.first, messages)}
                    body = structs.replace(entry.body, sent={**entry.body.sent, **elsewhere})
                    entries[at] = entry._replace(body=body)
                    return entries, entry
    raise AssertionError(kind)


def altered(**changes: object) -> Forge:
    def forge(message: Posted) -> tuple[Posted, ...]:
        return (structs.replace(message, **changes),)

    forge.__name__ = f"{changes}"
    return forge


def swallowed(_message: Posted) -> tuple[Posted, ...]:
    return ()


def doubled(message: Posted) -> tuple[Posted, ...]:
    return (message, message)


def kept(message: Posted) -> tuple[Posted, ...]:
    return (message,)


@pytest.mark.parametrize(
    "kind",
    [
        SubmitOrder,
        WithdrawOrder,
        OrderReport,
        WithdrawalRefused,
        TermsRecorded,
        VerdictReached,
        VerdictApplied,
        MoveMoney,
        Instruct,
        Instructed,
    ],
)
@pytest.mark.parametrize("forge", [swallowed, doubled])
def test_nothing_is_swallowed_or_said_twice(kind: type, forge: Forge) -> None:
    entries, forged = sent_otherwise(kind, forge)
    breach = audited(entries)[0]
    assert (breach.rule, breach.stream, breach.sequence) == (Rule.TOLD, forged.stream, forged.sequence)


@pytest.mark.parametrize(
    ("kind", "forge"),
    [
        (SubmitOrder, altered(price=1)),
        (SubmitOrder, altered(quantity=1)),
        (WithdrawOrder, altered(order_id=1)),
        (OrderReport, altered(left=1)),
        (OrderReport, altered(account_id=1)),
        (OrderReport, altered(time=1)),
        (VerdictApplied, altered(clearing=1)),
        (Instruct, altered(command=ChangeMarketState(1, MarketState.OPEN))),
        (MoveMoney, altered(amount=1)),
        (MoveMoney, altered(username="bob")),
        (MoveMoney, altered(withdrawal=True)),
    ],
)
def test_nothing_is_said_otherwise(kind: type, forge: Forge) -> None:
    entries, _ = sent_otherwise(kind, forge)
    assert Rule.TOLD in rules(audited(entries))


def test_messages_to_a_market_go_where_it_is() -> None:
    entries, _ = sent_otherwise(SubmitOrder, kept, "markets-1")
    assert Rule.TOLD in rules(audited(entries))


def test_a_market_is_where_messages_to_it_go() -> None:
    """Here the account streams' records are read first: they say where the market has to be."""
    entries = [entry for entry in history() if entry.stream.startswith("accounts-")]
    moved = [
        entry._replace(body=structs.replace(entry.body, sent={"markets-1": entry.body.sent["markets-0"]}))
        for entry in entries
        if "markets-0" in entry.body.sent
    ]
    markets = [entry for entry in history() if entry.stream.startswith("markets-")]
    assert Rule.IDENTITY in rules(audited([*moved, *markets]))


def test_what_is_about_the_catalogue_is_left_to_others() -> None:
    entries, _ = sent_otherwise(MarketAnnounced, altered(market_id=7))
    assert Rule.TOLD not in rules(audited(entries))
    assert Rule.CAUSE in rules(audited(entries))
