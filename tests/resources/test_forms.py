"""Owns the tests of forms: everything that can be done is done by forms alone, as a browser sends them.

Never sends JSON for what is tested, nor a header that a browser would not send.
Called by pytest.
"""

from typing import Final

import pytest

from tests.resources.browsing import Browser, Form, Page, words
from tests.resources.world import PASSWORD, STAFF_PASSWORD, World, challenge_in, order_in

ELSEWHERE: Final = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}


def signed_in(world: World, name: str, password: str = PASSWORD) -> Browser:
    browser = Browser(world.client)
    form = browser.get("/v3/sessions/").form("Sign in")
    page = browser.submit(form, {"username": name, "password": password})
    assert (page.path, page.status) == ("/v3/", 200)
    return browser


@pytest.fixture
def ada(world: World) -> Browser:
    """Somebody with a thousand, signed in."""
    world.member("ada")
    return signed_in(world, "ada")


@pytest.fixture
def staff(world: World) -> Browser:
    return signed_in(world, "staff", STAFF_PASSWORD)


def test_registration_signs_in_and_shows_the_profile(world: World) -> None:
    browser = Browser(world.client)
    form = browser.get("/v3/sessions/").form("Register")
    page = browser.submit(form, {"username": "ada", "password": PASSWORD, "display_name": "Ada <3"})
    assert (page.path, page.heading) == ("/v3/members/ada/", "Ada <3")
    assert "Signed in as ada" in page.text


def test_registration_that_fails_says_why_and_keeps_what_was_written(world: World) -> None:
    world.member("ada")
    browser = Browser(world.client)
    given = {"username": "ada", "password": PASSWORD, "display_name": "Ada"}
    page = browser.submit(browser.get("/v3/sessions/").form("Register"), given)
    assert page.status == 409
    form = page.form("Register")
    assert (form.fields["username"], form.fields["display_name"]) == (["ada"], ["Ada"])
    assert form.fields["password"] == [""]
    again = browser.submit(form, {"username": "grace", "password": PASSWORD})
    assert again.path == "/v3/members/grace/"


def test_registration_says_what_is_possible_and_what_was_wrong_in_words(world: World) -> None:
    browser = Browser(world.client)
    page = browser.get("/v3/sessions/")
    assert "3 to 32 of a to z" in page.main
    assert "10 characters at least" in page.main
    asked = {each.get("autocomplete") for each in page.root.iter("input") if each.get("type") == "password"}
    assert asked == {"current-password", "new-password"}
    page = browser.submit(page.form("Register"), {"username": "A B", "password": PASSWORD})
    assert page.status == 422
    assert "Nothing was done. Please look at Username." in page.main
    assert "Expected" not in page.text
    (wrong,) = [each for each in page.root.iter("input") if each.get("aria-invalid")]
    assert f'href="#{wrong.get("id")}"' in page.source


def test_a_query_that_is_refused_is_told_in_words_too(world: World) -> None:
    page = Browser(world.client).get("/v3/events/?limit=many")
    assert page.status == 422
    assert "A whole number is needed." in page.main
    assert "Expected" not in page.main


def test_a_page_that_a_form_has_changed_says_so_to_who_is_led_there(ada: Browser) -> None:
    page = ada.get("/v3/privacy/")
    answer = ada.post(page.form("Who may see what of you"))
    assert answer.headers["location"] == "/v3/privacy/#done"
    (done,) = [each for each in page.root.iter() if each.get("id") == "done"]
    assert (done.get("role"), done.get("hidden"), words(done)) == ("status", "hidden", "Done.")


def test_what_ends_something_is_never_the_button_that_stands_out(world: World, ada: Browser) -> None:
    made = world.sign_in("ada").ok("POST", "/v3/orders/", order_in(world.market()))
    page = ada.get(f"/v3/orders/{made['order_id']}/")
    buttons = {words(each): each.get("class") for each in page.root.iter("button")}
    assert (buttons["Amend the order"], buttons["Cancel the order"]) == (None, "end")


