"""Owns the work of a run: which operation is asked next, drawn from what the askers know by now.

Never looks into the exchange: ids are learned from answers, as by anybody outside.
Called by the clients.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from msgspec import structs

from actors.machines import limits
from actors.machines.account_stream.order import LIVE
from actors.machines.messages.amendments import AmendOrder
from actors.machines.messages.answers import (
    AccountResult,
    ApiKeyResult,
    CancelledResult,
    Credentials,
    EventResult,
    ExchangeResult,
    Known,
    MarketResult,
    OrderResult,
)
from actors.machines.messages.commands import (
    Asked,
    CancelAll,
    CancelOrder,
    CancelReference,
    ChallengeCommand,
    ChangeEvent,
    ChangeExchangeState,
    ChangeMarketState,
    ChangePassword,
    ChangeProfile,
    ChangeRoles,
    Command,
    CreateApiKey,
    CreateEvent,
    CreateMarket,
    Deposit,
    EndSessions,
    GetAccount,
    GetCredentials,
    GetOrder,
    HaltExchange,
    HaltMarket,
    OrderCommand,
    PlaceOrder,
    RegisterMember,
    Request,
    RevokeApiKey,
    SettleMarket,
    TurnInPlay,
    Withdraw,
)
from actors.machines.messages.parts import Conditions, MarketDetails
from actors.machines.messages.voiding import VoidContract
from actors.machines.messages.words import (
    GRANTED,
    NEVER_RESTING,
    EventState,
    ExchangeState,
    MarketState,
    Scope,
    SelfTrade,
    Side,
    TimeInForce,
)
from tests.sim.challenging import Challenging
from tests.sim.following import Following
from tests.sim.habits import Habits

STAFF: Final = "staff"
OVER: Final = (MarketState.SETTLED, MarketState.VOIDED)
TRADING: Final = (MarketState.AUCTION, MarketState.OPEN)
COMMISSIONS: Final = (0, 1, 200, 333, 5_000)
NOWHERE: Final = 999_999_999
API_KEY_EXPIRES_MAX: Final = limits.API_KEY_LIFE_MAX_US
"""A simulation begins soon after 1970: most API keys outlive it, some don't, some are refused."""
LIVES_US: Final = (1, 10_000, 300_000, 60_000_000)
"""How long orders are good: some are over when they arrive, some outlive the simulation."""
IN_FORCE: Final = tuple(kind for kind in TimeInForce if kind is not TimeInForce.MARKET)
DELAYS_MS: Final = (0, 0, 1, 20, 300)
"""How long orders wait in markets that are in play."""
AUCTION_LIVES_S: Final = (None, None, None, 0, 1, 60)
"""For how many seconds markets collect orders: most don't, some until staff ends it."""
IDLE_STAFF_SHARE: Final = 0.3
"""How much of what is asked is staff's while there is nothing to trade, or nobody to trade with."""


class Member:
    """What one asker knows: an account, the session's generation, the password, API keys, live orders."""

    def __init__(self, username: str) -> None:
        self.username = username
        self.account_id = 0
        self.generation = 1
        self.funded = False
        self.password_hash = f"hash of {username}"
        self.api_keys: dict[int, None] = {}
        self.orders: dict[int, None] = {}

    def learn(self, result: Known) -> None:
        match result:
            case AccountResult() if result.username == self.username:
                self.account_id = result.account_id
            case Credentials():
                self.account_id, self.generation = result.account_id, result.generation
                self.password_hash = result.password_hash
            case ApiKeyResult():
                self.api_keys[result.api_key_id] = None
            case OrderResult() if result.state in LIVE:
                self.orders[result.order_id] = None
            case OrderResult():
                self.orders.pop(result.order_id, None)
            case CancelledResult():
                for order_id in result.order_ids:
                    self.orders.pop(order_id, None)
            case _:
                pass


