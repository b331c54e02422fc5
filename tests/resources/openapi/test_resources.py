"""Owns the tests of the resources that describe the API: what is served, as what, to whom.

Never tests what is described.
Called by pytest.
"""

from pathlib import Path

from resources.openapi.assets import Assets
from resources.openapi.resources import Docs
from resources.toolkit.http import HttpRequest
from resources.toolkit.query import Query
from resources.toolkit.resource import Call
from tests.resources.world import World


def test_the_description_is_for_programs(world: World) -> None:
    described = world.anyone.get("/v3/openapi.json")
    assert described.headers["content-type"] == "application/json"
    assert described.json["openapi"].startswith("3.1.")
    again = world.anyone.get("/v3/openapi.json", If_None_Match=described.headers["etag"])
    assert again.status_code == 304


def test_the_description_has_a_media_type_of_its_own(world: World) -> None:
    described = world.anyone.get("/v3/openapi.json", Accept="application/vnd.oai.openapi+json")
    assert described.headers["content-type"] == "application/vnd.oai.openapi+json"


def test_the_description_describes_itself(world: World) -> None:
    assert "/v3/openapi.json" in world.anyone.get("/v3/openapi.json").json["paths"]


def test_the_page_runs_nothing_but_files_of_ours(world: World) -> None:
    page = world.anyone.get("/v3/docs/", Accept="text/html").text
    assert "<script" not in page.replace('<script defer="defer" src="/v3/docs/assets/', "")
    assert "style=" not in page
    assert "onload" not in page
    assert "http://" not in page.replace("http://www.w3.org/1999/xhtml", "")


async def test_what_is_not_installed_is_not_asked_for(tmp_path: Path) -> None:
    docs = Docs(Assets("/assets/", [tmp_path / "swagger-ui-bundle.js"]))
    shown = await docs.show(Call(HttpRequest("GET", "/v3/docs"), {}, None, None, Query()))
    assert shown.content == {"assets": {}, "description": "/v3/openapi.json"}


def test_the_page_for_authors_is_text_unless_a_page_is_wanted(world: World) -> None:
    assert world.anyone.get("/v3/docs/client/").headers["content-type"] == "text/markdown; charset=utf-8"
    page = world.anyone.get("/v3/docs/client/", Accept="text/html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<article" in page.text
