"""Owns the tests of the gateway's core: batches, answers, repeats, giving up; the test plays the hosts.

Never sends anything: batches are read back from their bytes.
Called by pytest.
"""

import msgspec
import pytest

from actors.machines import limits
from actors.machines.messages.answers import Answer, MatchPreview, Refused, Reply
from actors.machines.messages.commands import (
    Asked,
    CancelAll,
    GetAccount,
    GetApiKey,
    GetApiKeys,
    GetCredentials,
    HaltExchange,
    HaltMarket,
    PlaceOrder,
    PreviewMatch,
    PreviewOrder,
    RegisterMember,
    Request,
)
from actors.machines.messages.words import Reason, Side
from actors.machines.streams import Streams
from actors.processes import gateway_core
from actors.processes.gateway import OutcomeUnknownError, UnavailableError
from actors.processes.gateway_core import (
    IMPATIENT_AFTER_US,
    REPEAT_AFTER_US,
    UNDER_WAY_MAX_US,
    UNKNOWN_AFTER_US,
    UNREACHABLE_AFTER_US,
    GatewayCore,
    decode_asks,
    encode_asked,
    encode_replies,
    stream_of,
)
from actors.processes.protocol import Undecided
from tests.processes.workload import register, request

FIRST, SECOND = "accounts-0", "accounts-1"
HERE, THERE = "(T|:1001)", "(T|:1002)"
EMPTY = Answer((), True, {})
ORDER = PlaceOrder(2, 3, Side.BUY, 5_000, 10)


class Hosts:
    """A gateway's core and the hosts it talks to; time is ``now``."""

    def __init__(self, addresses: dict[str, str] | None = None) -> None:
        self.core = GatewayCore(Streams(), 1_000)
        self.now = 0
        if addresses is not None:
            self.core.directory(addresses)

    def submit(self, ticket: str, asked: Asked) -> None:
        self.core.submit(ticket, asked, encode_asked(asked), self.now)

    def batches(self) -> dict[str, list[tuple[int, Asked]]]:
        """What is sent now, by host."""
        return {name: decode_asks(payload) for name, payload in self.core.batches(self.now)}

    def batch(self) -> list[tuple[int, Asked]]:
        """What is sent now to the first host, and to nobody else."""
        batches = self.batches()
        assert set(batches) <= {FIRST}
        return batches.get(FIRST, [])

    def taken(self, *, taken: bool = True, address: str = HERE) -> None:
        self.core.taken(FIRST, address, taken=taken, now=self.now)

    def answer(self, *correlations: int) -> list[object]:
        """Whom answers to these correlations are for."""
        answered = self.core.answered(encode_replies([(number, EMPTY) for number in correlations]))
        return [ticket for ticket, _ in answered]

    def turn_away(self, correlation: int) -> list[tuple[object, type[object]]]:
        """The host has not taken this request: whom to tell what."""
        told = self.core.answered(encode_replies([(correlation, Undecided("it is away"))]))
        return [(ticket, type(outcome)) for ticket, outcome in told]

    def look(self, now: int) -> list[tuple[object, type[Exception]]]:
        self.now = now
        return [(ticket, type(failure)) for ticket, failure in self.core.look(now)]


@pytest.fixture
def hosts() -> Hosts:
    return Hosts({FIRST: HERE, SECOND: THERE})


def of_first(key: str = "") -> Request:
    """A request of a member whose account is in the first stream."""
    return request(16, CancelAll(), key=key)


def of_second() -> Request:
    return request(17, CancelAll())


# Where to.


@pytest.mark.parametrize(
    ("asked", "stream"),
    [
        (request(16, CancelAll()), "accounts-0"),
        (request(33, CancelAll()), "accounts-1"),
        (GetAccount(32), "accounts-0"),
        (GetApiKey(33), "accounts-1"),
        (GetApiKeys(32), "accounts-0"),
        (GetCredentials("alice"), "accounts-1"),
        (GetCredentials("bobby"), "accounts-0"),
        (register("alice"), "accounts-1"),
        (HaltMarket(2, "a breach"), Streams().of_market(2)),
        (HaltExchange("a breach"), "markets-0"),
        (PreviewMatch(16, ORDER), Streams().of_market(2)),
        (PreviewOrder(17, ORDER, MatchPreview((), 10, None)), "accounts-1"),
    ],
)
def test_ids_and_names_choose_the_stream(asked: Asked, stream: str) -> None:
    assert stream_of(asked, Streams()) == stream


def test_what_is_asked_of_a_market_goes_to_its_host() -> None:
    stream = Streams().of_market(2)
    hosts = Hosts({stream: THERE})
    asked = PreviewMatch(16, ORDER)
    hosts.submit("preview", asked)
    ((name, batch),) = hosts.batches().items()
    assert (name, [each for _, each in batch]) == (stream, [asked])


