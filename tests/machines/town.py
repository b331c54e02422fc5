"""Owns a small exchange of pure streams for tests: every letter delivered by hand, no host, no log.

Never hides anything: bodies, answers and problems of every turn are kept to be looked at.
Called by the tests of the machines.
"""

from collections.abc import Iterator, Sequence

from actors.machines.account_stream.accounts import Accounts
from actors.machines.market_stream.markets import Markets
from actors.machines.messages.activity import Entry, EntryAdded
from actors.machines.messages.answers import (
    AccountResult,
    Answer,
    EventResult,
    MarketResult,
    OrderResult,
    Refused,
    Reply,
    Result,
)
from actors.machines.messages.commands import (
    Asked,
    ChangeMarketState,
    Command,
    CreateEvent,
    CreateMarket,
    Deposit,
    PlaceOrder,
    RegisterMember,
    Request,
    SettleMarket,
)
from actors.machines.messages.letters import Letter
from actors.machines.messages.record import Body, decode, decode_events, encode
from actors.machines.messages.words import MarketState, Side, TimeInForce
from actors.machines.stream.social import Social
from actors.machines.stream.state import Reading
from actors.machines.streams import Streams, account_stream_of_id
from actors.machines.turn import Problem, Stream

UNIT = 10**8
"""One currency unit of money."""
LOT = 10_000
"""A quantity that pays one currency unit."""


class Town:
    """Streams joined by a post that never fails, unless the test carries the letters itself."""

    def __init__(self, streams: Streams | None = None) -> None:
        self.streams = Streams() if streams is None else streams
        self.all = {name: Stream(name, self.streams) for name in self.streams.names}
        self.bodies: dict[str, list[bytes]] = {name: [] for name in self.streams.names}
        self.times: dict[str, list[int]] = {name: [] for name in self.streams.names}
        self.read: dict[tuple[str, str], int] = {}
        """Social stream and another one -> how many of its records were read."""
        self.answers: list[tuple[object, Answer | Reply]] = []
        self.problems: list[Problem] = []
        self.time = 1_000_000
        self.keys = 0

    # Turns and letters.

    def turn(
        self,
        name: str,
        asks: Sequence[tuple[object, Asked]] = (),
        letters: Sequence[Letter] = (),
        read: Sequence[Reading] = (),
    ) -> Body | None:
        """One turn of one stream; its body is kept as it would be in the log."""
        self.time += 1
        turn = self.all[name].turn(asks, letters, self.time, len(self.bodies[name]) + 1, read)
        if turn.body is not None:
            self.bodies[name].append(encode(turn.body))
            self.times[name].append(self.time)
        self.answers.extend(turn.answers)
        self.problems.extend(turn.problems)
        return turn.body

    def deliver(self) -> None:
        """Carries letters, and what acknowledges them, until nobody has anything left to say or to read."""
        while (letters := [each for name in self.all for each in self.letters_of(name)]) or self.follow():
            for letter in letters:
                self.turn(letter.destination, letters=[letter])
                receiver = self.all[letter.destination]
                heard = receiver.post.letter(letter.source, 0, 0, len(self.bodies[receiver.name]))
                self.turn(letter.source, letters=[heard])

    def wait(self, time_us: int) -> None:
        """Time passes, and what is due in the markets happens."""
        self.time += time_us
        for name in self.streams.market_names:
            self.turn(name)
        self.deliver()

    def follow(self) -> bool:
        """Each social stream reads what is new of the others, in the order of time; says if there was any."""
        anything = False
        for name in self.streams.social_names:
            if fresh := sorted(self._fresh(name), key=lambda reading: reading.time):
                self.turn(name, read=fresh)
                anything = True
        return anything

    def _fresh(self, follower: str) -> Iterator[Reading]:
        for name in self.streams.trading_names:
            first = self.read.get((follower, name), 0)
            for at in range(first, len(self.bodies[name])):
                events = decode_events(self.bodies[name][at])
                yield Reading(name, at + 1, b"digest", self.times[name][at], events)
            self.read[follower, name] = len(self.bodies[name])

    def letters_of(self, name: str) -> list[Letter]:
        """What a stream has to say and nobody has acknowledged."""
        post, sequence = self.all[name].post, len(self.bodies[name])
        letters = [post.letter(destination, 0, 1_000, sequence) for destination in post.outgoing]
        return [letter for letter in letters if letter.messages]

    def replayed(self, name: str) -> Stream:
        """The stream as its log alone makes it."""
        stream = Stream(name, self.streams)
        for body in self.bodies[name]:
            stream.replay(decode(body))
        return stream

    # Asks.

    def ask(self, stream: str, asked: Asked) -> Answer | Reply | None:
        """Asks, delivers, and gives the last answer to this; others may have waited for theirs."""
        self.answers.clear()
        ticket = object()
        self.turn(stream, [(ticket, asked)])
        self.deliver()
        return next((answer for to, answer in reversed(self.answers) if to is ticket), None)

    def register(self, username: str, *, staff: bool = False) -> int:
        """A new member's account id."""
        asked = RegisterMember(username, f"hash of {username}", username.title(), f"key-{username}", staff)
        reply = self.ask(self.streams.of_username(username), asked)
        assert isinstance(reply, Reply)
        assert isinstance(reply.result, AccountResult)
        return reply.result.account_id

    def request_of(self, account_id: int, *commands: Command, patient: bool = True) -> Request:
        """A request with a fresh key."""
        self.keys += 1
        return Request(account_id, 1, "POST /", f"key{self.keys}", True, "print", commands, patient)

    def send(self, account_id: int, *commands: Command) -> tuple[Result, ...]:
        """The results of a member's request."""
        answer = self.ask(account_stream_of_id(account_id), self.request_of(account_id, *commands))
        assert isinstance(answer, Answer)
        assert answer.final
        return answer.results

    def results_for(self, ticket: object) -> tuple[Result, ...]:
        """The results last answered to this ticket."""
        answer = dict(self.answers)[ticket]
        assert isinstance(answer, Answer)
        return answer.results

    def place(
        self,
        account_id: int,
        side: Side,
        price: int,
        quantity: int,
        *,
        contract_id: int = 1,
        market_id: int = 1,
        time_in_force: TimeInForce = TimeInForce.GOOD_TIL_CANCELLED,
        reference_id: str | None = None,
    ) -> OrderResult | Refused:
        """One order, and what became of it."""
        order = PlaceOrder(market_id, contract_id, side, price, quantity, time_in_force, reference_id)
        (result,) = self.send(account_id, order)
        assert isinstance(result, OrderResult | Refused)
        return result

    # What tests look at.

    def accounts(self, name: str) -> Accounts:
        machines = self.all[name].machines
        assert isinstance(machines, Accounts)
        return machines

    def markets(self, name: str) -> Markets:
        machines = self.all[name].machines
        assert isinstance(machines, Markets)
        return machines

    def social(self, name: str = "social-0") -> Social:
        machines = self.all[name].machines
        assert isinstance(machines, Social)
        return machines

    def activity(self, activity_name: str) -> list[Entry]:
        """What was added to an activity stream, as its numbers say."""
        added = [
            event
            for body in self.bodies[self.streams.of_activity(activity_name)]
            for event in decode(body).events
            if isinstance(event, EntryAdded) and activity_name in event.numbers
        ]
        assert [event.numbers[activity_name] for event in added] == list(range(1, len(added) + 1))
        return [event.entry for event in added]

    def money(self, account_id: int) -> tuple[int, int]:
        """Balance and exposure."""
        account = self.accounts(account_stream_of_id(account_id)).accounts[account_id]
        return account.balance, account.exposure

    def assert_sound(self) -> None:
        """Money is conserved, and every stream is what its log says."""
        assert self.problems == []
        for name in self.streams.account_names:
            assert self.accounts(name).total() == 0
        for name, stream in self.all.items():
            assert self.replayed(name).state_hash() == stream.state_hash()


