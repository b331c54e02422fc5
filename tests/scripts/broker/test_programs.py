"""Owns the tests of finding RabbitMQ's programs and of installing them; the package manager is played here.

Never installs anything.
Called by pytest.
"""

import os
from pathlib import Path

import pytest

from scripts.broker import programs
from scripts.broker.programs import BrokerError, Programs, find_programs, need_programs

PLAYED_APT_GET = """#!/bin/sh
echo "$@ policy=$(test -e {policy} && echo set)" >> {folder}/asked
case "$2" in {failing}) echo "no network" >&2; exit 100;; esac
case "$2" in install) mkdir -p {package} && touch {package}/rabbitmq-server {package}/rabbitmqctl;; esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without RabbitMQ, whose user is root; its PATH is ``bin``, packages go to ``package``."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    monkeypatch.delenv("RABBITMQ_HOME", raising=False)
    monkeypatch.setattr(programs, "PACKAGE_FOLDERS", (tmp_path / "package",))
    monkeypatch.setattr(programs, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr("shutil.which", lambda name: which(tmp_path / "bin", name))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    put(tmp_path / "bin", "epmd")
    return tmp_path


def which(folder: Path, name: str) -> str | None:
    return str(folder / name) if (folder / name).exists() else None


def put(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()


def put_apt_get(machine: Path, failing: str = "nothing") -> None:
    script = machine / "bin" / "apt-get"
    script.write_text(
        PLAYED_APT_GET.format(
            folder=machine, package=machine / "package", policy=programs.POLICY, failing=failing
        )
    )
    script.chmod(0o755)


@pytest.mark.parametrize("place", ["home/sbin", "package", "bin"])
def test_programs_are_found_wherever_they_may_be(
    machine: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("RABBITMQ_HOME", str(machine / "home"))
    assert find_programs() is None
    put(machine / place, "rabbitmq-server", "rabbitmqctl")
    folder = machine / place
    expected = Programs(folder / "rabbitmq-server", folder / "rabbitmqctl", machine / "bin" / "epmd")
    assert find_programs() == need_programs() == expected


def test_the_ones_that_were_named_come_first_and_wrappers_on_the_path_last(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("home/sbin", "package", "bin"):
        put(machine / place, "rabbitmq-server", "rabbitmqctl")
    assert need_programs().server == machine / "package" / "rabbitmq-server"
    monkeypatch.setenv("RABBITMQ_HOME", str(machine / "home"))
    assert need_programs().server == machine / "home" / "sbin" / "rabbitmq-server"


def test_without_erlang_nothing_is_found(machine: Path) -> None:
    put(machine / "package", "rabbitmq-server", "rabbitmqctl")
    (machine / "bin" / "epmd").unlink()
    assert find_programs() is None


def test_what_is_missing_is_installed_and_no_service_is_started(machine: Path) -> None:
    put_apt_get(machine)
    assert need_programs().server == machine / "package" / "rabbitmq-server"
    assert (machine / "asked").read_text().splitlines() == [
        "--quiet update policy=set",
        "--quiet install --yes --no-install-recommends rabbitmq-server policy=set",
    ]
    assert not programs.POLICY.exists()


def test_a_policy_of_the_machine_s_own_is_left_alone(machine: Path) -> None:
    put_apt_get(machine)
    programs.POLICY.write_text("mine")
    need_programs()
    assert programs.POLICY.read_text() == "mine"


@pytest.mark.parametrize("step", ["update", "install"])
def test_an_installation_that_fails_says_why_and_what_to_do(machine: Path, step: str) -> None:
    put_apt_get(machine, failing=step)
    with pytest.raises(
        BrokerError, match=rf"apt-get {step} failed: no network\n.* is needed, and there is no"
    ):
        need_programs()
    assert not programs.POLICY.exists()


@pytest.mark.parametrize("user", [0, 1000])
def test_where_nothing_can_be_installed_the_way_is_told(
    machine: Path, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    if user:
        put_apt_get(machine)
    with pytest.raises(BrokerError, match=r"apt-get install rabbitmq-server.*RABBITMQ_HOME"):
        need_programs()
    assert not (machine / "asked").exists()
