"""Owns the judgement of amendments: none is lost on its way to the market or back, none is carried out twice.

Never looks at money or at documents.
Called by the verdict, and by the judge of answers for what amendments were answered with.
"""

from collections import Counter
from collections.abc import Iterator

from actors.machines.messages.parts import Amended
from actors.machines.messages.words import TimeInForce
from tests.chaos.findings import Findings
from tests.chaos.history import History, Place
from tests.chaos.ledger import ACCEPTED_MAX, ORDERS, PENDING, Entry, Json, Ledger, is_amendment

Wanted = tuple[int, int, int | None]
"""Order, total and price that it is to have; None: as it is."""


def judge_amendments(ledger: Ledger, history: History, findings: Findings) -> None:
    """Adds amendments that nobody asked for, and those that market and account don't tell alike."""
    _judge_origins(ledger, history, findings)
    for order_id in sorted(history.amends_of.keys() | history.amended.keys()):
        asked, told = len(history.amends_of.get(order_id, [])), len(history.amended.get(order_id, []))
        if told > asked:
            findings.doubled.append(f"order {order_id} was asked {asked} times to be amended, and was {told}")
        if told < asked:
            findings.stuck.append(f"order {order_id} waits for the word on its amendment")
    _judge_words(history, findings)


def _judge_origins(ledger: Ledger, history: History, findings: Findings) -> None:
    """Every amendment is an item of a request under a key, or one that was sent as often without."""
    asked_for = _asked_for(ledger, history)
    sent = _sent(ledger)
    for (stream, request, item), amends in history.amends.items():
        if len(amends) > 1:
            findings.doubled.append(f"{stream}, request {request}: item {item} amended {len(amends)} times")
        if (stream, request, item) in asked_for:
            continue
        amend = amends[0]
        wanted = (amend.order_id, amend.quantity, amend.price)
        origin = wanted if sent[wanted] else (*wanted[:2], None)
        if not sent[origin]:
            findings.doubled.append(f"{stream}, request {request}: nobody asked to amend in item {item}")
        sent[origin] -= 1


def _sent(ledger: Ledger) -> Counter[Wanted]:
    """How often each amendment may have been asked for without a key: answered, or in doubt."""
    sent: Counter[Wanted] = Counter()
    for entry in ledger.entries:
        if entry.path.startswith(ORDERS) and entry.method == "PATCH":
            wanted = (order_of(entry), entry.body["quantity"], entry.body.get("price"))
            sent[wanted] += len(entry.answers) + entry.doubts
    return sent


def _judge_words(history: History, findings: Findings) -> None:
    """Each account has heard of its orders' amendments what their market says, as often; none trades more."""
    for order in (order for orders in history.orders.values() for order in orders[:1]):
        order_id = order.placed.order_id
        told, heard = Counter(history.amended.get(order_id, [])), Counter(order.amended)
        findings.lost += [f"order {order_id}: never heard: {_words(word)}" for word in told - heard]
        findings.doubled += [f"order {order_id}: never told: {_words(word)}" for word in heard - told]
        if order.executed > order.terms.quantity:
            problem = f"order {order_id} is of {order.terms.quantity}, and executed {order.executed}"
            findings.doubled.append(problem)


def broken_amendment(
    asked: Json, status: int, content: Json, place: Place, history: History
) -> Iterator[str]:
    """What the answer to an amendment says, and the log does not."""
    amends = history.amends.get(place, [])
    if status > ACCEPTED_MAX:
        heard = [word for order in history.orders.get(int(asked["amend"]), []) for word in order.amended]
        if amends and None not in heard:
            yield f"refused with {content['error_type']}, and yet amended"
        return
    if not amends:
        if status == PENDING or not _was_so(asked, content, history):
            yield "its amendment is not in the log"
        return
    amend = amends[0]
    logged = (str(amend.order_id), amend.quantity, amend.price)
    if logged != (asked["amend"], asked["quantity"], asked.get("price", amend.price)):
        yield f"amended as {asked}, in the log it is {logged}"
    if content["order_id"] != asked["amend"]:
        yield f"answered as order {content['order_id']}"
    if status != PENDING and not _came_true(asked, content, history):
        yield f"answered as {content['quantity']} at {content['price']}, the log never made it so"


def broken_patch(order_id: int, asked: Json, status: int, content: Json, history: History) -> Iterator[str]:
    """What the answer to an amendment of one order says, and the log does not."""
    if content["order_id"] != str(order_id):
        yield f"answered as order {content['order_id']}"
        return
    item = {"amend": str(order_id), **asked}
    if not _was_asked(item, history) and not _was_so(item, content, history):
        yield f"its amendment to {asked} is not in the log"
    elif status != PENDING and not (_came_true(item, content, history) or _was_so(item, content, history)):
        yield f"answered as {content['quantity']} at {content['price']}, the log never made it so"


def told_terms(content: Json, history: History) -> Amended:
    """Price and total that an answer tells of; one at any price is shown none, and stands at the worst."""
    order_id, price = int(content["order_id"]), content["price"]
    orders = history.orders.get(order_id, [])[:1] if content["type"] == TimeInForce.MARKET else []
    for order in orders:
        price = order.placed.price if price is None else price
    return Amended(price, content["quantity"])


def order_of(entry: Entry) -> int:
    """The order that a PATCH is of."""
    return int(entry.path.strip("/").rpartition("/")[2])


def request_of(entry: Entry, history: History) -> tuple[str, int] | None:
    """The stream and request that the key of a POST stands for in the log."""
    assert entry.key is not None, "orders are posted with a key"
    return history.place(entry.member.account_id, f"POST /v3{entry.path}".rstrip("/"), entry.key)


def _asked_for(ledger: Ledger, history: History) -> set[Place]:
    """Where members asked for amendments."""
    return {
        (*opened, index)
        for entry in ledger.entries
        if entry.path == ORDERS and entry.method == "POST"
        if (opened := request_of(entry, history)) is not None
        for index, item in enumerate(entry.items)
        if is_amendment(item)
    }


def _was_asked(asked: Json, history: History) -> bool:
    """Whether its account asked the market for this amendment of the order, at whosever request."""
    order_id = int(asked["amend"])
    return any(
        amend.order_id == order_id
        and amend.quantity == asked["quantity"]
        and amend.price == asked.get("price", amend.price)
        for amend in history.amends_of.get(order_id, [])
    )


def _was_so(asked: Json, content: Json, history: History) -> bool:
    """Whether the order had been already what it was to become: nothing is logged of that."""
    became = told_terms(content, history)
    known = [
        each
        for order in history.orders.get(int(asked["amend"]), [])
        for each in (Amended(order.placed.price, order.placed.quantity), *order.amended)
    ]
    return became in known and became == Amended(asked.get("price", became.price), asked["quantity"])


def _came_true(asked: Json, content: Json, history: History) -> bool:
    """Whether the order became what the answer says, and that is what was asked for.

    Who asks for no more than was executed gets that much, at the price that was.
    """
    became = told_terms(content, history)
    if not any(became in order.amended for order in history.orders.get(int(asked["amend"]), [])):
        return False
    if content["available_quantity"] == 0 and became.quantity == content["total_executed_quantity"]:
        return bool(became.quantity >= asked["quantity"])
    return became == Amended(asked.get("price", became.price), asked["quantity"])


def _words(amended: Amended | None) -> str:
    return "it stays as it was" if amended is None else f"{amended.quantity} at {amended.price}"
