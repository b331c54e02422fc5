"""Owns the certificate that the web shows: loaded at the start, and again when its files have changed.

Never ends a connection, and never goes without: files that can't be used change nothing but the journal.
Called by resources/serve.py.
"""

import asyncio
import ssl
from pathlib import Path
from typing import Final, Self

import structlog

from actors.processes import tls
from actors.processes.settings import Settings

LOOK_EVERY_S: Final = 10.0

log = structlog.get_logger()


class Certificate:
    """Two files in PEM form and the context that shows them. Raises ``tls.TlsError``."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self._loaded = self._changes()
        self.context: ssl.SSLContext = tls.server_context(certificate, key)

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The settings' one; None without TLS."""
        if settings.tls_certificate is None or settings.tls_key is None:
            return None
        return cls(settings.tls_certificate, settings.tls_key)

    async def keep_current(self) -> None:
        """For ever: who renews a certificate need not restart anything."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look()

    def look(self) -> None:
        """Takes note of new files; connections from now on see them."""
        changes = self._changes()
        if changes == self._loaded:
            return
        self._loaded = changes
        try:
            # On a context of its own first: half of a pair must not replace what works.
            tls.server_context(*self._files)
            tls.load(self.context, *self._files)
        except tls.TlsError as error:
            log.exception("the new certificate can't be used", reason=str(error))
        else:
            log.info("the new certificate is shown", file=str(self._files[0]))

    def _changes(self) -> tuple[int | None, ...]:
        """When each was last written; None: it isn't there."""
        return tuple(file.stat().st_mtime_ns if file.exists() else None for file in self._files)
