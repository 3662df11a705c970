"""Settings: what is wrong is said whole, and secrets are made once and kept to ourselves."""

from __future__ import annotations

import stat
from decimal import Decimal
from pathlib import Path

import pytest

from bot import settings
from models import sealing

ROOT = Path(__file__).resolve().parents[1]

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "a-token",
    "TWILIO_WHATSAPP_FROM": "whatsapp:+14155238886",
    "ASHAR_PUBLIC_URL": "https://ashar.example/",
}


def read(tmp_path: Path, **given: str) -> settings.Settings:
    return settings.read({"ASHAR_VAR": str(tmp_path / "var"), **given})


def wrong(tmp_path: Path, **given: str) -> list[str]:
    """Names of the settings that are refused."""
    with pytest.raises(settings.BadSettings) as caught:
        read(tmp_path, **given)
    return [problem.partition(":")[0] for problem in caught.value.problems]


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    made = read(tmp_path)
    assert made.site == "http://127.0.0.1:8000"
    assert made.database_url == f"sqlite:///{tmp_path}/var/ashar.sqlite"
    assert (made.flows / "priorities.yaml").exists()
    assert not made.telegram_token
    assert not made.twilio_account_sid


def test_rates_are_amounts_of_one_currency(tmp_path: Path) -> None:
    given = {"ASHAR_COST_SMS_OUT": "0.09 USD", "ASHAR_COST_WHATSAPP_IN": "0.005USD"}
    assert settings.rates(given) == {"sms_out": (Decimal("0.09"), "USD"), "whatsapp_in": (Decimal("0.005"), "USD")}
    assert settings.rates({}) == {}
    for amount in ("0,09 USD", "-1 USD", "0.09", "USD", "0.09 usd", "1e3 USD"):
        assert wrong(tmp_path, ASHAR_COST_SMS_IN=amount) == ["ASHAR_COST_SMS_IN"]
    assert wrong(tmp_path, ASHAR_COST_SMS_IN="1 KGS", ASHAR_COST_SMS_OUT="1 USD") == ["ASHAR_COST_…"]


def test_everything_wrong_is_said_at_once_and_nothing_is_made(tmp_path: Path) -> None:
    given = {
        "ASHAR_DATABASE_URL": "mysql://somewhere/x",
        "ASHAR_PORT": "70000",
        "ASHAR_PUBLIC_URL": "http://ashar.example",
        "ASHAR_HELP_PHONE": "ask Bakyt",
        "ASHAR_FLOWS": str(tmp_path / "nowhere"),
        "TELEGRAM_BOT_TOKEN": "tok",
        "TWILIO_AUTH_TOKEN": "x",
        "ASHAR_TELEGRAM_API": "ftp://x",
        "ASHAR_EXPORT_TOKEN": "short",
        "ASHAR_SEAL_KEYS": "no key",
        "ASHAR_COST_SMS_OUT": "a lot",
        "ASHAR_PUBLIC_UR": "https://ashar.example",
    }
    expected = {*given, "TWILIO_ACCOUNT_SID", "TWILIO_WHATSAPP_FROM or TWILIO_SMS_FROM"} - {"TWILIO_AUTH_TOKEN"}
    assert set(wrong(tmp_path, **given)) == expected
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    "address",
    [
        "ashar.example",
        "https://",
        "https://ashar.example/path",
        "https://a@ashar.example",
        "https://[",
        "https://ashar.example:x",
        "http://10.0.0.1",
    ],
)
def test_a_public_address_is_https_and_a_host_alone(tmp_path: Path, address: str) -> None:
    assert wrong(tmp_path, ASHAR_PUBLIC_URL=address) == ["ASHAR_PUBLIC_URL"]


@pytest.mark.parametrize(
    "address", ["https://ashar.example:8443", "http://127.0.0.1:9", "http://[::1]:9", "http://localhost"]
)
def test_http_is_enough_on_this_machine(tmp_path: Path, address: str) -> None:
    assert read(tmp_path, ASHAR_PUBLIC_URL=address + "/").public_url == address


def test_twilio_is_whole_or_absent(tmp_path: Path) -> None:
    assert read(tmp_path, **TWILIO).twilio_whatsapp_from == TWILIO["TWILIO_WHATSAPP_FROM"]
    for name in TWILIO:
        rest = {key: value for key, value in TWILIO.items() if key != name}
        assert any(name in each for each in wrong(tmp_path, **rest))


