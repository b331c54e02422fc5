"""Owns the rule that the tests mirror the tree, so that the tests of a module are found by its name.

Never judges how much a test covers.
Called by pytest.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tests.tidy.tree import ROOT

# Folder of tests -> folder of what they test.
MIRRORED: Final = {
    "tests/auditing": "actors/auditing",
    "tests/machines": "actors/machines",
    "tests/processes": "actors/processes",
    "tests/rabbit": "rabbit",
    "tests/couch_views": "couch_views",
    "tests/resources": "resources",
}
# Commands are tested where they have something to get wrong; their tests mirror them all the same.
MIRRORED_WHERE_TESTED: Final = {"tests/scripts": "scripts"}
# Modules that have no tests of their own, and why.
UNTESTED: Final[dict[str, str]] = {
    "actors/auditing/entries.py": "data: what the tests of the audit feed",
    "actors/auditing/members.py": "data: what the audits of requests, orders and money keep",
    "actors/machines/account_stream/returns.py": "the tests of voiding, which leads to it",
    "actors/machines/market_stream/previews.py": "the tests of previews: their other half is the account's",
    "actors/machines/switch.py": "the tests of the kill switch, which is noted by it",
    "actors/machines/messages/amendments.py": "data: what the machines' tests compare",
    "actors/machines/messages/answers.py": "data: what the machines' tests compare",
    "actors/machines/messages/auctions.py": "data: what the machines' tests compare",
    "actors/machines/messages/credential_events.py": "data: what the machines' tests compare",
    "actors/machines/messages/book_events.py": "data: what the machines' tests compare",
    "actors/machines/messages/events.py": "data: what the machines' tests compare",
    "actors/machines/messages/letters.py": "data: what the post's tests carry",
    "actors/machines/messages/posted.py": "data: what the machines' tests compare",
    "actors/machines/messages/words.py": "the words themselves",
    "couch_views/challenge_shapes.py": "shapes without behaviour: what projection and queries are tested on",
    "actors/machines/messages/activity.py": "data: what the machines' tests compare",
    "actors/machines/messages/known_events.py": "data: what the machines' tests compare",
    "actors/machines/messages/voiding.py": "data: what the machines' tests compare",
    "actors/machines/messages/scores.py": "data: what the machines' tests compare",
    "couch_views/score_shapes.py": "shapes: the tests of what writes and reads them",
    "couch_views/relation_shapes.py": "shapes: the tests of what writes and reads them",
    "resources/privacy_rules.py": "data: the tests of the filter, which goes by them",
    "resources/answers/relations.py": "tests/resources/test_answers.py",
    "resources/answers/search.py": "tests/resources/test_answers.py",
    "actors/machines/messages/social.py": "a list of messages",
    "actors/machines/messages/social_commands.py": "a list of messages",
    "actors/machines/messages/social_words.py": "the words themselves",
    "actors/machines/messages/badges.py": "data: what the machines' tests compare",
    "actors/machines/messages/feeds.py": "data: what the machines' tests compare",
    "actors/machines/stream/badge_counts.py": "the tests of badges, which count by it",
    "actors/machines/stream/relations.py": "the tests of blocks, which change them",
    "actors/machines/messages/notifications.py": "data: what the machines' tests compare",
    "couch_views/notification_shapes.py": "shapes: the tests of what writes and reads them",
    "couch_views/badge_shapes.py": "shapes: the tests of what writes and reads them",
    "couch_views/comment_shapes.py": "shapes: the tests of what writes and reads them",
    "actors/machines/stream/names.py": "the names themselves",
    "actors/machines/stream/slice.py": "the types of the slices' tables",
    "actors/machines/stream/state.py": "data: what the tests of the slices look at",
    "actors/processes/gateway.py": "the interface of gateways",
    "couch_views/projection/rules.py": "the types of the table's lines",
    "couch_views/queries/reading.py": "the interface that the queries read through",
    "resources/toolkit/handling.py": "data: what the tests of the decisions look at",
    "resources/toolkit/view.py": "data: what the tests of the representations make",
} | {
    f"resources/answers/{subject}.py": "shapes: one test holds all that is answered against them"
    for subject in (
        "activity",
        "badges",
        "catalogue",
        "comments",
        "notifications",
        "challenges",
        "general",
        "history",
        "leaderboards",
        "ledger",
        "members",
        "news",
        "orders",
        "staff",
        "trading",
        "values",
    )
}
# Tests whose subject is not one module, and what it is.
WIDER: Final[dict[str, str]] = {
    f"tests/couch_views/contract/test_{subject}.py": "the contract of every CouchDB, the embedded one too"
    for subject in (
        "all_docs",
        "authentication",
        "bulk",
        "changes",
        "databases",
        "designs",
        "documents",
        "reduces",
        "views",
    )
} | {
    "tests/couch_views/designs/test_ledger.py": "a map function, which is JavaScript",
    "tests/couch_views/designs/test_lists.py": "map functions, which are JavaScript",
    "tests/machines/test_cross_matching.py": "complementary contracts, from an order to the settlement",
    "tests/processes/test_host_core_time.py": "the two clocks of a host's core, which keeps both",
    "tests/processes/test_golden_snapshots.py": "what was written once is read, or refused in words",
    "tests/processes/test_corruptions.py": "damaged logs, from their bytes to their histories",
    "tests/couch_views/test_outage.py": "documents while their server fails in every way",
    "tests/processes/test_documents_outage.py": "the whole exchange while its document server fails",
    "tests/processes/test_full_profile.py": "the whole exchange while its broker fails",
    "tests/processes/test_kill.py": "the whole exchange under kill -9",
    "tests/processes/test_takeover.py": "the whole exchange while its streams move",
    "tests/resources/test_cross_matching.py": "complementary contracts over HTTP, from their making on",
    "tests/resources/test_auctions.py": "auctions over HTTP, from the making of a market to its end",
    "tests/resources/test_answers.py": "what resources answer, against its shapes",
    "tests/resources/test_hostile.py": "the whole web, sent what only an attacker sends",
    "tests/resources/test_forms.py": "all that is done by forms, as browsers send them",
    "tests/resources/test_preview_page.py": "a preview on pages, from the form to the order that is placed",
    "tests/resources/test_over_tls.py": "the whole exchange over TLS",
    "tests/resources/test_pages.py": "every page, for everybody",
    "tests/resources/security/test_canaries.py": "all resources, for who must not see what is in them",
    "tests/resources/security/test_audiences.py": "all resources, for what shows more than was chosen",
    "tests/resources/security/test_forgery.py": "all resources, for what another site makes a browser send",
    "tests/resources/security/test_matrix.py": "all resources, for everybody",
    "tests/resources/toolkit/test_example.py": "the resource that ARCHITECTURE.md shows",
    "tests/resources/test_servers.py": "the web under servers of others",
    "tests/rabbit/test_golden_log.py": "what was written once is read for ever",
}


def wanted_test(module: str, mirrored: Mapping[str, str]) -> str | None:
    """Where the tests of a module belong; None for one that needs none (a package's first lines)."""
    folder, _, name = module.rpartition("/")
    if name == "__init__.py":
        return None
    for tests, tested in mirrored.items():
        if folder == tested or folder.startswith(f"{tested}/"):
            return f"{tests}{folder.removeprefix(tested)}/test_{name.replace('__', '')}"
    return None


def mirror_problems(modules: Iterable[str], tests: Iterable[str], mirrored: Mapping[str, str]) -> set[str]:
    """Modules without tests and tests without a module, as paths."""
    present = set(tests)
    wanted = {module: test for module in modules if (test := wanted_test(module, mirrored))}
    return {module for module, test in wanted.items() if test not in present} | (
        present - set(wanted.values())
    )


def test_what_does_not_mirror_is_noticed() -> None:
    modules = ["rabbit/__init__.py", "rabbit/log.py", "rabbit/deep/er.py", "scripts/free.py"]
    assert mirror_problems(modules, ["tests/rabbit/test_log.py"], MIRRORED) == {"rabbit/deep/er.py"}
    tests = ["tests/rabbit/test_log.py", "tests/rabbit/deep/test_er.py", "tests/rabbit/test_gone.py"]
    assert mirror_problems(modules, tests, MIRRORED) == {"tests/rabbit/test_gone.py"}
    assert mirror_problems(modules, tests[:2], MIRRORED) == set()


def test_the_tests_mirror_the_tree() -> None:
    def python(folders: Iterable[str], pattern: str) -> list[str]:
        return [path.relative_to(ROOT).as_posix() for f in folders for path in (ROOT / f).rglob(pattern)]

    found = mirror_problems(python(MIRRORED.values(), "*.py"), python(MIRRORED, "test_*.py"), MIRRORED)
    assert found == set(UNTESTED) | set(WIDER)


def test_the_tests_of_commands_mirror_them() -> None:
    tests = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/scripts").rglob("test_*.py")]
    commands = [path.relative_to(ROOT).as_posix() for path in (ROOT / "scripts").rglob("*.py")]
    wanted = {wanted_test(command, MIRRORED_WHERE_TESTED) for command in commands}
    assert set(tests) - wanted == set()


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert {folder for folder in folders if not (folder / "__init__.py").exists()} == set()
