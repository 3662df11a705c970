"""Every setting of the house: read once, checked whole, so that whatever is wrong is said at once."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import secrets as chance
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from bot import hosts, relay
from models import db, sealing

_FLOWS = Path(__file__).resolve().parent.parent / "flows"
#: Where the secrets lie that nobody set, in the folder `ASHAR_VAR`.
SECRETS = "secrets.env"

#: Messages a second that a provider takes from an account, where the operator knows nothing else; 0 for any number.
PACES = {"ASHAR_PACE_TELEGRAM": 30, "ASHAR_PACE_WHATSAPP": 80, "ASHAR_PACE_SMS": 10}
#: Every setting. README.md documents each of them; a test sees to that.
NAMES = (
    "ASHAR_DATABASE_URL",
    "ASHAR_VAR",
    "ASHAR_HOST",
    "ASHAR_PORT",
    "ASHAR_PUBLIC_URL",
    "ASHAR_PROXIES",
    "ASHAR_HELP_PHONE",
    "ASHAR_FLOWS",
    "ASHAR_MEDIA",
    "ASHAR_MEDIA_LIMIT",
    "TELEGRAM_BOT_TOKEN",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_WHATSAPP_FROM",
    "TWILIO_SMS_FROM",
    "TWILIO_WHATSAPP_TEMPLATE",
    "ASHAR_SMTP_URL",
    "ASHAR_SMTP_FROM",
    "ASHAR_TELEGRAM_API",
    "ASHAR_TWILIO_API",
    "ASHAR_SEAL_KEYS",
    "ASHAR_HASH_KEY",
    "ASHAR_EXPORT_TOKEN",
    "ASHAR_FACILITATOR_TOKEN",
    "ASHAR_METRICS_TOKEN",
    "ASHAR_METRICS_PORT",
    "ASHAR_TELEGRAM_SECRET",
    "ASHAR_COST_SMS_IN",
    "ASHAR_COST_SMS_OUT",
    "ASHAR_COST_WHATSAPP_IN",
    "ASHAR_COST_WHATSAPP_OUT",
    *PACES,
)

#: What each provider takes for a segment or a message: "<channel>_<way>" -> the setting.
RATES = {name.removeprefix("ASHAR_COST_").lower(): name for name in NAMES if name.startswith("ASHAR_COST_")}
_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?([A-Z]{3})")

#: Secrets that are made on first start, how each is made, and what it is for.
_MADE: dict[str, tuple[Callable[[], str], str]] = {
    "ASHAR_SEAL_KEYS": (
        sealing.new_key,
        "Encrypts names, free text and addresses. Several with commas: the first seals, all of them open.",
    ),
    "ASHAR_HASH_KEY": (
        sealing.new_key,
        "Finds a phone number or chat again without keeping it in the open. It can never be changed.",
    ),
    "ASHAR_EXPORT_TOKEN": (lambda: chance.token_urlsafe(32), "Opens the export of responses in the API."),
    "ASHAR_TELEGRAM_SECRET": (lambda: chance.token_urlsafe(32), "Telegram shows it at our webhook."),
}

_HEAD = """\
# Secrets that Ashar made at its first start, because they were not set in the environment.
# Keep this file as you keep the database, in another place than its copies: without the first two keys what is
# stored can never be read again, and with them anybody can read it.
# Every process that shares the database needs the same. A setting of the same name goes before what stands here.
# Ashar never changes this file. A new key is put before the old one: ASHAR_SEAL_KEYS=new,old (see: ashar keys new)
"""

_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{1,30}")
_TELEGRAM_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]{10,}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,256}")
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_CONTENT = re.compile(r"HX[0-9a-fA-F]{32}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32}")
#: SMS also comes from short codes and from names.
_SMS = re.compile(_NUMBER.pattern + r"|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


class Rate(NamedTuple):
    """So much money."""

    amount: Decimal
    currency: str


class BadSettings(Exception):
    """Settings that are missing or wrong: each with its name and what it should be."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided. Addresses have no final slash; what is not set is ""."""

    var: Path
    database_url: str = field(repr=False)
    host: str
    port: int
    #: Where the world finds us, or "".
    public_url: str
    #: Web servers before this one.
    proxies: tuple[hosts.Network, ...]
    help_phone: str
    flows: Path
    #: Folder of what people send, and how many bytes one file may have.
    media: Path
    media_limit: int
    telegram_token: str = field(repr=False)
    telegram_api: str
    telegram_secret: str = field(repr=False)
    twilio_account_sid: str
    twilio_auth_token: str = field(repr=False)
    twilio_whatsapp_from: str
    twilio_sms_from: str
    #: Sid of an approved template for whoever has not written for a day, or "".
    twilio_whatsapp_template: str
    #: Another address for all of Twilio's hosts, or "".
    twilio_api: str
    #: Messages a second by the names of `PACES`.
    paces: dict[str, int]
    smtp: relay.Relay | None = field(repr=False)
    seal_keys: tuple[bytes, ...] = field(repr=False)
    hash_key: bytes = field(repr=False)
    export_token: str = field(repr=False)
    facilitator_token: str = field(repr=False)
    metrics_token: str = field(repr=False)
    metrics_port: int

    @property
    def site(self) -> str:
        """The address to give to people: the public one, or else this machine's own."""
        return self.public_url or f"http://{hosts.bracketed(hosts.reachable(self.host))}:{self.port}"


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in these variables; raises `BadSettings` with every problem there is.

    An empty variable counts as not set. Secrets that are not set are taken from the secrets' file, which is made
    if it is missing and nothing else is wrong.
    """
    reader = _Reader(environ)
    made = reader.settings()
    if reader.problems:
        raise BadSettings(reader.problems)
    return made


def rates(environ: Mapping[str, str]) -> dict[str, Rate]:
    """The rates that are set, by the keys of `RATES`; raises `BadSettings`."""
    reader = _Reader(environ)
    found = reader.rates()
    if reader.problems:
        raise BadSettings(reader.problems)
    return found


def current() -> Settings:
    """The settings of this process."""
    return read(os.environ)


def language(environ: Mapping[str, str] = os.environ) -> str:
    """The language of whoever sits at this terminal, "ky", "ru" or "en", as the operating system says it."""
    said = next((said for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (said := environ.get(name))), "")
    return said[:2] if said[:2] in ("ky", "ru") else "en"


class _Reader:
    """One reading; nothing outlives it but the problems."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.given = {name: value.strip() for name, value in environ.items() if value.strip()}
        self.problems: list[str] = []

    def say(self, name: str, should: str) -> None:
        self.problems.append(f"{name}: {should}")

    def settings(self) -> Settings:
        for name in self.given.keys() - set(NAMES):
            near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.9)
            if near:
                self.say(name, f"there is no such setting; did you mean {near[0]}?")
        var = Path(self.given.get("ASHAR_VAR", "var"))
        public_url = self.address("ASHAR_PUBLIC_URL", "https://ashar.example")
        self.twilio(public_url)
        self.rates()
        known = {
            "var": var,
            "database_url": self.database(var),
            "host": self.matching("ASHAR_HOST", re.compile(r"[^\s/]+"), "a host or address, such as 127.0.0.1")
            or "127.0.0.1",
            "port": self.number("ASHAR_PORT", 8000, 1, 65535),
            "public_url": public_url,
            "proxies": self.networks("ASHAR_PROXIES", "127.0.0.0/8,::1"),
            "help_phone": self.matching("ASHAR_HELP_PHONE", _PHONE, "a telephone, such as +996 555 123456"),
            "flows": self.flows(),
            "media": Path(self.given.get("ASHAR_MEDIA", var / "media")),
            "media_limit": self.number("ASHAR_MEDIA_LIMIT", 20, 1, 20) * 1_000_000,
            "telegram_token": self.matching("TELEGRAM_BOT_TOKEN", _TELEGRAM_TOKEN, "@BotFather's 123456:ABC-DEF…"),
            "telegram_api": self.address("ASHAR_TELEGRAM_API", "https://api.telegram.org")
            or "https://api.telegram.org",
            "twilio_account_sid": self.given.get("TWILIO_ACCOUNT_SID", ""),
            "twilio_auth_token": self.given.get("TWILIO_AUTH_TOKEN", ""),
            "twilio_whatsapp_from": self.given.get("TWILIO_WHATSAPP_FROM", ""),
            "twilio_sms_from": self.given.get("TWILIO_SMS_FROM", ""),
            "twilio_whatsapp_template": self.matching(
                "TWILIO_WHATSAPP_TEMPLATE", _CONTENT, "an approved template's sid: HX and 32 hexadecimal digits"
            ),
            "twilio_api": self.address("ASHAR_TWILIO_API", "https://relay.example"),
            "paces": {name: self.number(name, usual, 0, 10_000) for name, usual in PACES.items()},
            "smtp": self.relay(),
            "facilitator_token": self.token("ASHAR_FACILITATOR_TOKEN"),
            "metrics_token": self.token("ASHAR_METRICS_TOKEN"),
            "metrics_port": self.number("ASHAR_METRICS_PORT", 0, 0, 65535),
        }
        return Settings(**known, **self.secrets(var))  # type: ignore[arg-type] # each is of its field's type

    def matching(self, name: str, pattern: re.Pattern[str], should: str) -> str:
        value = self.given.get(name, "")
        if value and not pattern.fullmatch(value):
            self.say(name, f"expected {should}")
            return ""
        return value

    def token(self, name: str) -> str:
        return self.matching(name, _TOKEN, "at least 16 letters, digits, - or _; without it those doors stay shut")

    def rates(self) -> dict[str, Rate]:
        texts = {
            key: self.matching(name, _RATE, "an amount and a currency, such as 0.005 USD")
            for key, name in RATES.items()
        }
        found = {key: _RATE.fullmatch(text) for key, text in texts.items()}
        made = {key: Rate(Decimal(match[1]), match[2]) for key, match in found.items() if match}
        if len({rate.currency for rate in made.values()}) > 1:
            self.say("ASHAR_COST_…", "expected one currency in all of them: they are added up")
        return made

    def database(self, var: Path) -> str:
        url = self.given.get("ASHAR_DATABASE_URL", f"sqlite:///{var / 'ashar.sqlite'}")
        try:
            db.address(url)
        except db.BadAddress as error:
            self.say("ASHAR_DATABASE_URL", f"{error}; expected postgresql://user:password@host/name or sqlite:///file")
        return url

    def number(self, name: str, usual: int, least: int, most: int) -> int:
        text = self.given.get(name, str(usual))
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            self.say(name, f"expected a number from {least} to {most}")
            return usual
        return int(text)

    def networks(self, name: str, usual: str) -> tuple[hosts.Network, ...]:
        try:
            return hosts.networks(self.given.get(name, usual))
        except ValueError:
            self.say(name, "expected addresses or networks with commas, such as 127.0.0.1,10.1.0.0/16")
            return ()

    def flows(self) -> Path:
        folder = Path(self.given.get("ASHAR_FLOWS", _FLOWS))
        if not folder.is_dir():
            self.say("ASHAR_FLOWS", "expected a folder with forms and campaigns")
        return folder

    def address(self, name: str, example: str) -> str:
        """An https address of a host alone; http only where it cannot leave this machine."""
        text = self.given.get(name, "").rstrip("/")
        if not text:
            return ""
        if not hosts.is_safe(text):
            self.say(name, f"expected an address without a path, such as {example} (http only on this machine)")
            return ""
        return text

    def relay(self) -> relay.Relay | None:
        try:
            return relay.read(self.given)
        except ValueError as error:
            self.problems.append(str(error))
            return None

    def twilio(self, public_url: str) -> None:
        account = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
        senders = ("TWILIO_WHATSAPP_FROM", "TWILIO_SMS_FROM")
        if not self.given.keys() & {*account, *senders}:
            return
        for name in account:
            if name not in self.given:
                self.say(name, "missing, while other Twilio settings are there; see the Twilio console")
        if not self.given.keys() & set(senders):
            self.say(" or ".join(senders), "at least one is needed: the number that Twilio sends from")
        if "ASHAR_PUBLIC_URL" not in self.given:
            self.say("ASHAR_PUBLIC_URL", "missing: Twilio signs its messages for this address")
        self.matching("TWILIO_ACCOUNT_SID", _ACCOUNT, "AC and 32 hexadecimal digits")
        whatsapp = self.given.get("TWILIO_WHATSAPP_FROM", "").removeprefix("whatsapp:")
        if whatsapp and not _NUMBER.fullmatch(whatsapp):
            self.say("TWILIO_WHATSAPP_FROM", "expected a number such as +14155238886, or a service's MG sid")
        self.matching(
            "TWILIO_SMS_FROM", _SMS, "a number such as +15005550006, a name of up to 11 letters, or an MG sid"
        )

    def secrets(self, var: Path) -> dict[str, object]:
        given = {name: self.given[name] for name in _MADE if name in self.given}
        try:
            found = given if len(given) == len(_MADE) else secrets(var, given, make=not self.problems) | given
        except BadSettings as error:
            self.problems += error.problems
            return dict.fromkeys(("telegram_secret", "seal_keys", "hash_key", "export_token"))
        texts = {"export_token": "ASHAR_EXPORT_TOKEN", "telegram_secret": "ASHAR_TELEGRAM_SECRET"}
        for name in texts.values():
            # Telegram's own letters; they also pass through any header unharmed.
            if name in found and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", found[name]):
                self.say(name, "expected at least 16 letters, digits, - or _")
        keys = [self.key("ASHAR_SEAL_KEYS", text.strip()) for text in found.get("ASHAR_SEAL_KEYS", "").split(",")]
        if all(keys) and len({sealing.mark(key) for key in keys}) < len(keys):
            self.say("ASHAR_SEAL_KEYS", "two of them cannot be told apart; take another: ashar keys new")
        return {
            **{key: found.get(name, "") for key, name in texts.items()},
            "seal_keys": tuple(keys),
            "hash_key": self.key("ASHAR_HASH_KEY", found.get("ASHAR_HASH_KEY", "")),
        }

    def key(self, name: str, text: str) -> bytes:
        if not text and name not in self.given:
            return b""  # not made yet, because something else is wrong
        try:
            return sealing.read_key(text)
        except ValueError as error:
            self.say(name, f"{error}, as made by: ashar keys new")
            return b""


