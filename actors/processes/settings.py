"""Owns the configuration of one installation: every CREDENCE_ variable, read once and checked.

Never makes anything but the secret's file; never shows a secret (repr, log, error message).
Called by every program at its start; travels to the actors, without the secrets, inside ``Start``.
"""

import ipaddress
import os
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, Self

from actors.machines import limits
from actors.machines.streams import Streams
from actors.processes import tls

HashingCost = Literal["full", "cheap"]

SECRET_CHARACTERS_MIN: Final = 16
STAFF_PASSWORD_CHARACTERS_MIN: Final = 10
STAFF_PASSWORD_CHARACTERS_MAX: Final = 1024
RESTARTS_MAX: Final = 1_000_000
SNAPSHOT_RECORDS_MAX: Final = 1_000_000
PORT_MAX: Final = 65_535
STREAM_COUNTS: Final = ("1", "2", "4", "8", "16")


class SettingsError(Exception):
    """A variable can't be used; the message begins with its name and says what is expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation.

    ``port`` and ``address``: where HTTP is served. ``var``: absolute folder of all state. ``restarts``:
    how often a child may be restarted within ``supervision.WINDOW_S`` before its parent gives up.
    ``log`` and ``documents``: ``"sqlite"`` or a URL (which may hold a password, hence not shown).
    ``member_rate``: how many requests and operations of batches a member may send in a second;
    ``address_rate``: how many requests who isn't signed in may send from one address.
    ``snapshot_records``: after how many records of a stream its next snapshot is written.
    ``access_log``: whether the web notes each answered request in the journal.
    ``tls_certificate`` and ``tls_key``: files in PEM form, both or none; with them HTTP is served over TLS.
    ``trusted_proxies``: addresses and networks whose word on a client's address and scheme is taken.
    ``hashing_cost``: ``"cheap"`` makes hashing of passwords quick, for tests only.
    """

    var: Path
    address: str = "127.0.0.1"
    port: int = 8000
    demo: bool = True
    restarts: int = 5
    streams: Streams = Streams()
    snapshot_records: int = 5_000
    member_rate: int = limits.MEMBER_RATE_PER_S
    address_rate: int = limits.ADDRESS_RATE_PER_S
    hashing_cost: HashingCost = "full"
    access_log: bool = False
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[str, ...] = ()
    log: str = field(default="sqlite", repr=False)
    documents: str = field(default="sqlite", repr=False)
    staff_password: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The settings of these variables; an empty one counts as not set. Raises ``SettingsError``."""
        read = _Reader(environment)
        tls_certificate, tls_key = read.certificate_and_key()
        return cls(
            var=Path(read.text("CREDENCE_VAR", "var")).absolute(),
            address=read.address("CREDENCE_ADDRESS", "127.0.0.1"),
            port=read.integer("CREDENCE_PORT", 8000, 1, PORT_MAX),
            demo=read.choice("CREDENCE_DEMO", "1", ("0", "1")) == "1",
            restarts=read.integer("CREDENCE_RESTARTS", 5, 0, RESTARTS_MAX),
            streams=Streams(
                accounts=read.stream_count("CREDENCE_ACCOUNT_STREAMS"),
                markets=read.stream_count("CREDENCE_MARKET_STREAMS"),
                social=int(read.choice("CREDENCE_SOCIAL_STREAMS", "1", ("0", *STREAM_COUNTS))),
            ),
            member_rate=read.integer(
                "CREDENCE_MEMBER_RATE", limits.MEMBER_RATE_PER_S, 1, limits.RATE_PER_S_MAX
            ),
            address_rate=read.integer(
                "CREDENCE_ADDRESS_RATE", limits.ADDRESS_RATE_PER_S, 1, limits.RATE_PER_S_MAX
            ),
            snapshot_records=read.integer("CREDENCE_SNAPSHOT_RECORDS", 5_000, 1, SNAPSHOT_RECORDS_MAX),
            hashing_cost="cheap"
            if read.choice("CREDENCE_HASHING_COST", "full", ("full", "cheap")) == "cheap"
            else "full",
            access_log=read.choice("CREDENCE_ACCESS_LOG", "0", ("0", "1")) == "1",
            tls_certificate=tls_certificate,
            tls_key=tls_key,
            trusted_proxies=read.networks("CREDENCE_TRUSTED_PROXIES"),
            log=read.store("CREDENCE_LOG", ("amqp://", "amqps://")),
            documents=read.store("CREDENCE_DOCUMENTS", ("http://", "https://")),
            staff_password=read.secret(
                "CREDENCE_STAFF_PASSWORD", STAFF_PASSWORD_CHARACTERS_MIN, STAFF_PASSWORD_CHARACTERS_MAX
            ),
            secret=read.secret("CREDENCE_SECRET", SECRET_CHARACTERS_MIN, None),
        )

    @property
    def log_folder(self) -> Path:
        """The streams' SQLite files (embedded profile)."""
        return self.var / "log"

    @property
    def documents_folder(self) -> Path:
        """The documents' SQLite files (embedded profile)."""
        return self.var / "documents"

    @property
    def snapshots_folder(self) -> Path:
        """A folder of snapshots for each stream."""
        return self.var / "snapshots"

    @property
    def run_folder(self) -> Path:
        """What only matters while the exchange runs: the launcher's lock, where the actors are."""
        return self.var / "run"

    @property
    def journal_folder(self) -> Path:
        """What the processes say to operators, one JSON object a line."""
        return self.var / "journal"

    @property
    def first_start_marker(self) -> Path:
        """A file that the launcher makes once the first start (staff, demo) is complete; see ``GET /``."""
        return self.var / "first_start.done"

    @property
    def near_address(self) -> str:
        """The address at which a client on this machine finds the exchange."""
        return "127.0.0.1" if self.address == "0.0.0.0" else self.address  # noqa: S104 (compared, not bound)

    @property
    def url(self) -> str:
        """The base of every link, for a client on this machine."""
        return f"http{'s' if self.has_tls else ''}://{self.near_address}:{self.port}"

    @property
    def has_tls(self) -> bool:
        """Whether HTTP is served over TLS here."""
        return self.tls_certificate is not None

    @property
    def browsers_use_tls(self) -> bool:
        """Whether cookies may say that they come over TLS alone: it is spoken here, or by a trusted proxy."""
        return self.has_tls or bool(self.trusted_proxies)

    def near_tls(self) -> ssl.SSLContext | None:
        """What a client on this machine needs to connect; None without TLS."""
        return tls.near_context(self.tls_certificate) if self.tls_certificate is not None else None

    def without_secrets(self) -> Self:
        """The same, for processes that need no secret."""
        return replace(self, staff_password=None, secret=None)

    def signing_secret(self) -> bytes:
        """What signs tokens: the given secret, or one that is made once and kept in var."""
        if self.secret is not None:
            return self.secret.encode()
        path = self.var / "secret"
        self.var.mkdir(parents=True, exist_ok=True)
        # Linked into place whole, so that two programs starting together agree on one secret.
        draft = self.var / f"secret.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text().strip().encode()