def test_a_wrong_password_is_told_and_the_way_back_is_kept(world: World) -> None:
    world.member("ada")
    browser = Browser(world.client)
    page = browser.get("/v3/positions/")
    assert (page.status, page.heading) == (401, "Sign in to go on")
    page = browser.submit(page.form("Sign in"), {"username": "ada", "password": "something else"})
    assert page.status == 401
    assert "no member with this username and password" in page.main
    page = browser.submit(page.form("Sign in"), {"password": PASSWORD})
    assert (page.path, page.heading) == ("/v3/positions/", "Your positions")


def test_signing_in_leads_back_with_all_that_was_asked_for(world: World) -> None:
    world.member("ada")
    browser = Browser(world.client)
    page = browser.get("/v3/orders/?states=created&limit=5")
    page = browser.submit(page.form("Sign in"), {"username": "ada", "password": PASSWORD})
    assert page.path == "/v3/orders/?states=created&limit=5"


def test_who_signs_in_from_the_link_of_a_challenge_comes_back_and_accepts_it(world: World) -> None:
    world.member("ada", "100.00")
    world.member("ben", "100.00")
    challenge = challenge_in(world.market())
    link = str(world.sign_in("ada").ok("POST", "/v3/challenges/", challenge)["challenge"]["link"])
    browser = Browser(world.client)
    (place,) = {
        str(each.get("href")) for each in browser.get(link).root.iter("a") if "sign in" in words(each).lower()
    }
    page = browser.submit(browser.get(place).form("Sign in"), {"username": "ben", "password": PASSWORD})
    assert page.path == link
    page = browser.submit(page.form("Accept the challenge"))
    assert "Accepted" in page.text
    assert page.path.startswith("/v3/challenges/16/")


@pytest.mark.parametrize(
    "place",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/v3/\\elsewhere/",
        "/v3/%0d%0aSet-Cookie:x/",
        "/v3/%3Fa=%0d%0aSet-Cookie:x",
        "/v3/markets%3Fa=b",
        "/v3/%3Fa=b%23c",
    ],
)
def test_signing_in_never_leads_elsewhere(world: World, place: str) -> None:
    world.member("ada")
    browser = Browser(world.client)
    form = browser.get("/v3/sessions/").form("Sign in")
    form.action = f"/v3/sessions/?return_to={place}"
    result = browser.post(form, {"username": "ada", "password": PASSWORD})
    assert (result.status_code, result.headers["location"]) == (303, "/v3/")
    assert "set-cookie" not in result.headers["location"]


def test_signing_out_ends_the_session(ada: Browser) -> None:
    page = ada.submit(ada.get("/v3/sessions/").form("Sign out everywhere"))
    assert page.status == 200
    assert "credence_session" not in ada.cookies
    assert ada.get("/v3/orders/").status == 401


def test_an_order_is_placed_seen_and_cancelled(world: World, ada: Browser) -> None:
    market = world.market()
    form = ada.get(f"/v3/markets/{market['id']}/").form("Place an order")
    assert form.choices("contract_id") == {"Gulls": "1", "Herons": "2"}
    page = ada.submit(form, {"contract_id": "2", "side": "sell", "price": "39", "quantity": "10.00"})
    assert (page.path, page.heading) == ("/v3/orders/16/", "Sell Herons")
    for text in ("39 %", "3900 ticks", "10.00", "Risks at most 6.10", "Created"):
        assert text in page.main
    assert "Sell Herons" in ada.get(f"/v3/markets/{market['id']}/").main
    page = ada.submit(page.form("Cancel the order"))
    assert page.path == "/v3/orders/16/"
    assert "Cancelled because member requested" in page.main
    assert not page.forms


def test_an_order_is_cancelled_where_it_is_listed(world: World, ada: Browser) -> None:
    market = world.market()
    for place in (f"/v3/markets/{market['id']}/", "/v3/orders/"):
        world.sign_in("ada").ok("POST", "/v3/orders/", order_in(market))
        page = ada.submit(ada.get(place).form("Cancel"))
        assert "Cancelled" in page.main
        assert not ada.get(place).has_form("Cancel")


