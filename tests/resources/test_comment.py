"""Owns the tests of one comment: edited and deleted by its author, reported by others, hidden by staff.

Never tests who sees it.
Called by pytest.
"""

import pytest

from tests.resources.browsing import Browser
from tests.resources.talking import texts, write
from tests.resources.test_forms import signed_in
from tests.resources.world import STAFF_PASSWORD, Json, Visitor, World


class Talk:
    """A comment of ada's on a market, and ben, who has read it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.market = world.market()
        self.ada, self.ben = world.member("ada"), world.member("ben")
        self.comment = write(self.ada, self.market, "Well, @ben.")
        self.path = f"/v3/comments/{self.comment['id']}/"

    def judge(self, state: str, reason: str = "rude") -> Json:
        asked = {"state": state, "reason": reason}
        return self.world.staff.ok("PUT", f"{self.path}visibility/", asked)["visibility"]


@pytest.fixture
def talk(world: World) -> Talk:
    return Talk(world)


def error(visitor: Visitor, method: str, path: str, body: object = None) -> tuple[int, str]:
    result = visitor.send(method, path, body)
    return result.status_code, result.json["error_type"]


def test_its_author_edits_it_and_it_says_since_when(talk: Talk) -> None:
    edited = talk.ada.ok("PATCH", talk.path, {"text": "Better,\r\n@ada."})["comment"]
    assert (edited["text"], edited["mentions"]) == ("Better,\n@ada.", ["ada"])
    assert edited["created_datetime"] == talk.comment["created_datetime"] < edited["edited_datetime"]
    assert talk.ben.ok("GET", talk.path)["comment"] == edited
    assert error(talk.ben, "PATCH", talk.path, {"text": "Mine."}) == (403, "NOT_ALLOWED")
    assert error(talk.world.staff, "PATCH", talk.path, {"text": "Ours."}) == (403, "NOT_ALLOWED")
    assert error(talk.ada, "PATCH", talk.path, {"text": " "}) == (422, "INVALID_FIELD")
    assert error(talk.ada, "PATCH", "/v3/comments/987654321/", {"text": "x"}) == (404, "NOT_FOUND")


def test_who_may_not_see_it_is_not_told_that_it_is_another_s(talk: Talk) -> None:
    talk.ada.ok("PATCH", "/v3/privacy/", {"comment": {"audience": "only_me"}})
    for method, path, body in (
        ("PATCH", talk.path, {"text": "Mine."}),
        ("DELETE", talk.path, None),
        ("POST", f"{talk.path}reports/", {"reason": "rude"}),
    ):
        assert error(talk.ben, method, path, body) == (404, "NOT_FOUND")
    assert talk.ada.ok("PATCH", talk.path, {"text": "Better."})["comment"]["text"] == "Better."


def test_what_has_changed_meanwhile_is_not_overwritten(talk: Talk) -> None:
    tag = talk.ada.get(talk.path).headers["etag"]
    condition = {"If-Match": tag}
    assert talk.ada.send("PATCH", talk.path, {"text": "Better."}, condition).status_code == 200
    assert talk.ada.send("PATCH", talk.path, {"text": "Best."}, condition).status_code == 412
    assert talk.ada.send("DELETE", talk.path, headers=condition).status_code == 412
    assert texts(talk.ada, talk.market) == ["Better."]


def test_its_author_deletes_it(talk: Talk) -> None:
    assert error(talk.ben, "DELETE", talk.path) == (403, "NOT_ALLOWED")
    assert talk.ada.send("DELETE", talk.path).status_code == 204
    for visitor in (talk.ada, talk.ben, talk.world.staff, talk.world.anyone):
        assert error(visitor, "GET", talk.path) == (404, "NOT_FOUND")
        assert texts(visitor, talk.market) == []
    assert error(talk.ada, "DELETE", talk.path) == (404, "NOT_FOUND")
    assert error(talk.ada, "PATCH", talk.path, {"text": "Back."}) == (404, "NOT_FOUND")
    everything = talk.world.documents.identities(start="", end="~")
    assert "Well, @ben." not in str(talk.world.documents.get_many(everything)), "only the log has it"


def test_an_edited_text_is_nowhere_but_in_the_log(talk: Talk) -> None:
    talk.ada.ok("PATCH", talk.path, {"text": "Better."})
    everything = talk.world.documents.identities(start="", end="~")
    assert "Well, @ben." not in str(talk.world.documents.get_many(everything))


def test_staff_hides_it_and_its_author_sees_that(talk: Talk) -> None:
    assert talk.judge("hidden") == {"comment_id": talk.comment["id"], "state": "hidden", "reason": "rude"}
    for visitor in (talk.ada, talk.world.staff):
        shown = visitor.ok("GET", talk.path)["comment"]
        assert (shown["state"], shown["hidden_reason"], shown["text"]) == ("hidden", "rude", "Well, @ben.")
    for visitor in (talk.ben, talk.world.anyone):
        assert error(visitor, "GET", talk.path) == (404, "NOT_FOUND")
    assert error(talk.ada, "PATCH", talk.path, {"text": "Sorry."}) == (403, "NOT_ALLOWED")
    assert error(talk.ben, "POST", f"{talk.path}reports/", {"reason": "rude"}) == (404, "NOT_FOUND")
    talk.judge("visible", "a joke")
    assert talk.ben.ok("GET", talk.path)["comment"] == talk.comment
    talk.judge("hidden")
    assert talk.ada.send("DELETE", talk.path).status_code == 204


def test_only_staff_who_run_markets_hide(talk: Talk) -> None:
    asked = {"state": "hidden", "reason": "rude"}
    for visitor in (talk.ada, talk.ben):
        assert error(visitor, "PUT", f"{talk.path}visibility/", asked) == (403, "NOT_ALLOWED")
    path = "/v3/comments/987654321/visibility/"
    assert error(talk.world.staff, "PUT", path, asked) == (404, "NOT_FOUND")
    no_reason = {"state": "hidden", "reason": " "}
    assert error(talk.world.staff, "PUT", f"{talk.path}visibility/", no_reason) == (422, "INVALID_FIELD")


def test_what_staff_did_is_told_to_staff(talk: Talk) -> None:
    talk.judge("hidden")
    talk.judge("visible", "a joke")
    told = talk.world.staff.ok("GET", "/v3/staff/actions/?limit=2")["actions"]
    assert [(each["action"], each["reason"], each["outcome"], each["username"]) for each in told] == [
        ("show-comment", "a joke", "done", "staff"),
        ("hide-comment", "rude", "done", "staff"),
    ]
    assert told[0]["details"] == {"comment_id": talk.comment["id"]}


def test_it_is_reported_by_others_once(talk: Talk) -> None:
    told = talk.ben.ok("POST", f"{talk.path}reports/", {"reason": "rude"})
    assert told == {"report": {"comment_id": talk.comment["id"], "reason": "rude"}}
    talk.ben.ok("POST", f"{talk.path}reports/", {"reason": "very rude"})
    assert error(talk.ada, "POST", f"{talk.path}reports/", {"reason": "mine"}) == (403, "NOT_ALLOWED")
    (report,) = talk.world.staff.ok("GET", "/v3/staff/reports/?states=open")["reports"]
    assert [each["reason"] for each in report["reports"]] == ["rude"]


def test_in_a_browser_without_scripts(talk: Talk) -> None:
    ben, ada = signed_in(talk.world, "ben"), signed_in(talk.world, "ada")
    staff = signed_in(talk.world, "staff", STAFF_PASSWORD)
    page = ben.submit(ben.get(talk.path).form("Reply"), {"text": "So."})
    assert "in reply to another" in page.main
    assert not page.has_form("Reply"), "replies go one level deep"
    page = ben.submit(ben.get(talk.path).form("Report"), {"reason": "rude"})
    assert page.path == talk.path
    page = ada.submit(ada.get(talk.path).form("Edit"), {"text": "Better."})
    assert "Better." in page.main
    assert "edited" in page.main
    form = staff.get(talk.path).form("Hide or show")
    page = staff.submit(form, {"state": "hidden", "reason": "rude"})
    assert "Staff has hidden it from others: rude" in page.main
    page = ada.get(talk.path)
    assert "Staff has hidden it from others: rude" in page.main
    assert not page.has_form("Edit")
    page = ada.submit(page.form("Delete"))
    assert (page.path, page.status) == (f"/v3/markets/{talk.market['id']}/comments/", 200)
    assert "So." in page.main
    assert "Better." not in page.main


@pytest.mark.parametrize("who", ["anyone", "ada", "ben", "staff"])
def test_who_finds_which_forms(talk: Talk, who: str) -> None:
    password = {"staff": STAFF_PASSWORD}
    browser = (
        Browser(talk.world.client)
        if who == "anyone"
        else signed_in(talk.world, who, password.get(who, "a long password"))
    )
    page = browser.get(talk.path)
    found = {title for title in ("Reply", "Edit", "Delete", "Report", "Hide or show") if page.has_form(title)}
    assert (
        found
        == {
            "anyone": set(),
            "ada": {"Reply", "Edit", "Delete"},
            "ben": {"Reply", "Report"},
            "staff": {"Reply", "Report", "Hide or show"},
        }[who]
    )
