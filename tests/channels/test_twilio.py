"""WhatsApp and SMS, coming in: who signed a webhook, and what recorded ones mean."""

import asyncio
import dataclasses
import hashlib
import urllib.parse
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from twilio import request_validator

from bot.channels import base, twilio

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "made-up-token", "+996700112233"
PUBLIC = "https://ashar.example"
FORM = "application/x-www-form-urlencoded"


@pytest_asyncio.fixture
async def channel() -> AsyncIterator[twilio.Twilio]:
    """WhatsApp without a server: for what is pure."""
    async with aiohttp.ClientSession() as session:
        yield twilio.Twilio("whatsapp", ACCOUNT, TOKEN, "+996555000111", session, PUBLIC)


def request(params: Mapping[str, str], path: str = "/twilio", **headers: str) -> base.Request:
    """A webhook as the door hands it on; signed with nothing."""
    body = urllib.parse.urlencode(params).encode()
    return base.Request(path, {"content-type": FORM, **headers}, body)


def signature(url: str, params: Mapping[str, str], token: str = TOKEN, algorithm: str = "HMAC_SHA1") -> str:
    return str(request_validator.RequestValidator(token).compute_signature(url, params, algorithm))


SMS_PARAMS = {"MessageSid": "SM1", "From": NUMBER, "Body": "Суу", "FromCity": ""}


@pytest.mark.parametrize(
    ("url", "token", "algorithm", "settings"),
    [
        (f"{PUBLIC}/twilio", TOKEN, "HMAC_SHA1", ""),
        (f"{PUBLIC}:443/twilio", TOKEN, "HMAC_SHA1", ""),
        (f"{PUBLIC}/twilio?line=2", TOKEN, "HMAC_SHA1", ""),
        (f"{PUBLIC}/twilio", TOKEN, "HMAC_SHA256", "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"),
    ],
)
async def test_a_request_signed_for_our_public_address_is_taken(
    channel: twilio.Twilio, url: str, token: str, algorithm: str, settings: str
) -> None:
    signed = signature(url, SMS_PARAMS, token, algorithm)
    path = url[url.index("/twilio") :]
    headers = {"x-twilio-signature": signed, "x-twilio-webhooks-signature-settings": settings}
    channel.verify(request(SMS_PARAMS, path, **headers))


@pytest.mark.parametrize(
    ("url", "token", "headers"),
    [
        ("", TOKEN, {}),
        (f"{PUBLIC}/twilio", "another token", {}),
        ("http://127.0.0.1:8000/twilio", TOKEN, {}),
        ("http://ashar.example/twilio", TOKEN, {}),
        (f"{PUBLIC}/twilio/status", TOKEN, {}),
        # Signed with SHA-1, named as something else.
        (f"{PUBLIC}/twilio", TOKEN, {"x-twilio-webhooks-signature-settings": "algorithm=HMAC_SHA256"}),
        (f"{PUBLIC}/twilio", TOKEN, {"x-twilio-webhooks-signature-settings": "algorithm=NONE"}),
        (f"{PUBLIC}/twilio", TOKEN, {"content-type": "application/json"}),
        (f"{PUBLIC}/twilio", TOKEN, {"content-type": "multipart/form-data; boundary=x"}),
    ],
)
async def test_a_request_signed_for_anything_else_is_refused(
    channel: twilio.Twilio, url: str, token: str, headers: dict[str, str]
) -> None:
    signed = signature(url, SMS_PARAMS, token) if url else ""
    with pytest.raises(base.Refused):
        channel.verify(request(SMS_PARAMS, **{"x-twilio-signature": signed, **headers}))


async def test_a_parameter_added_on_the_way_breaks_the_signature(channel: twilio.Twilio) -> None:
    signed = signature(f"{PUBLIC}/twilio", SMS_PARAMS)
    with pytest.raises(base.Refused):
        channel.verify(request({**SMS_PARAMS, "ButtonPayload": "x.1.1"}, **{"x-twilio-signature": signed}))


async def test_a_json_body_needs_its_hash_in_the_address(channel: twilio.Twilio) -> None:
    body = '{"event": "ашар"}'
    path = "/twilio?bodySHA256=" + hashlib.sha256(body.encode()).hexdigest()
    headers = {"content-type": "application/json", "x-twilio-signature": signature(PUBLIC + path, {})}
    good = base.Request(path, headers, body.encode())
    channel.verify(good)
    with pytest.raises(base.Malformed):
        channel.read(good)
    for bad in (b"{}", b"\xff\xfe"):
        with pytest.raises(base.Refused):
            channel.verify(dataclasses.replace(good, body=bad))