def test_a_stream_that_does_not_exist_is_refused(hosts: Hosts) -> None:
    with pytest.raises(UnavailableError):
        hosts.submit("nowhere", request(18, CancelAll()))
    assert not hosts.core.busy


def test_what_a_host_could_not_read_is_refused_at_the_door() -> None:
    with pytest.raises(msgspec.ValidationError):
        encode_asked(request(16, PlaceOrder(1, 1, Side.BUY, 0, 1)))
    with pytest.raises(msgspec.ValidationError):
        encode_asked(RegisterMember("Not a name!", "hash", "", "key"))


# Batches.


def test_each_host_gets_what_is_its_own_in_one_batch(hosts: Hosts) -> None:
    asked = [of_first(), of_second(), of_first()]
    for number, one in enumerate(asked):
        hosts.submit(f"ticket {number}", one)
    batches = hosts.batches()
    assert [one for _, one in batches[FIRST]] == [asked[0], asked[2]]
    assert [one for _, one in batches[SECOND]] == [asked[1]]


def test_while_a_batch_is_under_way_the_next_gathers(hosts: Hosts) -> None:
    hosts.submit("first", of_first())
    assert len(hosts.batch()) == 1
    for number in range(5):
        hosts.submit(f"ticket {number}", of_first())
        assert hosts.batch() == []
    hosts.taken()
    assert len(hosts.batch()) == 5


def test_a_batch_is_never_longer_than_a_turn(hosts: Hosts) -> None:
    for number in range(limits.REQUESTS_PER_TURN_MAX + 1):
        hosts.submit(f"ticket {number}", of_first())
    assert len(hosts.batch()) == limits.REQUESTS_PER_TURN_MAX
    hosts.taken()
    assert len(hosts.batch()) == 1


def test_a_batch_of_which_nothing_is_heard_is_given_up(hosts: Hosts) -> None:
    hosts.submit("first", of_first())
    hosts.batch()
    hosts.submit("second", of_first())
    hosts.now = UNDER_WAY_MAX_US - 1
    assert hosts.batch() == []
    hosts.now += 1
    assert len(hosts.batch()) == 1


def test_there_is_a_limit(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_core, "REQUESTS_MAX", 2)
    hosts.submit("one", of_first())
    hosts.submit("two", of_second())
    with pytest.raises(UnavailableError):
        hosts.submit("three", of_first())
    ((correlation, _),) = hosts.batches()[FIRST]
    hosts.answer(correlation)
    hosts.submit("four", of_first())


# Answers.


