"""Owns what a verdict found, sorted by what it breaks.

Never decides what is a finding: the judges do.
Called by the judges, the verdict and the summary.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Findings:
    """One sentence for each thing that is wrong; all empty if the exchange kept its promise."""

    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not in the log, or not as it was acknowledged."""
    doubled: list[str] = field(default_factory=list)
    """In the log more often than it was asked for, or never asked for."""
    money: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    """Requests that were never answered for good, however often they were asked again."""
    stuck: list[str] = field(default_factory=list)
    """Orders that the market has forgotten."""
    documents: list[str] = field(default_factory=list)
    """Documents that don't say what the log says."""
    rules: list[str] = field(default_factory=list)
    """What the auditor says of the log."""
    other: list[str] = field(default_factory=list)
    """What the rig itself stumbled over."""

    def by_kind(self) -> dict[str, list[str]]:
        """Kind -> sentences."""
        return {
            "lost": self.lost,
            "doubled": self.doubled,
            "money": self.money,
            "unresolved": self.unresolved,
            "stuck": self.stuck,
            "documents": self.documents,
            "rules": self.rules,
            "other": self.other,
        }

    @property
    def is_clean(self) -> bool:
        return not any(self.by_kind().values())
