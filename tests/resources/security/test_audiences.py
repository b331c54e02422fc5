"""Owns the rule of privacy: whatever a member lets be seen, nothing anywhere shows anybody more of them.

Never tests one resource, and names none: it looks at all there are, in every form.
Called by pytest.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actors.machines.messages.social_words import Audience, Detail, PrivacyKind
from resources.privacy_rules import DEFAULTS
from tests.resources.security.gossip import ADA, ADA_NAMED, CLEO_NAMED, EVERYTHING, FORMATS, Canary, Gossip
from tests.resources.world import Json, Visitor

RELATIONS: Final = (
    "signed out",
    "member",
    "follower",
    "blocked",
    "has blocked",
    "follower once, then blocked",
)
ONE_BLOCKS_THE_OTHER: Final = frozenset(RELATIONS[3:])
RANK: Final = {detail.value: rank for rank, detail in enumerate(Detail)}
FOR_ONE_ALONE: Final = frozenset({"/v3/feeds/{secret}/", "/v3/notifications/{notification_id}/"})
"""What is made for one member, who alone is told where it is."""
UNTOLD: Final = {"words of a challenge"}
"""What is between two members, and nobody else is told of whatever is chosen."""
ITEMS: Final = frozenset({"li", "tr", "article", "entry"})
"""Elements each of which tells of one thing."""
SEARCH: Final = "/v3/search/"
ASKED: Final = "limit=100&with_count=true&with_volumes=true&q=canary"
"""What leaves nothing out that can be asked for."""
Settings = Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="module")
def gossip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gossip]:
    made = Gossip(tmp_path_factory.mktemp("var"))
    yield made
    made.world.close()


def units(name: str, text: str) -> Iterator[str]:
    """The parts of an answer each of which tells of one thing: items of lists, and what is alone."""
    if not text:
        return
    if name == "json":
        yield from _json_units(json.loads(text))
        return
    for element in ET.fromstring(text).iter():  # noqa: S314 (our own)
        if element.tag.rpartition("}")[2] in ITEMS:
            yield " ".join(element.itertext()) + " ".join(
                value for each in element.iter() for value in each.attrib.values()
            )


def _json_units(content: Json) -> Iterator[str]:
    parts = content if isinstance(content, list) else content.values() if isinstance(content, dict) else ()
    for part in parts:
        if isinstance(part, list):
            yield from _json_units(part)
        else:
            yield json.dumps(part, ensure_ascii=False)


def told(name: str, path: str, text: str) -> Iterator[str]:
    """What an answer tells of Ada: all of what is hers, and elsewhere each part that names her."""
    if f"/{ADA}/" in path:
        yield text
    else:
        yield from (unit for unit in units(name, text) if ADA_NAMED.search(unit))


def answers(gossip: Gossip, visitor: Visitor, nth: int | None = None) -> Iterator[tuple[str, str, str]]:
    """Everything there is, as somebody sees it: form, path, text.

    ``nth``: of each kind of resource what is Ada's, and one more: which one.
    """
    for paths in gossip.paths.values():
        for at, path in enumerate(paths):
            if nth is not None and ADA not in path and at != nth % len(paths):
                continue
            for name in FORMATS:
                result = visitor.get(f"{path}?format={name}&{ASKED}")
                assert result.status_code < 500, (path, result.text)
                yield name, path, result.text if result.status_code == 200 else ""
                if result.status_code != 200:
                    assert not any(canary.pattern.search(result.text) for canary in gossip.canaries), path
                    break


def allowed(relation: str, setting: Mapping[str, str], wanted: Detail) -> bool:
    """What is promised of privacy, said another way than the filter says it."""
    if relation in ONE_BLOCKS_THE_OTHER or RANK[setting["detail"]] < RANK[wanted.value]:
        return False
    audience = Audience(setting["audience"])
    admits = {
        Audience.EVERYONE: set(RELATIONS),
        Audience.MEMBERS: {"member", "follower"},
        Audience.FOLLOWERS: {"follower"},
        Audience.ONLY_ME: set(),
    }
    return relation in admits[audience]


def may_be_told(relation: str, chosen: Settings, canary: Canary) -> bool:
    return any(allowed(relation, chosen[kind.value], detail) for kind, detail in canary.grants)


def make(gossip: Gossip, relation: str) -> Visitor:
    """Eve, and what she has to do with Ada."""
    eve = gossip.eve
    if relation.startswith("follower"):
        eve.ok("PUT", f"/v3/following/members/{ADA}/")
    if relation.endswith("blocked") and relation != "has blocked":
        gossip.ada.ok("PUT", "/v3/blocks/eve/")
    if relation == "has blocked":
        eve.ok("PUT", f"/v3/blocks/{ADA}/")
    return gossip.world.anyone if relation == "signed out" else eve


def forget(gossip: Gossip) -> None:
    """Eve and Ada have nothing to do with each other."""
    gossip.ada.send("DELETE", "/v3/blocks/eve/")
    for path in (f"/v3/following/members/{ADA}/", f"/v3/blocks/{ADA}/"):
        gossip.eve.send("DELETE", path)


def breaches(
    gossip: Gossip, relation: str, chosen: Settings, cleos: Mapping[str, str], nth: int | None = None
) -> list[str]:
    """What is told although it may not be."""
    visitor = make(gossip, relation)
    hidden = [canary for canary in gossip.canaries if not may_be_told(relation, chosen, canary)]
    follows_cleo = allowed(relation, chosen["follow"], Detail.TRADED) and _admits(relation, cleos["audience"])
    found = []
    for name, path, text in answers(gossip, visitor, nth):
        for part in told(name, path, text):
            found += [
                f"{canary.name} in {path} as {name}" for canary in hidden if canary.pattern.search(part)
            ]
            if not follows_cleo and CLEO_NAMED.search(part):
                found.append(f"whom she follows in {path} as {name}")
        if path == SEARCH and relation in ONE_BLOCKS_THE_OTHER and ADA_NAMED.search(text):
            found.append(f"that she is there in {path} as {name}")
        if f"/{ADA}/followers/" in path and not allowed(relation, chosen["followers"], Detail.TRADED):
            found += ["counted"] if re.search(r'"count": *[1-9]', text) else []
    forget(gossip)
    return found


def _admits(relation: str, audience: str) -> bool:
    """Nobody has blocked Cleo, and nobody but Ada follows her."""
    return audience == "everyone" or (audience == "members" and relation != "signed out")


SETTING: Final = st.fixed_dictionaries(
    {
        "audience": st.sampled_from([each.value for each in Audience]),
        "detail": st.sampled_from([each.value for each in Detail]),
    }
)
CHOSEN: Final = st.fixed_dictionaries({kind.value: SETTING for kind in PrivacyKind})
OPEN: Final[Settings] = {kind.value: EVERYTHING for kind in PrivacyKind}
BY_DEFAULT: Final[Settings] = {
    kind.value: {"audience": each.audience.value, "detail": each.detail.value}
    for kind, each in DEFAULTS.items()
}


def test_there_is_something_to_see_everywhere(gossip: Gossip) -> None:
    """Otherwise that nobody sees it would say nothing."""
    unseen = {template for template, paths in gossip.paths.items() if not paths}
    assert unseen <= FOR_ONE_ALONE, "nothing leads there: to be given a value in Gossip"
    gossip.allow(OPEN)
    parts = [part for each in answers(gossip, gossip.eve) for part in told(*each)]
    unseen_canaries = {
        each.name for each in gossip.canaries if not any(each.pattern.search(part) for part in parts)
    }
    assert unseen_canaries == UNTOLD
    assert any(CLEO_NAMED.search(part) for part in parts)
    assert any(path == SEARCH and ADA_NAMED.search(text) for _, path, text in answers(gossip, gossip.eve))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=CHOSEN, relation=st.sampled_from(RELATIONS), cleos=SETTING, nth=st.integers(0, 11))
def test_nothing_shows_anybody_more_than_was_chosen(
    gossip: Gossip, chosen: Settings, relation: str, cleos: Mapping[str, str], nth: int
) -> None:
    gossip.allow(chosen)
    gossip.cleo.ok("PATCH", "/v3/privacy/", {"followers": cleos})
    assert breaches(gossip, relation, chosen, cleos, nth) == []


@pytest.mark.parametrize("relation", ["signed out", "follower", "blocked"])
def test_nothing_shows_anybody_more_than_what_holds_by_default(gossip: Gossip, relation: str) -> None:
    gossip.allow(BY_DEFAULT)
    gossip.cleo.ok("PATCH", "/v3/privacy/", {"followers": BY_DEFAULT["followers"]})
    assert breaches(gossip, relation, BY_DEFAULT, BY_DEFAULT["followers"]) == []