async def test_without_a_public_address_nothing_is_taken() -> None:
    async with aiohttp.ClientSession() as session:
        channel = twilio.Twilio("sms", ACCOUNT, TOKEN, "+1", session, "")
        with pytest.raises(base.Refused):
            channel.verify(request(SMS_PARAMS, **{"x-twilio-signature": signature("/twilio", SMS_PARAMS)}))


@given(
    url=st.text(max_size=50),
    kind=st.sampled_from([FORM, "application/json", "text/plain", ""]),
    body=st.binary(max_size=200) | st.text(st.sampled_from("a=&%ff+;"), max_size=50).map(str.encode),
    signed=st.text(max_size=40),
    settings=st.text(max_size=40) | st.just("algorithm=HMAC_SHA256"),
)
def test_no_stranger_can_do_more_than_be_refused(url: str, kind: str, body: bytes, signed: str, settings: str) -> None:
    headers = {"content-type": kind, "x-twilio-signature": signed}
    stranger = base.Request(url, {**headers, "x-twilio-webhooks-signature-settings": settings}, body)

    async def knock() -> None:
        async with aiohttp.ClientSession() as session:
            twilio.Twilio("sms", ACCOUNT, TOKEN, "+1", session, PUBLIC).verify(stranger)

    with pytest.raises(base.Refused):
        asyncio.run(knock())


WHATSAPP = {
    "SmsMessageSid": "SM9",
    "MessageSid": "SM9",
    "AccountSid": ACCOUNT,
    "From": "whatsapp:+996700112233",
    "To": "whatsapp:+996555000111",
    "WaId": "996700112233",
    "ProfileName": "Айгүл",
    "Body": "Салам",
    "NumMedia": "0",
    "NumSegments": "1",
    "SmsStatus": "received",
    "MessageType": "text",
    "ChannelMetadata": '{"type":"whatsapp","data":{"context":{}}}',
}


URL = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"


def sent(mime: str, url: str = URL) -> dict[str, str]:
    return {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": mime}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"text": "Салам"}),
        ({"Body": "ашар s-priorities"}, {"text": "ашар s-priorities"}),
        (
            {"Body": "Ооба", "ButtonText": "Ооба", "ButtonPayload": "a1b2c3d4.7.1", "MessageType": "button"},
            {"text": "1", "tap": ("a1b2c3d4", 7)},
        ),
        (
            {"Body": "Жол", "ListId": "a1b2c3d4.12.3", "ListTitle": "Жол", "ListDescription": "оңдоо"},
            {"text": "3", "tap": ("a1b2c3d4", 12)},
        ),
        # A button of somebody else's template is what it says.
        ({"Body": "Yes", "ButtonText": "Yes", "ButtonPayload": "yes-please"}, {"text": "Yes"}),
        ({"Body": "", "NumMedia": "1", "MediaContentType0": "image/webp"}, {"kind": "media"}),
        ({"Body": "Биздин көпүрө", "NumMedia": "1"}, {"text": "Биздин көпүрө"}),
        (
            {"Body": "Каракол", "Latitude": "42.49", "Longitude": "78.39"},
            {"kind": "place", "text": "42.49 78.39 0 0"},
        ),
        ({"Body": "", "Latitude": "nan", "Longitude": "78.39"}, {"kind": "media", "text": ""}),
        (
            {"Body": "Биздин көпүрө", **sent("image/jpeg")},
            {"kind": "image", "text": "Биздин көпүрө", "media": base.Media("image", URL, "image/jpeg")},
        ),
        (
            {"Body": "", **sent("audio/ogg; codecs=opus")},
            {"kind": "audio", "text": "", "media": base.Media("audio", URL, "audio/ogg")},
        ),
        ({"Body": "", **sent("video/mp4")}, {"kind": "media", "text": ""}),
        ({"Body": "", **sent("image/jpeg", "http://169.254.1.1/")}, {"kind": "media", "text": ""}),
        ({"Body": "", **sent("image/jpeg", "file:///etc/passwd")}, {"kind": "media", "text": ""}),
        ({"Body": "", "MessageType": "contacts"}, {"kind": "media"}),
        ({"Body": "STOP", "OptOutType": "STOP"}, {"kind": "blocked", "text": "STOP"}),
        ({"Body": "START", "OptOutType": "START"}, {"kind": "unblocked", "text": "START"}),
        ({"Body": "HELP", "OptOutType": "HELP"}, {"text": "HELP"}),
        ({"From": "whatsapp:KG." + "x" * 128}, {"address": "KG." + "x" * 128, "text": "Салам"}),
        ({"ExternalUserIdentifier": "KG.1", "Referral": ""}, {"text": "Салам"}),
    ],
)
async def test_a_webhook_is_read_as_it_was_meant(
    channel: twilio.Twilio, changes: dict[str, str], expected: dict[str, Any]
) -> None:
    wanted = base.Inbound(**{"channel": "whatsapp", "key": "SM9", "address": NUMBER, **expected})
    assert channel.read(request({**WHATSAPP, **changes})) == [wanted]