class _Reader:
    """Takes variables from an environment; each error names the variable, never a secret's value."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str, default: str) -> str:
        return self._environment.get(name, "").strip() or default

    def integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not lowest <= int(value) <= highest:
            raise SettingsError(f"{name} must be an integer from {lowest} to {highest}, not {value!r}")
        return int(value)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"{name} must be {' or '.join(allowed)}, not {value!r}")
        return value

    def address(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            return str(ipaddress.IPv4Address(value))
        except ValueError:
            raise SettingsError(f"{name} must be an IPv4 address, not {value!r}") from None

    def networks(self, name: str) -> tuple[str, ...]:
        """Addresses and networks, in the order given, each in its usual form."""
        given = [text.strip() for text in self.text(name, "").split(",") if text.strip()]
        try:
            networks = [ipaddress.ip_network(text) for text in given]
        except ValueError as error:
            raise SettingsError(
                f"{name} must be addresses or networks with commas between (10.0.0.7, 10.1.0.0/24): {error}"
            ) from None
        return tuple(str(network) for network in networks)

    def certificate_and_key(self) -> tuple[Path, Path] | tuple[None, None]:
        """Two files that go together and can be used, or none."""
        certificate, key = self.text("CREDENCE_TLS_CERT", ""), self.text("CREDENCE_TLS_KEY", "")
        if not certificate and not key:
            return None, None
        if not certificate or not key:
            missing = "CREDENCE_TLS_KEY" if certificate else "CREDENCE_TLS_CERT"
            raise SettingsError(f"{missing} must be set, too: TLS takes a certificate and its key")
        files = Path(certificate).absolute(), Path(key).absolute()
        try:
            tls.server_context(*files)
        except tls.TlsError as error:
            raise SettingsError(str(error)) from error
        return files

    def stream_count(self, name: str) -> int:
        return int(self.choice(name, "2", STREAM_COUNTS))

    def store(self, name: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name, "sqlite")
        if value != "sqlite" and not value.startswith(schemes):
            raise SettingsError(f"{name} must be sqlite or begin with {' or '.join(schemes)}")
        return value

    def secret(self, name: str, shortest: int, longest: int | None) -> str | None:
        value = self._environment.get(name, "")
        if not value:
            return None
        if len(value) < shortest:
            raise SettingsError(f"{name} must have at least {shortest} characters")
        if longest is not None and len(value) > longest:
            raise SettingsError(f"{name} must have at most {longest} characters")
        return value
