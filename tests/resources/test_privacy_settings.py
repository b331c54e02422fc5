"""Owns the tests of privacy settings: what holds, what is changed, what is refused; by JSON and by a form.

Never tests what they hide.
Called by pytest.
"""

import pytest

from actors.machines.messages.social_words import PrivacyKind
from resources.privacy_rules import DEFAULTS
from tests.resources.test_forms import signed_in
from tests.resources.world import Json, World

DEFAULT = {
    kind.value: {"audience": setting.audience.value, "detail": setting.detail.value}
    for kind, setting in DEFAULTS.items()
}


def test_until_something_is_set_the_defaults_hold(world: World) -> None:
    assert world.member("ada").ok("GET", "/v3/privacy/") == {"privacy": DEFAULT}


def test_what_is_set_holds_and_the_rest_stays(world: World) -> None:
    ada, ben = world.member("ada"), world.member("ben")
    changed = ada.ok("PATCH", "/v3/privacy/", {"fill": {"audience": "followers", "detail": "amount"}})
    assert changed["privacy"] == {**DEFAULT, "fill": {"audience": "followers", "detail": "amount"}}
    again = ada.ok("PATCH", "/v3/privacy/", {"fill": {"detail": "side"}, "order": {"audience": "members"}})
    expected = {
        **DEFAULT,
        "fill": {"audience": "followers", "detail": "side"},
        "order": {"audience": "members", "detail": "traded"},
    }
    assert again["privacy"] == ada.ok("GET", "/v3/privacy/")["privacy"] == expected
    assert ben.ok("GET", "/v3/privacy/")["privacy"] == DEFAULT


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"ordre": {"audience": "members"}}, "ordre"),
        ({"order": {"audience": "friends"}}, "order.audience"),
        ({"order": {"detail": "all"}}, "order.detail"),
        ({"order": {"who": "me"}}, "order.who"),
        ({"order": "members"}, "order"),
        ({"order": None}, "order"),
        ({"order": {"audience": None}}, "order.audience"),
        ([], "body"),
    ],
)
def test_what_is_unknown_is_refused_by_name_and_changes_nothing(
    world: World, asked: Json, field: str
) -> None:
    ada = world.member("ada")
    result = ada.send("PATCH", "/v3/privacy/", asked)
    assert (result.status_code, result.json["errors"][0]["field"]) == (422, field)
    assert ada.ok("GET", "/v3/privacy/")["privacy"] == DEFAULT


@pytest.mark.parametrize("asked", [{}, {"order": {}}])
def test_to_change_nothing_changes_nothing(world: World, asked: Json) -> None:
    ada = world.member("ada")
    assert ada.ok("PATCH", "/v3/privacy/", asked)["privacy"] == DEFAULT


def test_a_form_has_a_choice_of_both_for_each_kind(world: World) -> None:
    world.member("ada")
    browser = signed_in(world, "ada")
    form = browser.get("/v3/privacy/").form("Who may see what of you")
    for kind in PrivacyKind:
        assert form.fields[f"{kind}.audience"] == [DEFAULT[kind]["audience"]]
        assert list(form.choices(f"{kind}.detail").values()) == [
            "",
            "traded",
            "side",
            "price",
            "amount",
            "profit",
        ]
    page = browser.submit(form, {"order.audience": "members", "badge.detail": "profit"})
    assert (page.path, page.status) == ("/v3/privacy/", 200)
    saved = page.form("Who may see what of you")
    assert (saved.fields["order.audience"], saved.fields["badge.detail"]) == (["members"], ["profit"])
    assert saved.fields["fill.audience"] == ["everyone"]