def test_all_orders_of_a_market_are_cancelled(world: World, ada: Browser) -> None:
    market, other = world.market(), world.market()
    for each in (market, market, other):
        world.sign_in("ada").ok("POST", "/v3/orders/", order_in(each))
    page = ada.submit(ada.get("/v3/orders/").form("Cancel all orders"), {"market_id": market["id"]})
    assert page.path == "/v3/orders/"
    assert len([form for form in page.forms if form.title == "Cancel"]) == 1
    page = ada.submit(page.form("Cancel all orders"))
    assert not page.has_form("Cancel")


def test_what_was_executed_is_on_the_pages(world: World, ada: Browser) -> None:
    market = world.market()
    world.member("ben").ok("POST", "/v3/orders/", order_in(market, side="sell", price=4000))
    form = ada.get(f"/v3/markets/{market['id']}/").form("Place an order")
    page = ada.submit(form, {"contract_id": "1", "price": "45", "quantity": "1"})
    for text in ("Filled", "at 40 % on average", "Taker"):
        assert text in page.main
    assert "Gulls Winner Harbour Cup" in ada.get("/v3/executions/").main
    assert "+0.60" in ada.get("/v3/positions/").main
    assert "+0.60" in ada.get(f"/v3/markets/{market['id']}/").main


def test_an_order_is_written_as_people_write(world: World, ada: Browser) -> None:
    market = world.market()
    page = ada.get(f"/v3/markets/{market['id']}/?contract_id=1&price=3950&quantity=25000")
    form = page.form("Place an order")
    assert (form.fields["price"], form.fields["quantity"]) == (["39.5"], ["2.50"])
    page = ada.submit(form)
    assert "3950 ticks" in page.main
    (order,) = world.sign_in("ada").ok("GET", "/v3/orders/")["orders"]
    assert (order["price"], order["quantity"]) == (3950, 25_000)
    page = ada.submit(form, {"price": "39.555"})
    assert page.status == 422
    assert page.form("Place an order").fields["price"] == ["39.555"]


def test_a_wrong_order_is_shown_again_with_what_is_wrong(world: World, ada: Browser) -> None:
    market = world.market()
    form = ada.get(f"/v3/markets/{market['id']}/").form("Place an order")
    given = {"contract_id": "2", "side": "sell", "price": "100", "quantity": "0.5", "reference_id": "<mine>"}
    page = ada.submit(form, given)
    assert page.status == 422
    again = page.form("Place an order")
    assert "At most 99.99" in again.error("price")
    assert {name: again.fields[name] for name in given} == {name: [text] for name, text in given.items()}
    assert again.fields["market_id"] == [market["id"]]
    assert again.choices("contract_id") == {"Gulls": "1", "Herons": "2"}
    assert ada.submit(again, {"price": "39"}).heading == "Sell Herons"


def test_what_may_be_left_out_is_there_for_who_asks_and_open_where_it_is_wrong(
    world: World, ada: Browser
) -> None:
    def folded(page: Page) -> tuple[set[str | None], str | None]:
        (more,) = page.root.findall(".//details[@class='more']")
        return {each.get("name") for each in more.iter() if each.tag in {"input", "select"}}, more.get("open")

    page = ada.get(f"/v3/markets/{world.market()['id']}/")
    fields = {"type", "reference_id", "post_only", "self_trade", "good_til", "market_version"}
    assert folded(page) == (fields, None)
    given = {"side": "buy", "price": "50", "quantity": "1", "market_version": "0"}
    form = page.form("Place an order")
    wrong = ada.submit(form, given | {"contract_id": "2"})
    assert folded(wrong) == (fields, "open")


def test_too_little_money_is_told_on_a_page(world: World, ada: Browser) -> None:
    market = world.market()
    form = ada.get(f"/v3/markets/{market['id']}/").form("Place an order")
    page = ada.submit(form, {"contract_id": "1", "price": "90", "quantity": "10000"})
    assert (page.status, page.heading) == (422, "Insufficient funds")
    assert page.has_form("Place an order")