class Work:
    """Draws what is asked. Every command, question, registration and repeat is one operation."""

    def __init__(self, seed: int, habits: Habits) -> None:
        self.chance = Random(f"work of {seed}")
        self._credentials_chance = Random(f"credentials of {seed}")
        """Of its own, so that it leads no other draw elsewhere."""
        self._verdicts_chance = Random(f"verdicts of {seed}")
        self._sets_chance = Random(f"sets of {seed}")
        self._conditions_chance = Random(f"conditions of {seed}")
        self._auctions_chance = Random(f"auctions of {seed}")
        self._time = 1
        """The latest that an answer told."""
        self.habits = habits
        self.members = [Member(STAFF), *(Member(f"member{n}") for n in range(habits.members))]
        self._challenging = Challenging(seed)
        self._following = Following(seed)
        self._named = {member.username: member for member in self.members}
        self.markets: dict[int, MarketResult] = {}
        self.events: list[int] = []
        self._switch: ExchangeResult | None = None
        self._registered = 0
        self._keys = 0
        self._done: list[Request] = []
        """Some requests that were answered and whose key is kept."""
        self._member_draws, self._member_weights = self._weights(
            {
                self._place: 60,
                self._cancel: 12,
                self._amend: 10,
                self._cancel_reference: 4,
                self._cancel_all: 1,
                self._change_profile: 1,
                self._lost_order: 2,
            }
        )

    def draw(self) -> tuple[Member, Asked, int]:
        """Who asks what, and how many operations that is."""
        if self._registered < len(self.members):
            member = self.members[self._registered]
            self._registered += 1
            return member, self._registration(member), 1
        known = [member for member in self.members if member.account_id]
        if not known or self.chance.random() < 0.005:
            member = self.chance.choice(self.members)
            asked = (
                self._registration(member) if self.chance.random() < 0.5 else GetCredentials(member.username)
            )
            return member, asked, 1
        staff = self.members[0]
        share = self.habits.staff_share if self._is_lively() else IDLE_STAFF_SHARE
        if staff.account_id and self.chance.random() < share:
            return staff, self._request(staff, (self._of_staff(),)), 1
        member = self.chance.choice(known)
        draw = self.chance.random()
        if draw > 0.9995:
            return staff, self._halt(), 1
        if draw < 0.05 and self._done:
            again = self._repeat()
            return self._owner(again), again, 1
        if draw < 0.08:
            return member, self._question(member), 1
        if draw < 0.082:
            return member, self._request(member, (self._of_credentials(member),)), 1
        if self._following.is_next():
            members = [each.account_id for each in known]
            command = self._following.draw(members, list(self.markets), self.events)
            return member, self._request(member, (command,)), 1
        if (challenge := self._challenge(member)) is not None:
            return member, self._request(member, (challenge,)), 1
        count = self.chance.randint(1, self.habits.batch_max) if draw < 0.3 else 1
        commands = tuple(self._of_member(member) for _ in range(count))
        return member, self._request(member, commands), count

    def learn(self, member: Member, asked: Asked, results: tuple[Known, ...]) -> None:
        """Final results of what was asked."""
        if isinstance(asked, Request) and asked.key_kept:
            self._done.append(asked)
            if len(self._done) > 64:
                del self._done[self.chance.randrange(64)]
        if isinstance(asked, Request):
            for command, result in zip(asked.commands, results, strict=True):
                self._challenging.learn(command, result)  # type: ignore[arg-type] # of a command, it is a result
        for result in results:
            member.learn(result)
            if isinstance(result, OrderResult):
                self._time = max(self._time, result.modified_time)
            if isinstance(result, AccountResult) and result.balance:
                self._named[result.username].funded = True
            if isinstance(result, MarketResult):
                self.markets[result.market.market_id] = result
            elif isinstance(result, EventResult) and result.event.event_id not in self.events:
                self.events.append(result.event.event_id)
            elif isinstance(result, ExchangeResult) and (
                self._switch is None or self._switch.version <= result.version
            ):
                self._switch = result

    def _weights(
        self, draws: dict[Callable[[Member], Command], int]
    ) -> tuple[list[Callable[[Member], Command]], list[int]]:
        """Some operations are rarer or more frequent in this seed, some are left out."""
        swarm = [max(1, weight * self.chance.choice((0, 1, 1, 3))) for weight in draws.values()]
        swarm[0] = max(swarm[0], sum(swarm) // 2)
        return list(draws), swarm

    # Members.

    def _registration(self, member: Member) -> RegisterMember:
        name = member.username
        return RegisterMember(name, f"hash of {name}", name.title(), f"key of {name}", name == STAFF)

    def _request(self, member: Member, commands: tuple[Command, ...]) -> Request:
        self._keys += 1
        kept = self.chance.random() < self.habits.keep_keys
        key, scope = f"key-{self._keys}", "POST /v3/orders/"
        asked = Request(member.account_id, member.generation, scope, key, kept, key, commands)
        by_api_key = member.api_keys and all(
            isinstance(command, OrderCommand | ChallengeCommand) for command in commands
        )
        if by_api_key and self._credentials_chance.random() < 0.5:
            return structs.replace(asked, api_key_id=self._credentials_chance.choice(list(member.api_keys)))
        return asked

    def _repeat(self) -> Request:
        """A request that was answered, again; sometimes its key with another body."""
        done = self.chance.choice(self._done)
        if self.chance.random() < 0.7:
            return done
        other = (ChangeProfile(bio="other"),)
        return Request(
            done.account_id, done.generation, done.scope, done.key, True, f"{done.key} other", other
        )

    def _owner(self, asked: Request) -> Member:
        return next(member for member in self.members if member.account_id == asked.account_id)

    def _question(self, member: Member) -> Asked:
        if member.orders and self.chance.random() < 0.7:
            return GetOrder(member.account_id, self.chance.choice(list(member.orders)))
        return GetAccount(member.account_id)

    def _of_member(self, member: Member) -> Command:
        if len(member.orders) > self.habits.resting_max:
            return self._cancel_all(member) if self.chance.random() < 0.1 else self._cancel(member)
        (draw,) = self.chance.choices(self._member_draws, self._member_weights)
        return draw(member)

    def _is_lively(self) -> bool:
        """Whether all who are known have got money once, and some market is open."""
        opened = any(market.state in TRADING for market in self.markets.values())
        halted = self._switch is not None and self._switch.state is ExchangeState.HALTED
        return (
            opened
            and not halted
            and not any(member.account_id and not member.funded for member in self.members)
        )

    def _place(self, member: Member) -> Command:
        likely = [market for market in self.markets.values() if market.state in TRADING]
        if not likely or self.chance.random() < 0.05:
            likely = [market for market in self.markets.values() if market.state not in OVER]
        if not likely:
            return self._change_profile(member)
        market = self.chance.choice(likely)
        contract = self.chance.choice(market.market.contracts)
        order = self._order(market.market.market_id, contract.contract_id)
        if market.market.cross_matching and self._sets_chance.random() < 0.8:
            # Near the price at which all contracts are worth the same, they meet; too dear, they meet more.
            even = limits.PRICE_SCALE // len(market.market.contracts) // self.habits.step * self.habits.step
            off = self.habits.step * self._sets_chance.randint(-2, 2 if self.habits.spread < 20 else 15)
            return structs.replace(order, price=even + off)
        return order

    def _challenge(self, member: Member) -> Command | None:
        """Something about challenges, now and then, where something can be traded."""
        likely = [market for market in self.markets.values() if market.state is MarketState.OPEN]
        if not likely or not self._challenging.is_next():
            return None
        market = self.chance.choice(likely)
        contract = self.chance.choice(market.market.contracts)
        order = self._order(market.market.market_id, contract.contract_id)
        known = [(member.account_id, member.username) for member in self.members if member.account_id]
        return self._challenging.draw(market, order, member.account_id, known)

    def _order(self, market_id: int, contract_id: int) -> PlaceOrder:
        habits, chance = self.habits, self.chance
        price = habits.middle + habits.step * chance.randint(-habits.spread, habits.spread)
        special = chance.random() < 0.3
        time_in_force = chance.choice(IN_FORCE) if special else TimeInForce.GOOD_TIL_CANCELLED
        return PlaceOrder(
            market_id,
            contract_id,
            chance.choice((Side.BUY, Side.SELL)),
            min(max(1, price), 9_999),
            chance.randint(1, habits.quantity_max),
            time_in_force,
            f"ref-{chance.randint(1, 20)}" if chance.random() < 0.3 else None,
            self._conditions(time_in_force),
        )

    def _conditions(self, time_in_force: TimeInForce) -> Conditions:
        """What else an order asks for: mostly nothing."""
        chance = self._conditions_chance
        timed = time_in_force is TimeInForce.GOOD_TIL_DATE
        return Conditions(
            time_in_force not in NEVER_RESTING and chance.random() < 0.1,
            chance.choice([*SelfTrade]),
            self._time + chance.choice(LIVES_US) if timed else 0,
            chance.randint(2, 4) if chance.random() < 0.05 else 0,
        )

    def _lost_order(self, _member: Member) -> Command:
        """An order in a market or a contract that isn't there, or over."""
        if self.markets and self.chance.random() < 0.5:
            return self._order(self.chance.choice(list(self.markets)), NOWHERE)
        return self._order(self.chance.choice([NOWHERE, *self.markets]), 1)

    def _amend(self, member: Member) -> Command:
        """Less of an order, more of it, or another price; now and then of one that isn't there."""
        chance = self.chance
        if not member.orders or chance.random() < 0.02:
            return AmendOrder(NOWHERE, 1)
        quantity = chance.randint(1, self.habits.quantity_max)
        price = self._order(1, 1).price if chance.random() < 0.6 else None
        return AmendOrder(chance.choice(list(member.orders)), quantity, price)

    def _cancel(self, member: Member) -> Command:
        if not member.orders or self.chance.random() < 0.02:
            return CancelOrder(NOWHERE)
        return CancelOrder(self.chance.choice(list(member.orders)))

    def _cancel_reference(self, _member: Member) -> Command:
        return CancelReference(f"ref-{self.chance.randint(1, 20)}")

    def _cancel_all(self, _member: Member) -> Command:
        if self.markets and self.chance.random() < 0.7:
            return CancelAll(self.chance.choice(list(self.markets)))
        return CancelAll()

    def _change_profile(self, _member: Member) -> Command:
        return ChangeProfile(bio=f"bio {self.chance.randint(1, 9)}")

    def _of_credentials(self, member: Member) -> Command:
        """What ends sessions, or makes another way to sign in."""
        chance = self._credentials_chance
        draw = chance.random()
        if member.api_keys and draw < 0.2:
            return RevokeApiKey(chance.choice(list(member.api_keys)))
        if draw < 0.5:
            digest = f"{chance.getrandbits(256):064x}"
            return CreateApiKey("bot", Scope.TRADE, chance.randint(1, API_KEY_EXPIRES_MAX), digest)
        if draw < 0.7:
            another = f"hash {chance.randint(1, 9)} of {member.username}"
            return ChangePassword(member.password_hash, another, keep_api_keys=chance.random() < 0.5)
        return EndSessions()

    # Staff.

    def _of_staff(self) -> Command:
        chance = self.chance
        active = [market for market in self.markets.values() if market.state not in OVER]
        draw = chance.random()
        if not self.events or draw < 0.01:
            return CreateEvent("Cup final", "football", 1_800_000_000_000_000)
        if len(active) < self.habits.markets_max:
            return self._new_market()
        poor = [member for member in self.members if member.account_id and not member.funded]
        if poor and draw < 0.7:
            return Deposit(chance.choice(poor).username, self.habits.funds)
        if draw < 0.35:
            return self._money()
        if draw < 0.38:
            state = chance.choice([*EventState]) if chance.random() < 0.2 else None
            event_id = chance.choice(self.events)
            if self._credentials_chance.random() < 0.2:
                return self._change_roles()
            return ChangeEvent(event_id, description=f"text {chance.randint(1, 9)}", state=state)
        halted = self._switch is not None and self._switch.state is ExchangeState.HALTED
        if draw < (0.7 if halted else 0.47):
            return self._turn_switch(halted)
        market = chance.choice(list(self.markets.values()) if draw < 0.45 else active)
        return self._move(market)

    def _change_roles(self) -> Command:
        chance = self._credentials_chance
        roles = tuple(role for role in GRANTED if chance.random() < 0.3)
        return ChangeRoles(chance.choice(self.members).username, roles, "a drill")

    def _turn_switch(self, halted: bool) -> Command:
        """The kill switch, mostly the other way."""
        if self.chance.random() < (0.9 if halted else 0.1):
            return ChangeExchangeState(ExchangeState.OPEN)
        return ChangeExchangeState(ExchangeState.HALTED, self.chance.random() < 0.5, "a drill")

    def _halt(self) -> Asked:
        """What the auditor asks for when it has found something."""
        if self.markets and self.chance.random() < 0.7:
            return HaltMarket(self.chance.choice(list(self.markets)), "a drill")
        return HaltExchange("a drill")

    def _new_market(self) -> Command:
        names = tuple(f"Contract {n}" for n in range(1, self.chance.choice((1, 2, 2, 3, 5)) + 1))
        most = max(1, len(names) - 1)
        winners = self._verdicts_chance.choice((1, 1, min(2, most), most))
        commission = self.chance.choice(COMMISSIONS)
        event_id = self.chance.choice(self.events)
        delay = self._conditions_chance.choice(DELAYS_MS)
        crosses = winners == 1 and len(names) > 1 and self._sets_chance.random() < 0.4
        return CreateMarket(
            event_id,
            "Winner",
            names,
            winners,
            commission=commission,
            ladder=self.habits.ladder,
            in_play_delay_ms=delay,
            cross_matching=crosses,
            opening_auction_s=self._auctions_chance.choice(AUCTION_LIVES_S),
            closing_auction_s=self._auctions_chance.choice(AUCTION_LIVES_S),
        )

    def _winners(self, market: MarketDetails) -> tuple[list[int], list[int]]:
        """Some contracts that may win together; sometimes more of them share the last places."""
        chance = self._verdicts_chance
        contract_ids = [contract.contract_id for contract in market.contracts]
        chance.shuffle(contract_ids)
        places = market.winner_count
        if places == len(contract_ids) or chance.random() < 0.5:
            return contract_ids[:places], []
        certain = chance.randint(0, places - 1)
        ahead = chance.randint(places + 1, len(contract_ids))
        return contract_ids[:certain], contract_ids[certain:ahead]

    def _money(self) -> Command:
        name = self.chance.choice(self.members).username if self.chance.random() < 0.97 else "nobody"
        amount = self.chance.randint(1, self.habits.funds)
        return Withdraw(name, amount) if self.chance.random() < 0.3 else Deposit(name, amount)

    def _auction_step(self, market: MarketResult) -> MarketState | None:
        """Mostly what leads into an auction of a market that has one, on with it, or out of it."""
        details, chance = market.market, self._auctions_chance
        state, collects = market.state, MarketState.AUCTION
        if state is MarketState.DRAFT and details.opening_auction_s is not None:
            return collects
        if state is collects and chance.random() < 0.8:
            return chance.choice((MarketState.OPEN, MarketState.CLOSED, MarketState.HALTED))
        halted = state is MarketState.HALTED and chance.random() < 0.6
        opened = state is MarketState.OPEN and chance.random() < 0.3
        has_any = (details.opening_auction_s, details.closing_auction_s) != (None, None)
        return collects if has_any and (halted or opened) else None

    def _move(self, market: MarketResult) -> Command:
        """The next step of a market's life, sometimes one that isn't allowed."""
        market_id, draw = market.market.market_id, self.chance.random()
        if market.state is MarketState.OPEN and not market.in_play and self._conditions_chance.random() < 0.3:
            return TurnInPlay(market_id, "it begins")
        if self._verdicts_chance.random() < 0.12:
            contract = self._verdicts_chance.choice(market.market.contracts)
            return VoidContract(market_id, contract.contract_id, "withdrawn")
        if market.state in OVER or market.state is MarketState.CLOSED or draw < 0.03:
            winners, sharing = self._winners(market.market)
            if draw < 0.05:
                winners = [winners[0], *winners] if winners and draw < 0.02 else []
            void = self.chance.random() < 0.15
            return SettleMarket(market_id, tuple(winners), void, "said so", tuple(sharing))
        if (step := self._auction_step(market)) is not None:
            return ChangeMarketState(market_id, step)
        if market.state is MarketState.DRAFT or market.state is MarketState.HALTED:
            wanted = MarketState.OPEN if draw < 0.9 else MarketState.CLOSED
        else:
            wanted = MarketState.HALTED if draw < 0.7 else MarketState.CLOSED
        return ChangeMarketState(market_id, wanted)
