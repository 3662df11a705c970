"""Letters: what they say and carry, and what a mail server's every answer comes to; against a server on loopback."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot import relay, wording
from bot.channels import base
from bot.channels import email as letters
from tests.standins import smtp
from tests.standins.smtp import Fault

VOICE = wording.Voice()
SITE = "https://ashar.example"
TO = "aibek@example.com"
NEWS = base.Outbound("Чистая вода в село\nСегодня день вашего обещания.", language="ru")


def channel(port: int, *, user: str = "", secure: str = "", site: str = SITE) -> letters.Email:
    via = relay.Relay("Ашар <ashar@ashar.example>", "127.0.0.1", port, user, "secret" if user else "", secure)
    return letters.Email(
        via,
        VOICE,
        SITE,
        lambda address: f"{site}/letters/{len(address)}" if site else "",
    )


async def test_a_letter_says_what_happened_and_how_to_get_no_more() -> None:
    async with smtp.server() as server:
        receipt = await channel(server.port, user="ashar").send(TO, NEWS)
    assert receipt.fate is base.Fate.SENT
    [(to, letter)] = server.letters
    assert to == TO
    text = letter.get_content().replace("\r\n", "\n")
    assert text.startswith("Чистая вода в село\nСегодня день вашего обещания.\n\n-- \n")
    assert "«стоп»" in text
    assert f"{SITE}/chat" in text
    assert f"{SITE}/letters/{len(TO)}" in text
    assert letter["Subject"] == "Ашар: Чистая вода в село"
    assert letter["List-Unsubscribe"] == f"<{SITE}/letters/{len(TO)}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert letter["Message-ID"].endswith("@ashar.example>")


async def test_nothing_is_promised_that_the_world_cannot_reach() -> None:
    async with smtp.server() as server:
        await channel(server.port, site="").send(TO, NEWS)
    [(_, letter)] = server.letters
    assert letter["List-Unsubscribe"] is None
    assert "letters/" not in letter.get_content()


async def test_a_letter_is_the_same_letter_when_it_is_repeated_and_no_line_is_too_long() -> None:
    made = channel(1)
    long = NEWS._replace(head="Ө" * 3000 + "\n.\nFrom me")
    first, second, other = (made.letter(TO, each) for each in (long, long, NEWS))
    numbers = [re.findall(rb"Message-ID: (.*)", each)[0] for each in (first, second, other)]
    assert numbers[0] == numbers[1] != numbers[2]
    assert max(map(len, first.splitlines())) <= 78
    assert b"\n.\r\n" not in first


async def test_no_text_of_anybody_becomes_a_header() -> None:
    async with smtp.server() as server:
        await channel(server.port).send(TO, NEWS._replace(head="Иш\rBcc: all@example.com\nX-Y: z\x0b\x00"))
    [(_, letter)] = server.letters
    assert letter["Bcc"] is None
    assert letter["X-Y"] is None


async def test_a_domain_in_other_letters_is_written_as_the_line_takes_it() -> None:
    async with smtp.server() as server:
        receipt = await channel(server.port).send("aibek@почта.рф", NEWS)
    assert receipt.fate is base.Fate.SENT
    assert [to for to, _ in server.letters] == ["aibek@xn--80a1acny.xn--p1ai"]


@pytest.mark.parametrize(
    ("fault", "fate", "whole"),
    [
        (Fault.CLOSED, base.Fate.LATER, True),
        (Fault.SHUT, base.Fate.LATER, True),
        (Fault.GARBAGE, base.Fate.LATER, True),
        (Fault.LOGIN, base.Fate.LATER, True),
        (Fault.SENDER, base.Fate.LATER, True),
        (Fault.UNKNOWN, base.Fate.GONE, False),
        (Fault.PLAIN, base.Fate.GONE, False),
        (Fault.POLICY, base.Fate.FAILED, False),
        (Fault.FULL, base.Fate.FAILED, False),
        (Fault.SPAM, base.Fate.FAILED, False),
        (Fault.GREY, base.Fate.LATER, False),
        (Fault.BUSY, base.Fate.LATER, True),
        (Fault.DROP_HALF, base.Fate.UNKNOWN, False),
        (Fault.DROP_AFTER, base.Fate.UNKNOWN, False),
    ],
)
async def test_every_fault_has_its_fate(fault: Fault, fate: base.Fate, whole: bool) -> None:
    async with smtp.server() as server:
        server.faults = [fault]
        made = channel(server.port, user="ashar")
        receipt = await made.send(TO, NEWS)
        assert (receipt.fate, receipt.whole_account) == (fate, whole), receipt
        assert (receipt.retry_after > 0) == (fate is base.Fate.LATER)
        assert TO not in receipt.code
        assert len(server.letters) == (fault is Fault.DROP_AFTER)
        assert (await made.send(TO, NEWS)).fate is base.Fate.SENT


async def test_a_connection_that_ends_before_the_letter_began_sent_nothing() -> None:
    async with smtp.server() as server:
        server.faults = [Fault.DROP]
        receipt = await channel(server.port).send(TO, NEWS)
    # Whether the server had the word for "here it comes" is not known; a repeat is the same letter.
    assert receipt.fate is base.Fate.UNKNOWN
    assert not server.letters


async def test_no_server_is_tried_again_and_costs_no_message_its_turn() -> None:
    async with smtp.server() as server:
        port = server.port
    receipt = await channel(port).send(TO, NEWS)
    assert (receipt.fate, receipt.whole_account) == (base.Fate.LATER, True)


async def test_few_connections_are_open_at_once_and_who_waits_too_long_comes_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "_TURN", 0.2)
    async with smtp.server() as server:
        made = channel(server.port)
        server.open.clear()
        sending = [asyncio.create_task(made.send(f"a{n}@example.com", NEWS)) for n in range(7)]
        async with asyncio.timeout(60):
            while server.most < 4 or sum(each.done() for each in sending) < 3:  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.01)
        assert {each.result().fate for each in sending if each.done()} == {base.Fate.LATER}
        server.open.set()
        fates = [receipt.fate for receipt in await asyncio.gather(*sending)]
    assert sorted(fates) == [base.Fate.LATER] * 3 + [base.Fate.SENT] * 4
    assert server.most == 4


async def test_nothing_is_sent_to_a_server_that_cannot_show_who_it_is(tmp_path: Path) -> None:
    async with smtp.server(_nobody(tmp_path)) as server:
        receipt = await channel(server.port, user="ashar", secure="tls").send(TO, NEWS)
    assert (receipt.fate, receipt.whole_account) == (base.Fate.LATER, True)
    assert not server.senders


async def test_nothing_is_sent_to_a_server_that_does_not_encrypt() -> None:
    async with smtp.server() as server:
        receipt = await channel(server.port, user="ashar", secure="starttls").send(TO, NEWS)
    assert (receipt.fate, receipt.whole_account) == (base.Fate.LATER, True)
    assert not server.senders


def _nobody(folder: Path) -> ssl.SSLContext:
    """A server whose certificate nobody signed but itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    file = folder / "nobody.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_nobody_knocks_here() -> None:
    request = base.Request("/", {}, b"")
    assert channel(1).read(request) == []
    with pytest.raises(base.Refused):
        channel(1).verify(request)