def test_a_form_that_is_sent_twice_is_carried_out_once(world: World, ada: Browser) -> None:
    market = world.market()
    form = ada.get(f"/v3/markets/{market['id']}/").form("Place an order")
    given = {"contract_id": "1", "price": "39"}
    first, second = ada.post(form, given), ada.post(form, given)
    assert first.headers["location"] == second.headers["location"]
    assert len(world.sign_in("ada").ok("GET", "/v3/orders/")["orders"]) == 1
    other = ada.submit(form, {**given, "price": "40"})
    assert other.status == 422
    assert ada.submit(other.form("Place an order")).heading == "Buy Gulls"


def test_the_profile_is_changed(ada: Browser) -> None:
    page = ada.get("/v3/members/ada/")
    page = ada.submit(page.form("Change your profile"), {"display_name": "Ada L.", "bio": "One.\r\nTwo."})
    assert (page.path, page.heading) == ("/v3/members/ada/", "Ada L.")
    form = page.form("Change your profile")
    assert (form.fields["display_name"], form.fields["bio"]) == (["Ada L."], ["One.\nTwo."])
    page = ada.submit(form, {"bio": ""})
    assert "One." not in page.main


def test_nobody_is_offered_what_is_not_theirs(world: World, ada: Browser) -> None:
    world.member("ben")
    market = world.market()
    titles = {form.title for form in ada.get("/v3/members/ben/").forms}
    assert titles == {"Follow", "Block", "Mute"}
    titles = {form.title for form in ada.get(f"/v3/markets/{market['id']}/").forms}
    assert titles == {"Place an order", "Offer a challenge", "Write a comment", "Follow"}
    assert [form.title for form in ada.get("/v3/events/").forms] == ["Show"]
    assert ada.get("/v3/exchange/state/").forms == []


def test_staff_runs_a_market_from_its_event_to_its_settlement(world: World, staff: Browser) -> None:
    given = {
        "name": "Harbour Cup",
        "type": "sailing",
        "start_datetime": "2026-05-17T14:00",
        "description": "In May.",
    }
    page = staff.submit(staff.get("/v3/events/").form("Make an event"), given)
    assert (page.path, page.heading) == ("/v3/events/1/", "Harbour Cup")
    assert "17 May 2026, 14:00 UTC" in page.main
    page = staff.submit(page.form("Change an event"), {"name": "The Harbour Cup"})
    assert page.heading == "The Harbour Cup"
    page = staff.submit(
        page.form("Make a market"),
        {
            "name": "Winner",
            "contracts[0].name": "Gulls",
            "contracts[1].name": "Herons",
            "commission": "0.02",
            "rules": "First past the post.",
        },
    )
    assert (page.path, page.heading) == ("/v3/markets/1/", "Winner"), page.source
    for choice, state in (("open", "Open"), ("halted", "Halted"), ("open", "Open"), ("closed", "Closed")):
        page = staff.submit(page.form("Change the state"), {"state": choice})
        assert state in page.main
    assert not page.has_form("Change the state")
    settle = page.form("Settle or void a market, or correct that")
    assert settle.choices("winners") == {"Gulls": "1", "Herons": "2"}
    page = staff.submit(settle, {"reason": "They were first."})
    assert page.status == 422
    settle = page.form("Settle or void a market, or correct that")
    assert "void" in settle.error("winners")
    assert settle.fields["reason"] == ["They were first."]
    page = staff.submit(settle, {"winners": ["2"]})
    assert page.path == "/v3/markets/1/"
    assert "Settled: They were first." in page.main
    assert "Herons Winner" in page.main


