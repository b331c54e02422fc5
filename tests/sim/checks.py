"""Owns the checks that look at more than one record: hosts against the log, documents against the log, rest.

Never changes anything that it looks at, and looks only at what has changed since it last did.
Called by the simulated exchange every hundred steps, and at the end.
"""

from collections import Counter
from itertools import product
from typing import Final, cast

from actors.machines.account_stream.accounts import Accounts
from actors.machines.market_stream.markets import Markets
from actors.machines.messages.words import Side
from actors.machines.money import format_money, parse_money
from actors.processes.social_rederive import rederive
from couch_views.classes import DocumentClass
from couch_views.json_values import JsonObject
from couch_views.projection.ledger import COMMISSION, EXTERNAL, clearing_account, member_account
from couch_views.shapes import TransactionDocument, checkpoint_document_id, document_id
from tests.sim.documents import FaultyDocuments
from tests.sim.hosts import Hosts, Life
from tests.sim.violations import require
from tests.sim.watch import Watch

FORCED_MAX: Final = 6
"""Open orders of a member in a market, up to which every subset of them is tried."""
PUBLIC: Final = ("event", "market", "quotes", "trading", "execution", "member")
PRIVATE_FIELDS: Final = (
    "account_id",
    "balance",
    "exposure",
    "generation",
    "key",
    "order_id",
    "password_hash",
    "reference_id",
    "role",
)
WHOSE: Final = ("member", "account_id")
"""By this a member's activity is found; no answer has it."""
SECRET: Final = "hash of "
"""How every password's hash begins here."""