@pytest.mark.parametrize(
    "changes",
    [
        {"MessageSid": ""},
        {"From": ""},
        {"From": "whatsapp:"},
        {"From": "whatsapp:" + "x" * 161},
        {"Body": "ө" * 50_000},
        {f"Field{n}": "" for n in range(300)},
    ],
)
async def test_a_webhook_that_lacks_or_exceeds_what_is_needed_is_malformed(
    channel: twilio.Twilio, changes: dict[str, str]
) -> None:
    with pytest.raises(base.Malformed):
        channel.read(request({**WHATSAPP, **changes}))


async def test_each_of_the_two_reads_only_its_own_people(channel: twilio.Twilio) -> None:
    sms = request(SMS_PARAMS)
    assert (twilio.door(sms), twilio.door(request(WHATSAPP))) == ("sms", "whatsapp")
    assert channel.read(sms) == []
    # Our own number is the sender of a status callback; nobody may be answered for it.
    assert channel.read(request({**WHATSAPP, "MessageStatus": "delivered"})) == []


async def test_a_picture_by_sms_is_asked_for_in_words() -> None:
    async with aiohttp.ClientSession() as session:
        sms = twilio.Twilio("sms", ACCOUNT, TOKEN, "+996555000111", session, PUBLIC)
        [silent] = sms.read(request({**SMS_PARAMS, "Body": "", **sent("image/jpeg")}))
        [said] = sms.read(request({**SMS_PARAMS, "Body": "Суу", **sent("image/jpeg")}))
    assert [(each.kind, each.media) for each in (silent, said)] == [("media", None), ("text", None)]


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("queued", "", None),
        ("sending", "", None),
        ("something new", "", None),
        ("sent", "", base.Receipt(base.Fate.SENT, "SM1", "sent")),
        ("delivered", "", base.Receipt(base.Fate.SENT, "SM1", "delivered")),
        ("read", "", base.Receipt(base.Fate.SENT, "SM1", "read")),
        ("failed", "63016", base.Receipt(base.Fate.FAILED, "SM1", "63016")),
        ("undelivered", "30003", base.Receipt(base.Fate.FAILED, "SM1", "30003")),
        ("undelivered", "30005", base.Receipt(base.Fate.GONE, "SM1", "30005")),
        ("failed", "63032", base.Receipt(base.Fate.GONE, "SM1", "63032")),
        ("failed", "21610", base.Receipt(base.Fate.GONE, "SM1", "21610")),
        ("failed", "63018", base.Receipt(base.Fate.LATER, "SM1", "63018", 60.0)),
        ("failed", "", base.Receipt(base.Fate.FAILED, "SM1", "failed")),
        ("failed", "²", base.Receipt(base.Fate.FAILED, "SM1", "failed")),
    ],
)
async def test_a_status_says_what_became_of_a_message(
    channel: twilio.Twilio, status: str, code: str, expected: base.Receipt | None
) -> None:
    found = channel.read_status(request({"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": code}))
    assert found == (base.Status("SM1", expected) if expected else None)


async def test_a_status_of_no_message_is_malformed(channel: twilio.Twilio) -> None:
    with pytest.raises(base.Malformed):
        channel.read_status(request({"MessageStatus": "sent"}))
