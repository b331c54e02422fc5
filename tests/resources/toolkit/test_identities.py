"""Owns the tests of ids as clients write them.

Never looks one up.
Called by pytest.
"""

import pytest

from actors.machines import limits
from resources.toolkit.fields import matches
from resources.toolkit.identities import GivenIdentity, Identities, Identity, one_identity, several_identities
from resources.toolkit.problems import ProblemError


@pytest.mark.parametrize("text", ["1", "42", "9" * 18])
def test_digits_are_an_id(text: str) -> None:
    assert one_identity(text) == int(text)
    assert matches(text, Identity)


@pytest.mark.parametrize(
    "text", ["", "0", "01", "-1", "+1", "1.0", "abc", "1 ", "1\n", "\uff11", "9" * 20, "1,2"]
)
def test_whatever_else_is_an_unknown_thing(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        one_identity(text)
    assert caught.value.kind.status == 404
    assert not matches(text, Identity)


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("17", True),
        (18, True),
        (0, False),
        (-1, False),
        (1.0, False),
        (True, False),
        ("x", False),
        (None, False),
    ],
)
def test_in_a_body_an_id_may_be_an_integer(value: object, taken: bool) -> None:
    assert matches(value, GivenIdentity) is taken


@pytest.mark.parametrize(
    ("text", "numbers", "single"),
    [
        ("1", [1], True),
        ("3,1,2", [3, 1, 2], False),
        ("3,1,3", [3, 1], False),
        ("1,", [1], True),
        ("1,x,2", [1, 2], False),
        ("x", [], True),
        (",", [], True),
    ],
)
def test_several_ids_keep_their_order_and_leave_out_what_is_none(
    text: str, numbers: list[int], single: bool
) -> None:
    assert several_identities(text) == (numbers, single)


def test_too_many_ids_are_refused() -> None:
    most = ",".join(str(number) for number in range(1, limits.IDS_PER_REQUEST_MAX + 1))
    assert len(several_identities(most).numbers) == limits.IDS_PER_REQUEST_MAX
    with pytest.raises(ProblemError) as caught:
        several_identities(most + ",101")
    assert (caught.value.kind.status, caught.value.errors[0].field) == (422, "ids")
    assert not matches(["1"] * (limits.IDS_PER_REQUEST_MAX + 1), Identities)


def test_a_single_unknown_id_is_404_and_several_are_left_out() -> None:
    assert several_identities("7,8").require_known([]) == []
    assert several_identities("7").require_known(["seven"]) == ["seven"]
    with pytest.raises(ProblemError) as caught:
        several_identities("7").require_known([])
    assert caught.value.kind.status == 404
