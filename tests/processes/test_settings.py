"""Owns the tests of the settings: each variable, good and bad, and that no secret is ever shown.

Never reads the environment of the test run.
Called by pytest.
"""

import pickle
import stat
from pathlib import Path

import pytest

from actors.machines.streams import Streams
from actors.processes.settings import Settings, SettingsError
from tests.processes.certificates import make_pair

PASSWORD = "a very good password"
SECRET = "0123456789abcdef"


def test_nothing_set_is_the_embedded_profile_on_port_8000() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings(var=Path("var").absolute())
    assert settings.url == "http://127.0.0.1:8000"
    assert (settings.log, settings.documents, settings.streams) == ("sqlite", "sqlite", Streams(2, 2, 1))


def test_an_empty_variable_counts_as_not_set() -> None:
    names = ("PORT", "VAR", "DEMO", "STAFF_PASSWORD", "SECRET", "LOG", "DOCUMENTS", "RESTARTS")
    empty = {f"CREDENCE_{name}": "" for name in names}
    assert Settings.from_environment(empty) == Settings.from_environment({})


def test_everything_set() -> None:
    settings = Settings.from_environment(
        {
            "CREDENCE_VAR": "/srv/the exchange/var",
            "CREDENCE_ADDRESS": "0.0.0.0",  # noqa: S104 (what a container sets)
            "CREDENCE_PORT": "80",
            "CREDENCE_DEMO": "0",
            "CREDENCE_RESTARTS": "1000",
            "CREDENCE_SNAPSHOT_RECORDS": "100",
            "CREDENCE_MEMBER_RATE": "7",
            "CREDENCE_ADDRESS_RATE": "8",
            "CREDENCE_ACCOUNT_STREAMS": "4",
            "CREDENCE_MARKET_STREAMS": "1",
            "CREDENCE_SOCIAL_STREAMS": "0",
            "CREDENCE_HASHING_COST": "cheap",
            "CREDENCE_LOG": "amqp://guest:guest@localhost/",
            "CREDENCE_DOCUMENTS": "http://admin:admin@localhost:5984/",
            "CREDENCE_STAFF_PASSWORD": PASSWORD,
            "CREDENCE_SECRET": SECRET,
        }
    )
    assert settings == Settings(
        var=Path("/srv/the exchange/var"),
        address="0.0.0.0",  # noqa: S104
        port=80,
        demo=False,
        restarts=1000,
        snapshot_records=100,
        member_rate=7,
        address_rate=8,
        streams=Streams(4, 1, 0),
        hashing_cost="cheap",
        log="amqp://guest:guest@localhost/",
        documents="http://admin:admin@localhost:5984/",
        staff_password=PASSWORD,
        secret=SECRET,
    )
    assert settings.url == "http://127.0.0.1:80"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CREDENCE_PORT", "0"),
        ("CREDENCE_PORT", "65536"),
        ("CREDENCE_PORT", "-1"),
        ("CREDENCE_PORT", "http"),
        ("CREDENCE_PORT", "8000.0"),
        ("CREDENCE_PORT", "٨٠"),
        ("CREDENCE_ADDRESS", "localhost"),
        ("CREDENCE_ADDRESS", "::1"),
        ("CREDENCE_DEMO", "yes"),
        ("CREDENCE_RESTARTS", "-1"),
        ("CREDENCE_RESTARTS", "many"),
        ("CREDENCE_SNAPSHOT_RECORDS", "0"),
        ("CREDENCE_MEMBER_RATE", "0"),
        ("CREDENCE_ADDRESS_RATE", "0"),
        ("CREDENCE_ACCOUNT_STREAMS", "3"),
        ("CREDENCE_MARKET_STREAMS", "32"),
        ("CREDENCE_MARKET_STREAMS", "0"),
        ("CREDENCE_SOCIAL_STREAMS", "3"),
        ("CREDENCE_HASHING_COST", "none"),
        ("CREDENCE_LOG", "postgres://"),
        ("CREDENCE_DOCUMENTS", "amqp://"),
        ("CREDENCE_STAFF_PASSWORD", "short"),
        ("CREDENCE_STAFF_PASSWORD", "x" * 1025),
        ("CREDENCE_SECRET", "too short"),
        ("CREDENCE_TRUSTED_PROXIES", "proxy.example"),
        ("CREDENCE_TRUSTED_PROXIES", "10.0.0.7, 10.0.0.0/99"),
        ("CREDENCE_TRUSTED_PROXIES", "10.0.0.7/24"),
        ("CREDENCE_TRUSTED_PROXIES", "*"),
    ],
)
def test_an_error_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} must") as raised:
        Settings.from_environment({name: value})
    if name in {"CREDENCE_STAFF_PASSWORD", "CREDENCE_SECRET", "CREDENCE_LOG", "CREDENCE_DOCUMENTS"}:
        assert value not in str(raised.value), "what may be a secret is not repeated"


def test_trusted_proxies_are_addresses_and_networks() -> None:
    given = {"CREDENCE_TRUSTED_PROXIES": "10.0.0.7, 192.168.1.0/24 ,::1,"}
    settings = Settings.from_environment(given)
    assert settings.trusted_proxies == ("10.0.0.7/32", "192.168.1.0/24", "::1/128")
    assert (settings.browsers_use_tls, settings.has_tls) == (True, False)


def test_tls_takes_a_certificate_and_its_key(tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    settings = Settings.from_environment(pair.environment)
    assert (settings.tls_certificate, settings.tls_key) == pair
    assert (settings.has_tls, settings.url) == (True, "https://127.0.0.1:8000")
    assert settings.near_tls() is not None
    without = Settings.from_environment({})
    assert (without.has_tls, without.browsers_use_tls, without.near_tls()) == (False, False, None)


def test_of_certificate_and_key_the_other_one_is_missed(tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    for given, missed in (("CERT", "KEY"), ("KEY", "CERT")):
        name = f"CREDENCE_TLS_{given}"
        with pytest.raises(SettingsError, match=f"^CREDENCE_TLS_{missed} must be set, too"):
            Settings.from_environment({name: pair.environment[name]})


def test_files_that_can_not_be_used_are_told_in_words(tmp_path: Path) -> None:
    pair = make_pair(tmp_path)
    given = {**pair.environment, "CREDENCE_TLS_KEY": str(tmp_path / "none.pem")}
    with pytest.raises(SettingsError, match=r"^CREDENCE_TLS_KEY must be a file .*none.pem: No such file"):
        Settings.from_environment(given)


def test_secrets_are_not_shown_and_not_handed_on(tmp_path: Path) -> None:
    settings = Settings(
        var=tmp_path,
        log="amqp://user:hidden@host/",
        documents="http://user:hidden@host/",
        staff_password="hidden",
        secret="hidden",
    )
    assert "hidden" not in repr(settings)
    handed_on = settings.without_secrets()
    assert (handed_on.staff_password, handed_on.secret) == (None, None)
    assert pickle.loads(pickle.dumps(handed_on)) == handed_on  # noqa: S301 (made one line above)


def test_the_signing_secret_is_the_given_one(tmp_path: Path) -> None:
    assert Settings(var=tmp_path, secret=SECRET).signing_secret() == SECRET.encode()
    assert list(tmp_path.iterdir()) == []


def test_without_one_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "new")
    secret = settings.signing_secret()
    assert len(secret) == 64
    assert settings.signing_secret() == secret
    assert Settings(var=tmp_path / "other").signing_secret() != secret
    (file,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
