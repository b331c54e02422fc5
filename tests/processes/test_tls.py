"""Owns the tests of certificates: what can't be used is told in words, what can is shown and believed.

Never opens a socket: handshakes go through memory.
Called by pytest.
"""

import contextlib
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from actors.processes import tls
from tests.processes.certificates import Pair, make_pair


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> bytes:
    """The certificate that the client was shown. Raises ``ssl.SSLError`` if they don't come together."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True))
    for _ in range(4):
        for end in ends:
            with contextlib.suppress(ssl.SSLWantReadError):
                end.do_handshake()
    shown = ends[0].getpeercert(binary_form=True)
    assert shown is not None
    return shown


def missing(pair: Pair) -> None:
    pair.key.unlink()


def a_folder(pair: Pair) -> None:
    pair.certificate.unlink()
    pair.certificate.mkdir()


def no_certificate(pair: Pair) -> None:
    pair.certificate.write_text("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")


def the_key_instead(pair: Pair) -> None:
    pair.certificate.write_bytes(pair.key.read_bytes())


def no_key(pair: Pair) -> None:
    pair.key.write_text("what")


def a_foreign_key(pair: Pair) -> None:
    pair.key.write_bytes(make_pair(pair.key.parent / "other").key.read_bytes())


def an_encrypted_key(pair: Pair) -> None:
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    pair.key.write_bytes(locked)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (missing, "CREDENCE_TLS_KEY must be a file that can be read: .*key.pem: No such file"),
        (a_folder, "CREDENCE_TLS_CERT must be a file that can be read: .*chain.pem: Is a directory"),
        (no_certificate, "CREDENCE_TLS_CERT must be a certificate in PEM form: .*chain.pem"),
        (the_key_instead, "CREDENCE_TLS_CERT must be a certificate in PEM form: .*chain.pem"),
        (no_key, "CREDENCE_TLS_KEY must be a key in PEM form, without a password: .*key.pem"),
        (an_encrypted_key, "CREDENCE_TLS_KEY must be a key in PEM form, without a password: .*key.pem"),
        (a_foreign_key, "CREDENCE_TLS_KEY must be the key of the certificate: .*key.pem is not"),
    ],
)
def test_what_can_not_be_used_is_told_in_words(
    tmp_path: Path, spoil: Callable[[Pair], None], words: str
) -> None:
    pair = make_pair(tmp_path)
    spoil(pair)
    with pytest.raises(tls.TlsError, match=words):
        tls.server_context(*pair)


def test_a_client_on_this_machine_believes_this_certificate_and_no_other(tmp_path: Path) -> None:
    ours, other = make_pair(tmp_path / "ours"), make_pair(tmp_path / "other")
    server = tls.server_context(*ours)
    shown = ssl.DER_cert_to_PEM_cert(shake_hands(server, tls.near_context(ours.certificate)))
    assert shown in ours.certificate.read_text()
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, tls.near_context(other.certificate))


def test_old_versions_of_tls_are_not_spoken(tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    client = tls.near_context(pair.certificate)
    client.set_ciphers("DEFAULT:@SECLEVEL=0")
    client.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        client.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        shake_hands(tls.server_context(*pair), client)


def test_files_that_went_away_meanwhile_change_nothing(tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    context, client = tls.server_context(*pair), tls.near_context(pair.certificate)
    pair.key.unlink()
    with pytest.raises(tls.TlsError, match="must be readable"):
        tls.load(context, *pair)
    pair.certificate.unlink()
    with pytest.raises(tls.TlsError, match="CREDENCE_TLS_CERT must be readable"):
        tls.near_context(pair.certificate)
    assert shake_hands(context, client)
