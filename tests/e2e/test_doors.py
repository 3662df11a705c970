"""Whatever stands at a door: strangers are refused and leave nothing behind, nonsense is answered, nothing breaks."""

from __future__ import annotations

import json
import logging
import urllib.parse
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import hypothesis
import pytest
from hypothesis import strategies as st

from bot.channels import web
from tests.e2e import running

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOORS = ("/telegram", "/twilio", "/twilio/status", "/chat")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LONGEST = 65_536

SENDER: dict[str, Any] = {"id": 66, "is_bot": False, "first_name": "Айгүл"}
SAID: dict[str, Any] = {
    "message_id": 1,
    "date": 1_763_000_000,
    "chat": {"id": 66, "type": "private"},
    "from": SENDER,
    "text": "салам",
}
UPDATE = {"update_id": 1, "message": SAID}
MESSAGE = {"MessageSid": "SM1", "From": "+996555000066", "To": "+996555000111", "Body": "салам"}
STATUS = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "30003"}


@pytest.fixture(autouse=True)
def nothing_breaks(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No error and no traceback in the log, whatever the answer was."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def secret(app: running.App) -> dict[str, str]:
    """The header by which Telegram is known."""
    return {"X-Telegram-Bot-Api-Secret-Token": app.telegram.bot().updates.secret}


def signed(app: running.App, door: str, params: dict[str, str]) -> dict[str, str]:
    """The headers by which Twilio is known."""
    return app.twilio.signed(running.PUBLIC + door, params)


def chat_form(**fields: str) -> str:
    """A form as one of our pages sends it."""
    return urllib.parse.urlencode({"secret": web.new_secret(), "key": web.new_key(), "tag": "-", "step": "0", **fields})


# -- strangers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}], ids=["none", "wrong"])
async def test_who_does_not_know_telegrams_secret_leaves_nothing(shared: running.App, headers: dict[str, str]) -> None:
    before = await shared.count()
    answer = await shared.http.post("/telegram", json=UPDATE, headers=headers)
    assert answer.status_code == 403
    assert await shared.count() == before


@pytest.mark.parametrize("door", ["/twilio", "/twilio/status"])
@pytest.mark.parametrize("spoiled", ["none", "guessed", "other body", "other address", "other key"])
async def test_what_twilio_has_not_signed_leaves_nothing(shared: running.App, door: str, spoiled: str) -> None:
    before = await shared.count()
    params = MESSAGE if door == "/twilio" else STATUS
    match spoiled:
        case "none":
            headers = dict(FORM)
        case "guessed":
            headers = {**FORM, "X-Twilio-Signature": "c2FsYW0="}
        case "other body":
            headers = signed(shared, door, {**params, "Body": "other"})
        case "other address":
            headers = shared.twilio.signed("https://elsewhere.example" + door, params)
        case _:
            token, shared.twilio.token = shared.twilio.token, "other-token"
            headers = signed(shared, door, params)
            shared.twilio.token = token
    answer = await shared.http.post(door, content=urllib.parse.urlencode(params), headers=headers)
    assert answer.status_code == 403
    assert await shared.count() == before


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_form_on_another_site_leaves_nothing(shared: running.App, headers: dict[str, str]) -> None:
    before = await shared.count()
    answer = await shared.http.post("/chat", content=chat_form(pick="Русский"), headers={**FORM, **headers})
    assert answer.status_code == 403
    assert await shared.count() == before


async def test_the_export_is_for_its_token_alone(shared: running.App) -> None:
    for given, status in (("", 401), ("Bearer wrong", 403), ("Basic abc", 401), ("Bearer ключ", 403)):
        headers = [(b"Authorization", given.encode())] if given else []
        answer = await shared.http.get("/api/exports/priorities.csv", headers=headers)
        assert answer.status_code == status, given
        assert running.EXPORT_TOKEN not in answer.text


# -- nonsense -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b"{}", b'{"update_id": "1"}', b"\xff\xfe", b"[" * 60_000])
async def test_what_is_no_update_is_malformed(shared: running.App, body: bytes) -> None:
    before = await shared.count()
    assert (await shared.http.post("/telegram", content=body, headers=secret(shared))).status_code == 400
    assert await shared.count() == before


@pytest.mark.parametrize("door", ["/twilio", "/twilio/status"])
async def test_what_is_no_message_of_twilios_is_malformed(shared: running.App, door: str) -> None:
    before = await shared.count()
    params = {"Body": "салам"}
    headers = signed(shared, door, params)
    answer = await shared.http.post(door, content=urllib.parse.urlencode(params), headers=headers)
    assert answer.status_code == 400
    assert await shared.count() == before


@pytest.mark.parametrize(
    "body",
    [
        "",
        "say=салам",
        chat_form(secret="short"),
        chat_form(key="?"),
        chat_form(step="-1"),
        chat_form(step="1e9"),
        chat_form(tag="<b>"),
        chat_form(start="../"),
        "&".join(f"say={n}" for n in range(50)),
    ],
    # The forms hold fresh secrets, which no two processes of the tests would call alike.
    ids=["empty", "bare", "secret", "key", "step", "large step", "tag", "start", "many"],
)
async def test_what_is_no_form_of_ours_is_malformed(shared: running.App, body: str) -> None:
    before = await shared.count()
    assert (await shared.http.post("/chat", content=body, headers=FORM)).status_code == 400
    assert await shared.count() == before


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in-pieces"])
@pytest.mark.parametrize("door", DOORS)
async def test_what_is_too_long_is_not_read(shared: running.App, door: str, announced: bool) -> None:
    before = await shared.count()
    body = b"a" * (LONGEST + 1)

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 8192):
            yield body[at : at + 8192]

    answer = await shared.http.post(
        door, content=body if announced else pieces(), headers={**FORM, **secret(shared), "Cookie": "ashar=x"}
    )
    assert answer.status_code == 413
    assert await shared.count() == before