class OpenTown(Town):
    """A town with staff, two funded members (alice and bob, 1000 each) and market 1 open."""

    def __init__(
        self,
        contracts: tuple[str, ...] = ("Yes", "No"),
        commission: int = 0,
        streams: Streams | None = None,
        *,
        opened: bool = True,
        in_play_delay_ms: int = 0,
        winner_count: int = 1,
        cross_matching: bool = False,
    ) -> None:
        super().__init__(streams)
        self.staff = self.register("staff", staff=True)
        self.alice = self.register("alice")
        self.bob = self.register("bob")
        self.send(self.staff, Deposit("alice", 1000 * UNIT))
        self.send(self.staff, Deposit("bob", 1000 * UNIT))
        (event,) = self.send(self.staff, CreateEvent("Cup final", "sport", 1_800_000_000_000_000))
        assert isinstance(event, EventResult)
        create = CreateMarket(
            1,
            "Who wins?",
            contracts,
            winner_count,
            commission=commission,
            in_play_delay_ms=in_play_delay_ms,
            cross_matching=cross_matching,
        )
        (market,) = self.send(self.staff, create)
        assert isinstance(market, MarketResult)
        if opened:
            self.move(MarketState.OPEN)

    def move(self, state: MarketState) -> Result:
        """Staff asks for a state of market 1."""
        (result,) = self.send(self.staff, ChangeMarketState(1, state))
        return result

    def settle(self, *winners: int, void: bool = False, dead_heat: tuple[int, ...] = ()) -> Result:
        """Staff settles market 1, closing it first where that is needed."""
        self.move(MarketState.CLOSED)
        (result,) = self.send(self.staff, SettleMarket(1, winners, void, "the referee says so", dead_heat))
        return result
