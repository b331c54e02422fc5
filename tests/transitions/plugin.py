"""Owns the option ``--transitions``: tests are watched, and a transition that none takes is an error.

Never imports a machine before the tests do, so that coverage sees it being imported.
Called by pytest, in each process of a run.

``check`` says what is missing, ``list`` shows every transition with some of the tests that took it, ``all``
with all of them. A run of a few tests misses most: the option is for the whole of tests/machines.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.transitions.report import Report

OPTION: Final = "--transitions"
KEY: Final = "transitions"
NAMES_MAX: Final[dict[str, int | None]] = {"check": 0, "list": 3, "all": None}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("credence").addoption(
        OPTION,
        choices=[*NAMES_MAX],
        help="fail if a declared transition of a machine is taken by no test, and say which tests take which",
    )


def pytest_configure(config: pytest.Config) -> None:
    if chosen := config.getoption(OPTION):
        config.pluginmanager.register(Plugin(config, chosen), "transitions of machines")


class Plugin:
    """What is seen in this process; the first process of a run collects what the others have seen."""

    def __init__(self, config: pytest.Config, chosen: str) -> None:
        self._is_worker = hasattr(config, "workerinput")
        self._chosen = chosen
        self._test = ""
        self._unwatch: list[Callable[[], None]] = []
        self._report: Report | None = None

    def report(self) -> "Report":
        if self._report is None:
            from scripts.diagrams.tables import machines  # noqa: PLC0415 - after the start of coverage
            from tests.transitions.report import Report  # noqa: PLC0415

            self._report = Report(machines())
        return self._report

    def pytest_collection_finish(self) -> None:
        """The modules are imported by now."""
        from tests.transitions.watching import watch  # noqa: PLC0415

        report = self.report()
        self._unwatch = list(watch(lambda module, step: report.take(module, step, self._test)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._test = item.nodeid.partition("[")[0].removeprefix("tests/machines/")
        return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist has no types
        """Another process is done; one that died has said nothing, and its tests are missing."""
        self.report().add(getattr(node, "workeroutput", {}).get(KEY, []))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        for unwatch in self._unwatch:
            unwatch()
        if self._is_worker:
            session.config.workeroutput[KEY] = self.report().rows()  # type: ignore[attr-defined] # xdist's

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        """Fails the run: when it is finished it would be too late."""
        result = yield
        if not self._is_worker and self.report().problems():
            session.testsfailed += 1
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        report, say = self.report(), terminalreporter.write_line
        terminalreporter.section("transitions of the machines")
        if self._chosen != "check":
            for line in report.lines(NAMES_MAX[self._chosen]):
                say(line)
        for problem in report.problems():
            say(problem, red=True)
        say(report.summary())