def test_answers_find_their_ticket(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    hosts.submit("b", of_first())
    (first, _), (second, _) = hosts.batch()
    assert hosts.answer(second, first) == ["b", "a"]
    assert not hosts.core.busy


def test_an_answer_that_nobody_waits_for_is_ignored(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    ((correlation, _),) = hosts.batch()
    assert hosts.answer(correlation + 1, 7) == []
    assert hosts.answer(correlation) == ["a"]
    assert hosts.answer(correlation) == [], "answered twice: told once"


def test_replies_and_answers_come_back_as_they_were(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    ((correlation, _),) = hosts.batch()
    reply = Reply(Refused(Reason.NOT_FOUND, "no"), {FIRST: 3})
    assert hosts.core.answered(encode_replies([(correlation, reply)])) == [("a", reply)]


def test_what_a_host_has_not_taken_did_not_happen(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    ((correlation, _),) = hosts.batch()
    assert hosts.turn_away(correlation) == [("a", UnavailableError)]
    assert not hosts.core.busy
    assert hosts.turn_away(correlation) == [], "told once"


def test_what_was_sent_twice_and_turned_away_once_may_have_happened(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    ((correlation, _),) = hosts.batch()
    hosts.core.directory({FIRST: THERE, SECOND: THERE})
    assert [again for again, _ in hosts.batch()] == [correlation]
    assert hosts.turn_away(correlation) == [], "its host before may have taken it"
    assert hosts.turn_away(correlation) == [], "the same word may come twice"
    assert hosts.look(UNKNOWN_AFTER_US) == [("a", OutcomeUnknownError)]


# Repeats.


def test_what_was_taken_is_repeated_only_when_patience_ends_and_then_impatiently(hosts: Hosts) -> None:
    asked = of_first()
    hosts.submit("a", asked)
    ((correlation, _),) = hosts.batch()
    hosts.taken()
    assert hosts.look(IMPATIENT_AFTER_US - 1) == []
    assert hosts.batch() == []
    assert hosts.look(IMPATIENT_AFTER_US) == []
    ((again, repeated),) = hosts.batch()
    assert again == correlation, "any answer will do"
    assert isinstance(repeated, Request)
    assert (repeated.patient, repeated.key) == (False, asked.key)
    hosts.taken()
    hosts.look(IMPATIENT_AFTER_US + REPEAT_AFTER_US)
    assert hosts.batch() == [(correlation, repeated)]


def test_a_batch_that_was_not_taken_is_repeated_sooner(hosts: Hosts) -> None:
    asked = of_first()
    hosts.submit("a", asked)
    ((correlation, _),) = hosts.batch()
    hosts.taken(taken=False)
    hosts.look(REPEAT_AFTER_US - 1)
    assert hosts.batch() == []
    hosts.look(REPEAT_AFTER_US)
    assert hosts.batch() == [(correlation, asked)]


def test_questions_and_registrations_are_repeated_as_they_are(hosts: Hosts) -> None:
    hosts.submit("question", GetAccount(16))
    hosts.submit("registration", register("bobby"))
    before = hosts.batch()
    hosts.taken()
    hosts.look(IMPATIENT_AFTER_US)
    assert hosts.batch() == before


def test_what_waits_to_be_sent_is_not_sent_twice(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    hosts.batch()
    hosts.taken()
    hosts.look(IMPATIENT_AFTER_US)
    hosts.look(IMPATIENT_AFTER_US + 1)
    assert len(hosts.batch()) == 1


def test_what_is_answered_while_it_waits_to_be_repeated_is_not_sent(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    ((correlation, _),) = hosts.batch()
    hosts.taken()
    hosts.look(IMPATIENT_AFTER_US)
    hosts.answer(correlation)
    assert hosts.batches() == {}


# Hosts that come and go.


def test_a_host_that_moved_gets_everything_again_at_once(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    hosts.submit("b", of_first())
    before = hosts.batch()
    hosts.core.directory({SECOND: THERE})
    assert hosts.batches() == {}
    hosts.core.directory({FIRST: "(T|:2002)", SECOND: THERE})
    assert hosts.batch() == before


def test_news_of_the_old_address_do_not_count_for_the_new(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    hosts.batch()
    hosts.core.directory({FIRST: "(T|:2002)", SECOND: THERE})
    hosts.batch()
    hosts.submit("b", of_first())
    hosts.taken(address=HERE)
    assert hosts.batch() == []
    hosts.taken(address="(T|:2002)")
    assert len(hosts.batch()) == 1


def test_another_host_that_moved_changes_nothing(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    hosts.batch()
    hosts.core.directory({FIRST: HERE, SECOND: "(T|:2002)"})
    assert hosts.batches() == {}


def test_requests_wait_for_their_host_for_a_little_while() -> None:
    hosts = Hosts({})
    hosts.submit("a", of_first())
    assert hosts.look(UNREACHABLE_AFTER_US - 1) == []
    hosts.core.directory({FIRST: HERE})
    assert len(hosts.batch()) == 1


# Giving up.


def test_without_a_host_nothing_happened() -> None:
    hosts = Hosts({})
    hosts.submit("a", of_first())
    assert hosts.look(UNREACHABLE_AFTER_US) == [("a", UnavailableError)]
    assert not hosts.core.busy
    hosts.core.directory({FIRST: HERE})
    assert hosts.batches() == {}, "what was refused must not happen afterwards"


def test_what_left_and_found_no_host_any_more_may_have_happened(hosts: Hosts) -> None:
    hosts.submit("a", of_first())
    hosts.batch()
    hosts.core.directory({})
    assert hosts.look(UNREACHABLE_AFTER_US) == []
    assert hosts.look(UNKNOWN_AFTER_US) == [("a", OutcomeUnknownError)]


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        (of_first(), OutcomeUnknownError),
        (register("bobby"), OutcomeUnknownError),
        (GetAccount(16), UnavailableError),
        (GetCredentials("bobby"), UnavailableError),
    ],
)
def test_without_an_answer_a_change_is_unknown_and_a_question_is_not(
    hosts: Hosts, asked: Asked, failure: type[Exception]
) -> None:
    hosts.submit("a", asked)
    hosts.batch()
    assert hosts.look(UNKNOWN_AFTER_US - 1) == []
    assert hosts.look(UNKNOWN_AFTER_US) == [("a", failure)]


def test_what_never_left_because_its_host_hangs_did_not_happen(hosts: Hosts) -> None:
    hosts.submit("under way", of_first())
    hosts.batch()
    hosts.submit("waits", of_first())
    assert hosts.look(UNKNOWN_AFTER_US) == [("under way", OutcomeUnknownError), ("waits", UnavailableError)]


def test_only_the_old_are_given_up(hosts: Hosts) -> None:
    hosts.submit("old", of_first())
    hosts.batch()
    hosts.now = 1_000
    hosts.submit("young", of_second())
    hosts.batches()
    assert hosts.look(UNKNOWN_AFTER_US) == [("old", OutcomeUnknownError)]
    assert hosts.core.busy


def test_when_the_gateway_closes_everybody_is_told(hosts: Hosts) -> None:
    hosts.submit("left", of_first())
    hosts.batch()
    hosts.submit("waits", of_second())
    told = [(ticket, type(failure)) for ticket, failure in hosts.core.abandon()]
    assert told == [("left", OutcomeUnknownError), ("waits", UnavailableError)]
    assert not hosts.core.busy
