"""Owns the tests of the campaign: every deed is done and undone, whatever happens meanwhile.

Never harms anything: the deeds only note that they were done.
Called by pytest.
"""

import pytest

from tests.chaos.campaign import Campaign
from tests.chaos.processes import Kill, Process
from tests.chaos.schedule import Deed, Step
from tests.chaos.stores import ChaosError, Disturbance


class Played:
    """A load and a murderer that note what is done, and accept an order each time they are looked at."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.kills: list[Kill] = []
        self.found = 0
        self.paces: list[float] = []

    @property
    def accepted(self) -> int:
        self.found += 1
        return self.found

    def set_pace(self, orders_per_s: float) -> None:
        self.paces.append(orders_per_s)

    def watch(self) -> None:
        """Nobody is missed."""

    def kill(self, amid: str | None) -> Kill | None:
        self.done.append(f"kill amid {amid}" if amid else "kill")
        # The first time, nobody is there.
        if len(self.done) == 1:
            return None
        self.kills.append(Kill(Process("web", 1), float(len(self.done)), amid))
        return self.kills[-1]

    def disturbance(self) -> Disturbance:
        return Disturbance(lambda: self.done.append("begin"), lambda: self.done.append("end"))

    def campaign(self, schedule: list[Step], holds_s: float = 0.0) -> Campaign:
        deeds = {Deed.BROKER_PAUSED: self.disturbance()}
        return Campaign(schedule, deeds, {Deed.BROKER_PAUSED: holds_s}, self)


KILL = Step(0.0, Deed.KILL)
PAUSE = Step(0.0, Deed.BROKER_PAUSED)


def test_a_kill_that_finds_nobody_is_tried_again() -> None:
    played = Played()
    campaign = played.campaign([KILL, KILL])
    campaign.carry_out(played, 1, lambda: True)
    assert played.done == ["kill", "kill", "kill"]
    assert len(campaign.kills) == 2


def test_a_disturbance_is_undone_after_its_time_and_kills_fall_into_it() -> None:
    played = Played()
    played.done.append("start")
    campaign = played.campaign([PAUSE, KILL, PAUSE], holds_s=0.2)
    campaign.carry_out(played, 1, lambda: True)
    assert played.done[1:] == ["begin", "kill amid the broker is paused", "end", "begin", "end"]
    assert [hold.deed for hold in campaign.holds] == [Deed.BROKER_PAUSED] * 2
    assert all(hold.ended - hold.began >= 0.2 for hold in campaign.holds)


def test_the_load_goes_on_until_there_are_enough_orders() -> None:
    played = Played()
    played.campaign([]).carry_out(played, 20, lambda: True)
    assert played.found >= 20
    assert min(played.paces) >= 100


def test_whatever_holds_is_undone_when_the_exchange_is_gone() -> None:
    played = Played()
    with pytest.raises(ChaosError, match="given up"):
        played.campaign([PAUSE], holds_s=60.0).carry_out(played, 1, lambda: False)
    assert played.done == ["begin", "end"]


def test_a_disturbance_that_fails_half_way_is_undone() -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    played = Played()
    deeds = {Deed.BROKER_PAUSED: Disturbance(fail, lambda: played.done.append("end"))}
    with pytest.raises(KeyboardInterrupt):
        Campaign([PAUSE], deeds, {}, played).carry_out(played, 1, lambda: True)
    assert played.done == ["end"]


def test_what_accepts_nothing_is_spared_until_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.chaos.campaign.SPARED_AFTER_S", 0.2)
    monkeypatch.setattr("tests.chaos.campaign.NOTHING_ACCEPTED_S_MAX", 1.0)
    played = Stopped()
    with pytest.raises(ChaosError, match="nothing was accepted"):
        played.campaign([Step(0.3, Deed.KILL)] * 100).carry_out(played, 1, lambda: True)
    assert played.done == []


class Stopped(Played):
    """A load of which nothing is accepted."""

    @property
    def accepted(self) -> int:
        return 0