def secrets(folder: Path, given: Mapping[str, str], *, make: bool = True) -> dict[str, str]:
    """The secrets that are not `given`, from the file in `folder`; with `make` it is made if it is missing.

    Raises `BadSettings` if others may read the file, or if it lacks one of them.
    """
    path = folder / SECRETS
    if make and not path.exists():
        try:
            _make(path, [name for name in _MADE if name not in given])
        except OSError as error:
            raise BadSettings([f"ASHAR_VAR: {path} cannot be written: {error.strerror}"]) from None
    try:
        rights, text = path.stat().st_mode & 0o777, path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise BadSettings([f"ASHAR_VAR: {path} cannot be read"]) from None
    if os.name == "posix" and rights & 0o077:
        raise BadSettings(
            [f"ASHAR_VAR: {path} may be read by others (mode {rights:o}); expected 600: chmod 600 {path}"]
        )
    lines = (line.partition("=") for line in text.splitlines() if not line.lstrip().startswith("#"))
    found = {name.strip(): value.strip() for name, _, value in lines if value.strip()}
    if missing := [name for name in _MADE if name not in found and name not in given]:
        raise BadSettings(
            [f"{name}: neither set nor in {path}; put back what it was, a new one opens nothing" for name in missing]
        )
    return {name: found[name] for name in _MADE if name in found}


def _make(path: Path, names: list[str]) -> None:
    """Write the file whole or not at all, and never over another: two processes may start at once."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    parts = [f"\n# {_MADE[name][1]}\n{name}={_MADE[name][0]()}\n" for name in names]
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(_HEAD + "".join(parts))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
