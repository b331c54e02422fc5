"""Owns the tests of how often somebody may be wrong about a password.

Never checks a password; the test is the clock.
Called by pytest.
"""

import pytest

from actors.machines import limits
from resources.attempts import Attempts
from resources.toolkit.problems import ProblemError

HERE, THERE, ELSEWHERE = "127.0.0.1", "203.0.113.7", "203.0.113.8"


class Scene:
    """Attempts, and a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000
        self.attempts = Attempts(lambda: self.now * 1_000_000_000)

    def guesses(self, username: str = "ada", address: str = THERE) -> int:
        """How often one can be wrong, one after the other."""
        for number in range(1_000):
            if not self.may_try(username, address):
                return number
            self.attempts.was_wrong(username, address)
        return 1_000

    def may_try(self, username: str = "ada", address: str = THERE) -> bool:
        try:
            self.attempts.require_patience(username, address)
        except ProblemError:
            return False
        return True


def test_a_password_can_not_be_guessed_at_speed() -> None:
    scene = Scene()
    assert scene.guesses() == limits.WRONG_PASSWORDS_PER_USERNAME
    assert not scene.may_try(address=ELSEWHERE), "the same member from anywhere"
    assert not scene.may_try(address=HERE)
    assert scene.may_try("ben"), "others are not concerned"
    scene.now += limits.WRONG_PASSWORDS_WINDOW_S // limits.WRONG_PASSWORDS_PER_USERNAME
    assert scene.guesses() == 1
    scene.now += limits.WRONG_PASSWORDS_WINDOW_S
    assert scene.guesses() == limits.WRONG_PASSWORDS_PER_USERNAME


def test_who_is_refused_is_told_when_to_come_back() -> None:
    scene = Scene()
    scene.guesses()
    with pytest.raises(ProblemError, match="too many wrong passwords") as caught:
        scene.attempts.require_patience("ada", THERE)
    every = limits.WRONG_PASSWORDS_WINDOW_S // limits.WRONG_PASSWORDS_PER_USERNAME
    assert caught.value.kind.status == 429
    assert caught.value.headers["retry-after"] == str(every)


def test_passwords_of_many_members_can_not_be_guessed_from_one_address() -> None:
    scene = Scene()
    guesses = sum(scene.guesses(f"member{number}") for number in range(50))
    assert guesses == limits.WRONG_PASSWORDS_PER_ADDRESS
    assert scene.may_try("member49", ELSEWHERE)


def test_this_machine_is_no_address_but_usernames_count_from_here_too() -> None:
    scene = Scene()
    assert scene.guesses("ada", HERE) == limits.WRONG_PASSWORDS_PER_USERNAME
    assert sum(scene.guesses(f"member{number}", HERE) for number in range(50)) == 500


def test_to_be_right_costs_nothing() -> None:
    scene = Scene()
    assert all(scene.may_try() for _ in range(1_000))
