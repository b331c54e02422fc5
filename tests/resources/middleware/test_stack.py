"""Owns the tests of the components together: their order can be seen in what comes out.

Never tests what one of them does alone.
Called by pytest.
"""

import orjson
import structlog
from structlog.testing import capture_logs

from actors.machines import limits
from resources.middleware.stack import surrounded
from tests.resources.middleware.asking import PEER, Heard, answering, ask, lifespan, of_the_program

FORWARDED = {"x-forwarded-for": "198.51.100.1, 192.0.2.7", "x-forwarded-proto": "https"}


async def test_a_refusal_has_an_id_a_line_in_the_log_and_the_browsers_rules() -> None:
    app = surrounded(Heard(), access_log=True)
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = await ask(app, path="/" + "x" * limits.URL_BYTES_READ_MAX)
    assert (answer.status, orjson.loads(answer.body)["error_type"]) == (414, "URL_TOO_LONG")
    assert answer.headers["x-content-type-options"] == "nosniff"
    (line,) = lines
    assert (line["status"], line["request_id"]) == (414, answer.headers["x-request-id"])
    assert line["bytes"] == len(answer.body)


async def test_what_is_compressed_is_what_the_log_counts() -> None:
    app = surrounded(answering(b"x" * 5_000, content_type="text/plain"), access_log=True)
    with capture_logs() as lines:
        answer = await ask(app, headers={"accept-encoding": "gzip"})
    assert lines[0]["bytes"] == len(answer.body) < 1_000


async def test_only_a_trusted_proxy_is_believed() -> None:
    for trusted, address, scheme in (
        ((), PEER, "http"),
        (("192.0.2.0/24",), PEER, "http"),
        ((f"{PEER}/32",), "192.0.2.7", "https"),
        ((f"{PEER}/32", "192.0.2.0/24"), "198.51.100.1", "https"),
    ):
        heard = Heard()
        answer = await ask(surrounded(heard, trusted_proxies=trusted), headers=FORWARDED)
        (scope,) = heard.scopes
        assert (scope["client"][0], scope["scheme"]) == (address, scheme)
        assert ("strict-transport-security" in answer.headers) is (scheme == "https")


async def test_what_a_client_claims_before_the_proxy_is_not_believed() -> None:
    heard = Heard()
    headers = {"x-forwarded-for": f"127.0.0.1, {PEER}, 198.51.100.1"}
    await ask(surrounded(heard, trusted_proxies=(f"{PEER}/32",)), headers=headers)
    assert heard.scopes[0]["client"][0] == "198.51.100.1"


async def test_the_lifespan_goes_through_all_of_them() -> None:
    app = surrounded(of_the_program, access_log=True, trusted_proxies=("192.0.2.7/32",))
    assert await lifespan(app) == ["lifespan.startup.complete"]