def test_staff_takes_a_contract_out_and_settles_a_dead_heat_of_others(world: World, staff: Browser) -> None:
    market = world.market("Gulls", "Herons", "Terns")
    page = staff.get(f"/v3/markets/{market['id']}/")
    page = staff.submit(page.form("Take Gulls out of the market"), {"reason": "They broke their mast."})
    assert page.path == f"/v3/markets/{market['id']}/"
    assert not page.has_form("Take Herons out of the market")  # two are left, of which one wins
    order = page.form("Place an order")
    assert order.choices("contract_id") == {"Herons": "2", "Terns": "3"}
    page = staff.submit(page.form("Change the state"), {"state": "closed"})
    settle = page.form("Settle or void a market, or correct that")
    assert settle.choices("dead_heat") == {"Herons": "2", "Terns": "3"}
    page = staff.submit(settle, {"dead_heat": ["2", "3"], "reason": "They were together."})
    assert "Herons Dead heat" in page.main
    assert "Gulls" in page.main


def test_staff_moves_money(world: World, staff: Browser) -> None:
    world.member("ada", None)
    page = staff.submit(staff.get("/v3/members/ada/").form("Make a deposit"), {"amount": "1234.5"})
    assert page.path == "/v3/members/ada/"
    assert "Balance 1,234.50" in page.main
    page = staff.submit(page.form("Make a withdrawal"), {"amount": "34.50"})
    assert "Balance 1,200.00" in page.main
    page = staff.submit(page.form("Make a withdrawal"), {"amount": "much"})
    assert page.status == 422
    assert "decimal" in page.form("Make a withdrawal").error("amount")
    assert "Balance" not in Browser(world.client).get("/v3/members/ada/").main


def test_a_deposit_that_is_sent_twice_is_made_once(world: World, staff: Browser) -> None:
    world.member("ada", None)
    form = staff.get("/v3/members/ada/").form("Make a deposit")
    staff.submit(form, {"amount": "10.00"})
    assert "Balance 10.00" in staff.submit(form, {"amount": "10.00"}).main


def test_staff_stops_everything(world: World, staff: Browser) -> None:
    page = staff.get("/v3/exchange/state/")
    page = staff.submit(page.form("Halt or open all markets"), {"state": "halted", "reason": "A drill."})
    assert page.path == "/v3/exchange/state/"
    assert "Halted" in page.main
    assert "A drill." in page.main


def filled(world: World, browser: Browser) -> tuple[Form, dict[str, str]]:
    market = world.market()
    form = browser.get(f"/v3/markets/{market['id']}/").form("Place an order")
    return form, {"contract_id": "1", "price": "39"}


@pytest.mark.parametrize("token", ["", "0" * 32, "☃"])
def test_a_forged_token_is_refused(world: World, ada: Browser, token: str) -> None:
    form, given = filled(world, ada)
    page = ada.submit(form, {**given, "csrf_token": token})
    assert_refused(world, page)


def test_a_missing_token_is_refused(world: World, ada: Browser) -> None:
    form, given = filled(world, ada)
    del form.fields["csrf_token"]
    assert_refused(world, ada.submit(form, given))


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, ELSEWHERE]
)
def test_a_form_of_another_site_is_refused(world: World, ada: Browser, headers: dict[str, str]) -> None:
    form, given = filled(world, ada)
    assert_refused(world, ada.submit(form, given, headers))


def test_the_token_of_somebody_else_is_refused(world: World, ada: Browser) -> None:
    form, given = filled(world, ada)
    world.member("ben")
    stolen = signed_in(world, "ben").get("/v3/markets/1/").form("Place an order").fields["csrf_token"]
    assert_refused(world, ada.submit(form, {**given, "csrf_token": stolen}))


def assert_refused(world: World, page: Page) -> None:
    """403; nothing was done, and nothing that somebody else filled in is offered to be sent again."""
    assert page.status == 403
    assert page.forms == []
    assert world.sign_in("ada").ok("GET", "/v3/orders/")["orders"] == []


def test_what_a_form_kept_can_be_nonsense(world: World, ada: Browser) -> None:
    form, given = filled(world, ada)
    page = ada.submit(form, {**given, "price": "0", "_kept": "{"})
    assert page.status == 422
    assert page.form("Place an order").fields["price"] == ["0"]
