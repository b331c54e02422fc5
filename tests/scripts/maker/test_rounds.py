"""Owns the tests of the market maker at work, in the sandbox: it quotes, it leans, it leaves nothing behind.

Never waits between its rounds.
Called by pytest.
"""

from collections.abc import Callable

import pytest

from scripts.client import Client, Operation, RefusedError
from scripts.client.operations import cancel_all, orders, place_order, quotes, register
from scripts.client.shapes import NewOrder
from scripts.maker.rounds import Maker, MakerError
from scripts.maker.strategy import Style
from scripts.sandbox.faults import FaultKind
from scripts.sandbox.fixtures import LocalSandbox
from scripts.sandbox.world import PASSWORD

STYLE = Style(half_spread=200, step=100, levels=2, size=50_000, skew=100, held_max=100_000)


def times(count: int) -> Callable[[], bool]:
    """Goes on so often."""
    left = iter([True] * count + [False])
    return lambda: next(left)


def prices(client: Client) -> list[tuple[str, int | None]]:
    found = client.do(orders(market_ids=["1"]))
    return sorted((order.side, order.price) for order in found if order.contract_id == "1")


def emptied(sandbox: LocalSandbox) -> None:
    """The demo's own orders are out of the way."""
    for name in ("ada", "ben"):
        with sandbox.client(name) as client:
            client.do(cancel_all())


def newcomer(sandbox: LocalSandbox) -> Client:
    """Somebody who holds money and no contract, with nobody else in the books."""
    emptied(sandbox)
    client = sandbox.client()
    client.use_token(client.do(register("maker", PASSWORD)).token)
    with sandbox.client("staff") as staff:
        staff.call("POST", "/accounts/maker/deposits/", {"amount": "1000.00"})
    return client


def test_it_quotes_both_sides_and_leans_against_what_it_holds(sandbox: LocalSandbox) -> None:
    with newcomer(sandbox) as client, sandbox.client("ada") as ada:
        maker = Maker(client, "1", STYLE, {"1": 5000, "2": 5000})
        maker.round()
        assert prices(client) == [("buy", 4700), ("buy", 4800), ("sell", 5200), ("sell", 5300)]
        ada.do(place_order(NewOrder("1", "1", "buy", 5200, 50_000)))
        maker.round()
        # It has sold one size: both sides stand a skew higher. What was right anyway is where it was.
        assert prices(client) == [("buy", 4800), ("buy", 4900), ("sell", 5300), ("sell", 5400)]
        ada.do(place_order(NewOrder("1", "1", "buy", 5300, 50_000)))
        maker.round()
        assert {side for side, _ in prices(client)} == {"buy"}
        assert (maker.placed, maker.refused) == (8 + 2 + 1, {})


def test_its_quotes_follow_the_trades_and_nothing_is_left_at_its_end(sandbox: LocalSandbox) -> None:
    with newcomer(sandbox) as client, sandbox.client("ada") as ada:
        maker = Maker(client, "1", STYLE, {})
        assert maker.fair == {"1": 3900, "2": 6100}
        seen: list[int] = []

        def trade() -> None:
            seen.append(len(prices(client)))
            best = client.do(quotes("1"))["1"].offers[:1]
            ada.do(place_order(NewOrder("1", "1", "buy", best[0].price if best else 1, 50_000)))

        maker.run(times(3), trade)
        assert seen[0] == 4
        assert maker.fair["1"] > 3900
        assert client.do(orders()) == ()


@pytest.mark.parametrize("kind", [FaultKind.REQUEST_LOST, FaultKind.ANSWER_LOST, FaultKind.UNAVAILABLE])
def test_while_the_exchange_is_away_it_goes_on_and_doubles_nothing(
    sandbox: LocalSandbox, kind: FaultKind
) -> None:
    emptied(sandbox)
    with sandbox.client("ada", patience_s=1e6) as client:
        maker = Maker(client, "1", STYLE, {"1": 4000, "2": 6000})
        sandbox.control.switch_on(kind, method="POST", path="/v3/orders", times=3)
        maker.round()
        placed = prices(client)
        assert len(placed) == len(set(placed)) > 0
        maker.round()
        assert prices(client) == placed


def test_who_is_given_up_on_is_looked_for_in_the_next_round(sandbox: LocalSandbox) -> None:
    with sandbox.client("cleo", patience_s=-1) as client:
        maker = Maker(client, "1", STYLE, {})
        sandbox.control.switch_on(FaultKind.ANSWER_LOST, method="POST", path="/v3/orders")
        maker.run(times(2), lambda: None)
        assert maker.refused["UNANSWERED"] == 1
        assert client.do(orders()) == ()


def test_whatever_ends_it_its_orders_are_cancelled(sandbox: LocalSandbox) -> None:
    def interrupted() -> None:
        assert client.do(orders(market_ids=["1"]))
        raise KeyboardInterrupt

    with sandbox.client("cleo") as client:
        with pytest.raises(KeyboardInterrupt):
            Maker(client, "1", STYLE, {}).run(times(2), interrupted)
        assert client.do(orders(market_ids=["1"])) == ()


def test_what_can_not_be_quoted_is_said(sandbox: LocalSandbox) -> None:
    with sandbox.client("cleo") as client:
        with pytest.raises(MakerError, match="no open market 9"):
            Maker(client, "9", STYLE, {})
        with pytest.raises(MakerError, match="no contract 7"):
            Maker(client, "1", STYLE, {"7": 5000})
        client.use_token("forged")
        with pytest.raises(RefusedError, match="401"):
            Maker(client, "1", STYLE, {}).round()


def test_what_may_be_left_is_said(sandbox: LocalSandbox) -> None:
    with sandbox.client("cleo", patience_s=0) as client:
        maker = Maker(client, "1", STYLE, {})
        sandbox.control.switch_on(FaultKind.REQUEST_LOST, method="DELETE")
        with pytest.raises(MakerError, match="orders may still rest in market 1: DELETE"):
            maker.run(times(1), lambda: None)


def test_who_is_interrupted_twice_cancels_all_the_same(
    sandbox: LocalSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox.client("cleo") as client:
        maker = Maker(client, "1", STYLE, {})
        maker.round()
        interrupts = iter([KeyboardInterrupt])
        do = client.do

        def interrupted_once(asked: Operation[object]) -> object:
            for interrupt in interrupts:
                raise interrupt
            return do(asked)

        monkeypatch.setattr(client, "do", interrupted_once)
        maker.stop()
        assert do(orders()) == ()


def test_who_is_interrupted_while_it_cancels_does_not_say_that_it_has(
    sandbox: LocalSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_asked: object) -> None:
        raise KeyboardInterrupt

    with sandbox.client("cleo") as client:
        maker = Maker(client, "1", STYLE, {})
        monkeypatch.setattr(client, "do", interrupted)
        with pytest.raises(MakerError, match="orders may still rest in market 1: it was interrupted"):
            maker.run(times(0), lambda: None)


def test_it_knows_its_orders_however_many_they_are(
    sandbox: LocalSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.client.operations.PAGE_MAX", 3)
    with newcomer(sandbox) as client:
        maker = Maker(client, "2", STYLE, {})
        maker.round()
        assert maker.placed == 5 * 4
        maker.round()
        assert maker.placed == 5 * 4