# -- anything at all ------------------------------------------------------------------------------------------------

_checks = hypothesis.HealthCheck
fuzz = hypothesis.settings(max_examples=60, suppress_health_check=[_checks.function_scoped_fixture, _checks.too_slow])
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
#: What stands in Telegram's updates, with anything in its place.
names = st.sampled_from(
    ["message_id", "date", "chat", "from", "text", "data", "id", "type", "entities", "photo", "message", "sticker"]
)
messages = st.dictionaries(names, values, max_size=5) | text.map(lambda said: {**SAID, "text": said})
taps = st.dictionaries(names, values, max_size=5) | text.map(
    lambda data: {"id": "1", "chat_instance": "1", "from": SENDER, "data": data}
)
kinds: dict[str, st.SearchStrategy[Any]] = {
    "message": messages,
    "callback_query": taps,
    "my_chat_member": values,
    "edited_message": values,
}
number: dict[str, st.SearchStrategy[Any]] = {"update_id": st.integers(0, 2**40)}
updates = st.fixed_dictionaries(number, optional=kinds)
twilios = ("MessageSid", "From", "To", "Body", "NumMedia", "ButtonPayload", "ListId", "MessageStatus", "ErrorCode")
parameters = st.dictionaries(
    st.sampled_from((*twilios, "Latitude", "OptOutType")) | text.filter(bool),
    text | st.sampled_from(["whatsapp:+996555000077", "+996555000077", "failed", "STOP", "-.1.1", "63016"]),
    max_size=8,
)


def answered(answer: httpx.Response) -> None:
    """Something that is no fault of ours."""
    assert answer.status_code < 500, (answer.status_code, answer.text)
    assert "Traceback" not in answer.text


@fuzz
@hypothesis.given(door=st.sampled_from(DOORS), body=st.binary(max_size=400), known=st.booleans())
async def test_any_bytes_are_answered(shared: running.App, door: str, body: bytes, known: bool) -> None:
    headers = secret(shared) if known else {}
    for kind in ("application/x-www-form-urlencoded", "application/json"):
        answered(await shared.http.post(door, content=body, headers={**headers, "Content-Type": kind}))


@fuzz
@hypothesis.given(update=updates)
async def test_any_update_is_answered(shared: running.App, update: dict[str, Any]) -> None:
    body = json.dumps(update)
    answer = await shared.http.post("/telegram", content=body, headers=secret(shared))
    answered(answer)
    assert answer.status_code == 200, "refused, it would hold up this chat for a day"


@fuzz
@hypothesis.given(door=st.sampled_from(["/twilio", "/twilio/status"]), params=parameters)
async def test_any_parameters_are_answered(shared: running.App, door: str, params: dict[str, str]) -> None:
    body = urllib.parse.urlencode(params)
    answer = await shared.http.post(door, content=body, headers=signed(shared, door, params))
    answered(answer)
    assert answer.status_code != 403 or not body, "it was signed"


@fuzz
@hypothesis.given(
    fields=st.dictionaries(
        st.sampled_from(("say", "pick", "rank", "start", "tag", "step", "secret")), text, max_size=5
    ),
    cookie=st.sampled_from(["", "ashar=" + "a" * 22, "ashar=;;=", "=", 'ashar="\\303"']),
)
async def test_any_form_is_answered(shared: running.App, fields: dict[str, str], cookie: str) -> None:
    headers = {**FORM, "Cookie": cookie}
    answered(await shared.http.post("/chat", content=chat_form(**fields), headers=headers))
    answered(await shared.http.get("/chat", params=fields, headers={"Cookie": cookie}))


PAGES: list[Callable[[str], str]] = [
    lambda word: f"/chat?start={word}",
    lambda word: f"/api/forms/{word}/results",
    lambda word: f"/api/forms/priorities/results?by={word}",
    lambda word: f"/api/forms/priorities/results?apart={word}",
    lambda word: f"/api/campaigns/{word}",
    lambda word: f"/api/exports/{word}.csv?personal={word}",
    lambda word: f"/{word}",
]


@fuzz
@hypothesis.given(page=st.sampled_from(PAGES), word=text)
async def test_any_address_is_answered(shared: running.App, page: Callable[[str], str], word: str) -> None:
    token = {"Authorization": f"Bearer {running.EXPORT_TOKEN}"}
    answered(await shared.http.get(page(urllib.parse.quote(word, safe="")), headers=token))
