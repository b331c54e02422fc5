"""Owns the rule over all account streams: a market's clearing is zero once each has the same verdict.

Never computes a stream's own clearing: the audit of its money does.
Called by the auditor, whenever an account stream has applied a verdict.
"""

from actors.auditing.breaches import Breach, Rule


class ClearingAudit:
    """Verdicts that some account streams have applied, and others not yet (as far as they were read)."""

    def __init__(self, account_streams: tuple[str, ...]) -> None:
        self._account_streams = account_streams
        self._applied: dict[tuple[int, int], dict[str, int]] = {}

    def applied(
        self, stream: str, sequence: int, market_id: int, version: int, clearing: int
    ) -> list[Breach]:
        """A stream holds this clearing after this version of a market's verdict."""
        streams = self._applied.setdefault((market_id, version), {})
        streams[stream] = clearing
        if len(streams) < len(self._account_streams):
            return []
        del self._applied[market_id, version]
        left = sum(streams.values())
        if left == 0:
            return []
        what = f"verdict {version} leaves {left} in clearing over all streams: {streams}"
        return [Breach(stream, sequence, Rule.CLEARING, what, market_id)]
