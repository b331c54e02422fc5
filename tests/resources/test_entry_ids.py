"""Owns the tests of the ids of entries as they are shown.

Never looks at an entry.
Called by pytest.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.entry_ids import EntryIds, named
from resources.seals import Seal

IDS = EntryIds(b"a secret")


@given(st.integers(1, 2**63 - 1))
def test_an_id_that_was_shown_is_read_and_looks_the_same_ever_after(entry_id: int) -> None:
    shown = IDS.shown(entry_id)
    assert IDS.read(shown) == entry_id
    assert shown == EntryIds(b"a secret").shown(str(entry_id))
    assert len(shown) == 43
    assert shown.replace("-", "").replace("_", "").isalnum()


def test_ids_don_t_rise_with_time() -> None:
    shown = [IDS.shown(entry_id) for entry_id in range(1, 50)]
    assert sorted(shown) != shown
    assert len({text[:8] for text in shown}) == len(shown)


@pytest.mark.parametrize(
    "text",
    [
        "16",
        "",
        "é",
        "A" * 43,
        IDS.shown(16)[:-1],
        EntryIds(b"another secret").shown(16),
        Seal(b"a secret").close("0000000000000010"),
    ],
)
def test_what_was_never_shown_is_nobody_s(text: str) -> None:
    assert IDS.read(text) is None


@pytest.mark.parametrize(
    ("entry_ids", "entry_id", "name"),
    [
        (IDS, 16, IDS.shown(16)),
        (IDS, "16", IDS.shown(16)),
        (IDS, 0, None),
        (IDS, None, None),
        (None, 16, None),
    ],
)
def test_what_is_about_no_entry_names_none(
    entry_ids: EntryIds | None, entry_id: int | str | None, name: str | None
) -> None:
    assert named(entry_ids, entry_id) == name