class Checks:
    """All invariants but those that a single record shows."""

    def __init__(self, watch: Watch, hosts: Hosts, documents: FaultyDocuments) -> None:
        self._watch = watch
        self._hosts = hosts
        self._documents = documents

    def all(self) -> None:
        """Everything that holds at any moment, of what has changed since the last time."""
        watch = self._watch
        for stream in watch.streams.account_names:
            total = watch.accounts.total(stream)
            require(total == 0, "{}: {} of money came from nowhere", stream, total)
        for account_id, market_id in watch.accounts.changed:
            position = watch.accounts.accounts[account_id].positions[market_id]
            if len(position.live) <= FORCED_MAX:
                told, forced = position.exposure(), position.exposure_by_force()
                require(
                    told == forced, "account {}, market {}: {}, not {}", account_id, market_id, forced, told
                )
        for life in self._hosts.lives.values():
            if life.alive and life.core.sequence == watch.ends[life.name]:
                self._compare(life)
        watch.accounts.changed.clear()
        watch.markets.changed.clear()
        self._check_written()

    def end(self) -> None:
        """Everything that must hold once nothing goes wrong any more and all is quiet."""
        watch = self._watch
        for account_id, account in watch.accounts.accounts.items():
            for market_id in account.positions:
                watch.accounts.changed[account_id, market_id] = None
        watch.markets.changed.update(dict.fromkeys(watch.markets.markets))
        self.all()
        require(not (left := watch.letters.unheard()), "not taken: {}", left)
        for order_id, order in watch.accounts.orders.items():
            require(order.state != "pending", "order {} is never answered", order_id)
        for market_id, market in watch.markets.markets.items():
            left_over = watch.accounts.cleared(market_id)
            require(left_over == 0, "market {}: clearing is {}", market_id, left_over)
            settled = 0 if market.verdict is None else market.verdict.version
            require(
                market.completed == settled, "market {}: its verdict {} never completes", market_id, settled
            )
        for name, life in self._hosts.lives.items():
            unheard = {to: len(post.messages) for to, post in life.core._stream.post.outgoing.items()}
            require(not any(unheard.values()), "{} still has to send {}", name, unheard)
            machines = life.core._stream.machines
            if isinstance(machines, Accounts):
                require(not machines.requests, "{}: {} are never answered", name, list(machines.requests))
            require(life.core.state_hash == watch.hash_of(name), "{} is not what its log says", name)
        for name in watch.streams.social_names:
            different = rederive(watch.log, name).difference
            require(different is None, "{} is not what its inputs lead to: {}", name, different)
        self._check_documents()

    def recovered(self, life: Life) -> None:
        """A host that was recovered must be what its whole log says."""
        self._watch.look()
        require(
            life.core.state_hash == self._watch.hash_of(life.name),
            "{} recovered to record {}, and is not what its log says",
            life.name,
            life.core.sequence,
        )

    def _compare(self, life: Life) -> None:
        machines = life.core._stream.machines
        if isinstance(machines, Accounts):
            require(machines.total() == 0, "{}: {} came from nowhere", life.name, machines.total())
            for account_id, known in self._watch.accounts.of_stream(life.name):
                account = machines.accounts[account_id]
                told, right = (account.balance, account.exposure), (known.balance, known.exposure)
                require(
                    told == right, "{} holds {} for {}, and its log {}", life.name, told, account_id, right
                )
        elif isinstance(machines, Markets):
            self._compare_books(life.name, machines)

    def _compare_books(self, name: str, machines: Markets) -> None:
        known = self._watch.markets
        for market_id in known.changed:
            market = machines.markets.get(market_id)
            if market is None or self._watch.streams.of_market(market_id) != name:
                continue
            right = known.markets[market_id]
            told, opened = [*market.challenges.open], [*known.challenges.open.get(market_id, ())]
            require(told == opened, "market {}: {} are open, not {}", market_id, told, opened)
            require(
                market.state == right.state, "market {} is {}, not {}", market_id, market.state, right.state
            )
            for contract_id, book in right.books.items():
                rests = [(order.order_id, order.quantity) for order in market.books[contract_id].resting()]
                wanted = [(order.order_id, order.quantity) for order in book.resting()]
                require(rests == wanted, "contract {}: {} rest, not {}", contract_id, rests, wanted)
                bid, offer = book.best(Side.BUY), book.best(Side.SELL)
                apart = bid is None or offer is None or bid < offer
                require(apart or right.collecting is not None, "contract {} is crossed", contract_id)

    # Documents.

    def _check_written(self) -> None:
        """Documents that were written lately: as the log says, if it has not gone on; nothing private."""
        for identity in self._documents.written:
            document = self._documents.read(identity)
            assert document is not None
            self._check_private(document)
            right = self._watch.documents.get(identity)
            if right is not None and right["sequence"] == document["sequence"]:
                del document["_rev"]
                require(document == right, "{} is {}, not {}", identity, document, right)
        self._documents.written.clear()

    def _check_private(self, document: JsonObject) -> None:
        if document["kind"] in PUBLIC:
            leaked = [name for name in PRIVATE_FIELDS if name in document]
            leaked = [name for name in leaked if (document["kind"], name) != WHOSE]
            require(not leaked, "{} is public and has {}", document["_id"], leaked)
        require(SECRET not in str(document), "{} shows a password's hash", document["_id"])

    def _check_documents(self) -> None:
        """All documents are a fold of the whole log, and show what the log is known to say."""
        stored = self._documents.all()
        for (name, end), of in product(self._watch.ends.items(), DocumentClass):
            checkpoint = stored.pop(checkpoint_document_id(name, of), None)
            reached = 0 if checkpoint is None else checkpoint["sequence"]
            require(reached == end, "documents reach record {} of {}, which ends at {}", reached, name, end)
        missing = [identity for identity in self._watch.documents if identity not in stored]
        require(not missing, "not among the documents: {}", missing[:5])
        for identity, document in stored.items():
            right = self._watch.documents.get(identity)
            require(document == right, "{} is {}, not {}", identity, document, right)
        self._check_amounts(stored)
        self._check_ledger([one for one in stored.values() if one["kind"] == "transaction"])

    def _check_ledger(self, stored: list[JsonObject]) -> None:
        """Every transaction is balanced, and together they are what every account is known to hold."""
        booked: Counter[tuple[str, str]] = Counter()
        for transaction in cast("list[TransactionDocument]", stored):
            moved = [(entry["account"], parse_money(entry["amount"])) for entry in transaction["entries"]]
            total = sum(amount for _, amount in moved)
            require(total == 0, "{} is out of balance by {}", transaction["_id"], total)
            for name, amount in moved:
                booked[transaction["stream"], name] += amount
        known = self._watch.accounts
        for stream in self._watch.streams.account_names:
            booked[stream, EXTERNAL] -= known.external[stream]
            booked[stream, COMMISSION] -= known.commission[stream]
            for account_id, account in known.of_stream(stream):
                booked[stream, member_account(account_id)] -= account.balance
        for (stream, market_id), amount in known.clearing.items():
            booked[stream, clearing_account(market_id)] -= amount
        wrong = {name: amount for name, amount in booked.items() if amount}
        require(not wrong, "the ledger differs from what accounts hold by {}", wrong)

    def _check_amounts(self, stored: dict[str, JsonObject]) -> None:
        accounts, markets = self._watch.accounts, self._watch.markets.markets
        for account_id, known in accounts.accounts.items():
            document = stored[document_id("account", account_id)]
            told, right = (document["balance"], document["exposure"]), (known.balance, known.exposure)
            require(
                told == tuple(map(format_money, right)), "account {}: {}, not {}", account_id, told, right
            )
        for order_id, order in accounts.orders.items():
            document = stored[document_id("order", order_id)]
            shown = (document["state"], document["total_executed_quantity"], document["available_quantity"])
            require(shown == order.versions[-1], "order {}: {}, not {}", order_id, shown, order.versions[-1])
        for market_id, market in markets.items():
            for contract_id, book in market.books.items():
                document = stored[document_id("quotes", market_id, contract_id)]
                levels = (document["bids"], document["offers"])
                rest = tuple([list(level) for level in book.levels(side, 10_000)] for side in Side)
                require(levels == rest, "contract {}: quotes {}, not {}", contract_id, levels, rest)
