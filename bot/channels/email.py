"""E-mail: letters by the operator's own mail server; nobody answers one, and each says how to get no more."""

from __future__ import annotations

import asyncio
import contextlib
import email.message
import email.policy
import email.utils
import hashlib
import re
import smtplib
import ssl
from collections.abc import Callable

from bot import relay, wording
from bot.channels import base
from bot.engine.messages import phrase

#: Letters under way at once: servers shut out whoever opens more connections.
_AT_ONCE = 4
#: Seconds for one exchange with the server, and for a letter to have its turn: together far less than the minute
#: after which another process would take it.
_PATIENCE = 8.0
_TURN = 20.0
#: Seconds until the next try: after a busy server, one that asks to come back (greylisting wants minutes), and one that
#: lets us in no more, of which the operator must see to it.
_BUSY, _AGAIN, _SHUT = 10.0, 300.0, 600.0
#: RFC 5322 lets a line have 78 characters.
_SUBJECT = 60

_ENHANCED = re.compile(rb"[45]\.([0-9]{1,3})\.[0-9]{1,3}(?![^ \r\n])")

_WHY = phrase("This letter came because somebody gave this e-mail to Ashar. Answers to it are read by nobody.")


class Email:
    """Sends letters; nothing comes in this way."""

    name = "email"
    capabilities = base.Capabilities(text=100_000, hears=False)

    def __init__(self, server: relay.Relay, voice: wording.Voice, site: str, leave: Callable[[str], str]) -> None:
        """`leave`: where whoever reads an e-mail has it removed, or ""."""
        self._relay = server
        self._sender = server.sender
        self._sender_address = email.utils.parseaddr(server.sender)[1]
        self._voice = voice
        self._site = site
        self._leave = leave
        self._room = asyncio.Semaphore(_AT_ONCE)
        # Reading the certificates of this machine takes some milliseconds.
        self._trust = ssl.create_default_context() if server.secure else None

    def verify(self, request: base.Request) -> None:
        """Nobody knocks here."""
        raise base.Refused

    def read(self, request: base.Request) -> list[base.Inbound]:
        """Nothing comes this way."""
        return []

    async def send(self, address: str, outbound: base.Outbound) -> base.Receipt:
        """One letter, in a thread; never raises."""
        try:
            async with asyncio.timeout(_TURN):
                await self._room.acquire()
        except TimeoutError:
            return base.Receipt(base.Fate.LATER, code="busy", retry_after=_BUSY)
        try:
            return await asyncio.to_thread(self._deliver, address, self.letter(address, outbound))
        finally:
            self._room.release()

    def letter(self, address: str, outbound: base.Outbound) -> bytes:
        """The whole letter as it goes over the line. A repeat of it has the same Message-ID, and is seen as one."""
        leave, language, now = self._leave(address), outbound.language, email.utils.localtime()
        chat = phrase(
            "To write to us, or to stop all messages with the word “stop”, go to the chat: {link}",
            link=f"{self._site}/chat",
        )
        lines = [_WHY, chat, *([phrase("No more letters: {link}", link=leave)] if leave else [])]
        said = "\n".join(filter(None, (outbound.head, outbound.foot)))
        # A header is one line; campaigns' titles are anybody's words.
        first = "".join(filter(str.isprintable, next(iter(said.splitlines()), ""))).strip()
        made = email.message.EmailMessage(policy=email.policy.SMTP)
        made["Subject"] = f"Ашар: {first if len(first) <= _SUBJECT else first[:_SUBJECT].rstrip() + '…'}"
        made["From"] = self._sender
        made["To"] = _ascii(address)
        made["Date"] = now
        domain = self._sender_address.rpartition("@")[2]
        named = hashlib.sha256(f"{address}\n{now:%Y-%m-%d}\n{said}".encode()).hexdigest()[:32]
        made["Message-ID"] = f"<{named}@{domain}>"
        made["Auto-Submitted"] = "auto-generated"
        made["Content-Language"] = language or "ky, ru"
        if leave:
            made["List-Unsubscribe"] = f"<{leave}>"
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        made.set_content(f"{said}\n\n-- \n{self._voice.lines(lines, language)}\n", cte="base64")
        return made.as_bytes()

    # -- in a thread --------------------------------------------------------------------------------------------

    def _deliver(self, address: str, letter: bytes) -> base.Receipt:
        asked = False
        try:
            with contextlib.closing(self._connected()) as server:
                server.ehlo_or_helo_if_needed()
                if refused := _refused(*server.mail(self._sender_address), whole=True):
                    return refused
                if refused := _refused(*server.rcpt(_ascii(address))):
                    return refused
                asked = True
                refused = _refused(*server.data(letter))
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    server.quit()
                return refused or base.Receipt(base.Fate.SENT)
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code, _bytes(error.smtp_error)) or _unknown("data")
        except smtplib.SMTPAuthenticationError as error:
            return base.Receipt(base.Fate.LATER, "", f"auth {error.smtp_code}", _SHUT, whole_account=True)
        except smtplib.SMTPServerDisconnected:
            return _unknown("dropped") if asked else base.Receipt(base.Fate.LATER, "", "dropped", _BUSY)
        except smtplib.SMTPResponseException as error:
            # At the greeting, or in the hellos: the letter was not spoken of yet.
            again = _AGAIN if error.smtp_code == 421 else _SHUT
            return base.Receipt(base.Fate.LATER, "", str(error.smtp_code), again, whole_account=True)
        except (smtplib.SMTPException, ssl.SSLError) as error:
            # It does not encrypt, or knows no way to log in.
            return base.Receipt(base.Fate.LATER, "", type(error).__name__, _SHUT, whole_account=True)
        except OSError as error:
            if asked:
                return _unknown(type(error).__name__)
            return base.Receipt(base.Fate.LATER, "", type(error).__name__, _BUSY * 3, whole_account=True)

    def _connected(self) -> smtplib.SMTP:
        # Left to itself the library asks the network for the name of this machine, and tells it.
        via, ours = self._relay, self._sender_address.rpartition("@")[2]
        if via.secure == "tls" and self._trust:
            server: smtplib.SMTP = smtplib.SMTP_SSL(via.host, via.port, ours, timeout=_PATIENCE, context=self._trust)
        else:
            server = smtplib.SMTP(via.host, via.port, ours, timeout=_PATIENCE)
        try:
            if via.secure == "starttls":
                server.starttls(context=self._trust)
            if via.user:
                server.login(via.user, via.password)
        except BaseException:
            server.close()
            raise
        return server


def _refused(code: int, text: bytes, *, whole: bool = False) -> base.Receipt | None:
    """What a server's answer comes to; None of a yes. `whole`: it is about us, not about who is written to."""
    if 200 <= code < 300:
        return None
    # "5.1.1 no such user": the second figure says what it is about, where the server speaks so (RFC 3463).
    found = _ENHANCED.match(text)
    enhanced, about = (found[0].decode(), found[1].decode()) if found else ("", "")
    said = f"{code} {enhanced}".strip()
    if not 500 <= code < 600:
        return base.Receipt(base.Fate.LATER, "", said, _AGAIN, whole_account=whole or code == 421)
    if whole:
        return base.Receipt(base.Fate.LATER, "", said, _SHUT, whole_account=True)
    unknown = about == "1" or enhanced == "5.2.1" or (not about and code in (550, 551, 553))
    return base.Receipt(base.Fate.GONE if unknown else base.Fate.FAILED, "", said)


def _unknown(code: str) -> base.Receipt:
    return base.Receipt(base.Fate.UNKNOWN, "", code)


def _ascii(address: str) -> str:
    """The address with its domain as the line takes it (почта.рф)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text
