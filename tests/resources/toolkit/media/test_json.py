"""Owns the tests of the representation as JSON.

Never tests what is represented.
Called by pytest.
"""

from resources.toolkit.media.json import JSON
from tests.resources.toolkit.views import view


def test_json_is_the_content_and_nothing_else() -> None:
    shown = view({"name": "é", "sizes": [1, None, True]}, aside={"more": 1})
    assert JSON.render(shown) == '{"name":"é","sizes":[1,null,true]}'.encode()
    assert (JSON.name, JSON.media_type, JSON.personal) == ("json", "application/json", False)
