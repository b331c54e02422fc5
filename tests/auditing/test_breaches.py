"""Owns the tests of findings: where they gather, and how a breach is named.

Never judges anything.
Called by pytest.
"""

from actors.auditing.breaches import Breach, Findings, Rule


def test_findings_are_of_the_record_that_is_judged_and_taken_once() -> None:
    findings = Findings("accounts-0")
    findings.sequence = 12
    findings.add(Rule.FUNDS, "too much", 7)
    assert findings.take() == [Breach("accounts-0", 12, Rule.FUNDS, "too much", 7)]
    assert findings.take() == []


def test_its_name_holds_nothing_of_a_member() -> None:
    assert Breach("accounts-0", 12, Rule.FUNDS, "account 17 has too much").name == "funds at accounts-0:12"
