"""Owns the tests of what a host knows of what it has taken.

Never tests a host.
Called by pytest.
"""

from actors.processes.taken import GATEWAYS_MAX, Taken


def test_what_was_taken_is_known_by_who_asked() -> None:
    taken = Taken()
    taken.note("web", 7)
    taken.note("web", 5)
    assert [taken.surely_lacks("web", number) for number in (5, 6, 7, 8)] == [False, False, False, True]
    assert taken.surely_lacks("another web", 1)


def test_of_gateways_that_are_long_gone_nothing_is_kept() -> None:
    taken = Taken()
    taken.note("first", 7)
    for number in range(GATEWAYS_MAX - 1):
        taken.note(f"web {number}", 1)
    taken.note("first", 8)
    taken.note("last", 1)
    assert taken.surely_lacks("web 0", 1), "it was heard of least lately"
    assert not taken.surely_lacks("first", 8)