def test_media_lie_beside_the_database_unless_told_otherwise(tmp_path: Path) -> None:
    made = read(tmp_path)
    assert (made.media, made.media_limit) == (tmp_path / "var" / "media", 20_000_000)
    made = read(tmp_path, ASHAR_MEDIA=str(tmp_path / "shared"), ASHAR_MEDIA_LIMIT="3")
    assert (made.media, made.media_limit) == (tmp_path / "shared", 3_000_000)
    for limit in ("0", "21", "x", "-1", "²"):
        assert wrong(tmp_path, ASHAR_MEDIA_LIMIT=limit) == ["ASHAR_MEDIA_LIMIT"]


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    # docker compose hands on names without values.
    assert read(tmp_path, ASHAR_PORT="", TELEGRAM_BOT_TOKEN=" ").port == 8000


def test_secrets_are_made_once_for_us_alone(tmp_path: Path) -> None:
    first, path = read(tmp_path), tmp_path / "var" / settings.SECRETS
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read(tmp_path) == first
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [settings.SECRETS]


def test_a_secret_that_is_set_goes_first_and_is_not_written(tmp_path: Path) -> None:
    made = read(tmp_path, ASHAR_EXPORT_TOKEN="set-by-the-operator")
    assert made.export_token == "set-by-the-operator"
    assert "EXPORT" not in (tmp_path / "var" / settings.SECRETS).read_text()


def test_with_all_secrets_set_no_file_is_needed(tmp_path: Path) -> None:
    made = read(tmp_path)
    lines = (tmp_path / "var" / settings.SECRETS).read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line[:1] == "A")
    again = settings.read({**given, "ASHAR_VAR": str(tmp_path / "elsewhere")})
    assert (again.seal_keys, again.hash_key) == (made.seal_keys, made.hash_key)
    assert not (tmp_path / "elsewhere").exists()


def test_several_seal_keys(tmp_path: Path) -> None:
    old = read(tmp_path)
    text = (tmp_path / "var" / settings.SECRETS).read_text()
    key = text.split("\nASHAR_SEAL_KEYS=")[1].split()[0]
    new = sealing.new_key()
    both = read(tmp_path, ASHAR_SEAL_KEYS=f"{new}, {key}").seal_keys
    assert both[1:] == old.seal_keys
    assert both[0] != both[1]


def test_secrets_that_others_may_read_are_refused(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "var" / settings.SECRETS).chmod(0o640)
    assert wrong(tmp_path, ASHAR_PORT="x") == ["ASHAR_PORT", "ASHAR_VAR"]


def test_a_lost_key_is_not_replaced(tmp_path: Path) -> None:
    read(tmp_path, ASHAR_HASH_KEY=sealing.new_key())
    assert wrong(tmp_path) == ["ASHAR_HASH_KEY"]


def test_no_secret_shows_when_settings_are_printed(tmp_path: Path) -> None:
    made = read(tmp_path, **TWILIO, TELEGRAM_BOT_TOKEN="1000:stand-in-token")
    for secret in (made.export_token, made.telegram_secret, "a-token", "stand-in", str(made.hash_key)):
        assert secret not in repr(made)


def test_the_readme_documents_every_setting() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in settings.NAMES if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "ky_KG.UTF-8"}, "ky"),
        ({"LANG": "ky_KG.UTF-8", "LC_MESSAGES": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ky_KG.UTF-8", "LC_MESSAGES": "ru_RU", "LC_ALL": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ru"}, "ru"),
    ],
)
def test_the_language_of_the_terminal(environment: dict[str, str], language: str) -> None:
    assert settings.language(environment) == language


def test_proxies_are_addresses_and_networks(tmp_path: Path) -> None:
    assert [str(each) for each in read(tmp_path).proxies] == ["127.0.0.0/8", "::1/128"]
    given = read(tmp_path, ASHAR_PROXIES="10.1.0.0/16, 192.0.2.7")
    assert [str(each) for each in given.proxies] == ["10.1.0.0/16", "192.0.2.7/32"]
    assert wrong(tmp_path, ASHAR_PROXIES="nginx") == ["ASHAR_PROXIES"]
