"""Owns what TLS needs: an installation's certificate and key, checked, for its server and its own clients.

Never makes a certificate; never asks for a password.
Called by the settings, which refuse what can't be used, by the web's program and by those who connect to it
from this machine.
"""

import ssl
from pathlib import Path
from typing import Final

KEY_IS_FOREIGN: Final = "KEY_VALUES_MISMATCH"
"""OpenSSL's word."""


class TlsError(Exception):
    """The files can't be used; the message begins with the name of a variable and says what is expected."""


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """What a server shows: the certificate, with its chain, and that it has the key. Raises ``TlsError``.

    TLS 1.2 and newer: older ones are off in OpenSSL's defaults.
    """
    _require_readable("CREDENCE_TLS_CERT", certificate)
    _require_readable("CREDENCE_TLS_KEY", key)
    near_context(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load(context, certificate, key)
    return context


def load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    """The context shows this one from now on. Raises ``TlsError``, and then shows what it showed."""
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        if error.reason == KEY_IS_FOREIGN:
            raise TlsError(f"CREDENCE_TLS_KEY must be the key of the certificate: {key} is not") from error
        raise TlsError(f"CREDENCE_TLS_KEY must be a key in PEM form, without a password: {key}") from error
    except OSError as error:
        raise TlsError(f"CREDENCE_TLS_CERT and CREDENCE_TLS_KEY must be readable: {error}") from error


def near_context(certificate: Path) -> ssl.SSLContext:
    """For a client on this machine: believes this very certificate, whatever names it is for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(certificate)
    except ssl.SSLError as error:
        raise TlsError(f"CREDENCE_TLS_CERT must be a certificate in PEM form: {certificate}") from error
    except OSError as error:
        raise TlsError(f"CREDENCE_TLS_CERT must be readable: {error}") from error
    return context


def _require_readable(name: str, path: Path) -> None:
    try:
        path.read_bytes()
    except OSError as error:
        raise TlsError(f"{name} must be a file that can be read: {path}: {error.strerror}") from error


def _no_password() -> str:
    """Instead of OpenSSL's question at a terminal that nobody sits at."""
    return ""
