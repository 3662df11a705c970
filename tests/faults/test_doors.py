"""Strangers, broken software and malice at every door: no 5xx, no word of our inside, nothing unsigned taken."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.core import NotSet

from models import tables
from tests.faults import doors
from tests.standins import telegram_people

pytestmark = pytest.mark.timeout(300)

#: One app for all knocks, so that what one leaves behind is met by the next; more of them by night, in a search.
_asked_for = hypothesis.settings().max_examples
many = hypothesis.settings(
    max_examples=60 if _asked_for <= 100 else _asked_for, suppress_health_check=list(hypothesis.HealthCheck)
)


@pytest.fixture(scope="module")
def house(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[doors.Doors]:
    """The app with all its doors. Nothing may have failed behind them when all have knocked."""
    folder = tmp_path_factory.mktemp("doors")
    path = folder / "ashar.sqlite"
    path.write_bytes(migrated_sqlite.read_bytes())
    with doors.opening(f"sqlite+aiosqlite:///{path}", folder) as made:
        yield made
        assert made.aside() == []
        # They were not all turned away.
        assert made.kept() > 10


# -- what is odd ----------------------------------------------------------------------------------------------------

_NESTED = "[" * 5000 + "]" * 5000
_ODD: list[Any] = [
    None, True, -1, 0, 2**31, 2**63, 2**70, -(2**63), 1.5, float("inf"), float("nan"), "", "\x00", "\ud800", "\u202e",
    "a" * 5000, "😀" * 2000, "1e999", "'; DROP TABLE answer; --", "{{7*7}}", "%s%n", "../../etc/passwd", [], {}, [[]],
    {"id": {}}, [None], "0", "-", "/start " + "x" * 200, "/start\x00", "өчүр", "стоп", "1" * 400, "١٢٣", "\n\r\t",
]  # fmt: skip
odd = st.one_of(st.sampled_from(_ODD), st.integers(), st.floats(), st.text(max_size=60))
odd_text = st.one_of(st.sampled_from([each for each in _ODD if isinstance(each, str)]), st.text(max_size=80))


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in items:
        yield from _paths(each, (*at, name))


def _changed(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    """The same with something else in one place, or without that place where it is `...`."""
    if not at:
        return {} if new is ... else new
    first, rest = at[0], at[1:]
    if isinstance(value, list):
        return [_changed(each, rest, new) if place == first else each for place, each in enumerate(value)]
    if not rest and new is ...:
        return {name: each for name, each in value.items() if name != first}
    return {name: _changed(each, rest, new) if name == first else each for name, each in value.items()}


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[Any]) -> Any:
    """Something that was whole, with one to three of its parts odd or missing."""
    value = draw(whole)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.sampled_from(list(_paths(value))))
        value = _changed(value, at, draw(st.one_of(odd, st.just(...))))
    return value


# -- Telegram -------------------------------------------------------------------------------------------------------

_CHAT = {"id": 5005, "type": "private", "first_name": "Айгүл"}
_USER = {"id": 5005, "is_bot": False, "first_name": "Айгүл", "language_code": "ky"}


def _message(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"message_id": 7, "date": 1_790_000_000, "chat": _CHAT, "from": _USER, **content}


_MEMBER = {"user": {"id": 1, "is_bot": True, "first_name": "A"}}
_UPDATES: list[dict[str, Any]] = [
    *({"message": _message({"text": text})} for text in ("салам", "/start s-priorities", "/start a-suu", "1", "өчүр")),
    *({"message": _message(content)} for content in telegram_people.CONTENT.values()),
    {"edited_message": _message({"text": "2"})},
    {"my_chat_member": {
        "chat": _CHAT, "from": _USER, "date": 1_790_000_000,
        "old_chat_member": {**_MEMBER, "status": "member"},
        "new_chat_member": {**_MEMBER, "status": "kicked", "until_date": 0},
    }},
    *({"callback_query": {
        "id": "1", "from": _USER, "chat_instance": "1", "data": data, "message": _message({"text": "?"}),
    }} for data in ("abc|0|1", "-|0|menu", "x", "|||")),
]  # fmt: skip


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    """An update as Telegram sends it, under a number of its own, from one of a few people."""
    update: dict[str, Any] = {"update_id": draw(st.integers(1, 2**31)), **draw(st.sampled_from(_UPDATES))}
    person = draw(st.integers(1, 4))
    changed: dict[str, Any] = json.loads(json.dumps(update).replace("5005", str(5000 + person)))
    return changed


@many
@hypothesis.given(update=st.one_of(updates(), broken(updates())))
def test_whatever_telegram_may_send(house: doors.Doors, update: Any) -> None:
    answer = house.knock("POST", "/telegram", json.dumps(update).encode(), doors.TELEGRAM)
    assert answer.status_code in (200, 400)


@many
@hypothesis.given(body=st.one_of(st.binary(max_size=200), st.sampled_from([_NESTED.encode(), b'{"a":' * 5000])))
def test_what_is_no_update_is_refused(house: doors.Doors, body: bytes) -> None:
    before = house.kept()
    assert house.knock("POST", "/telegram", body, doors.TELEGRAM).status_code in (200, 400)
    assert house.kept() == before


@many
@hypothesis.given(update=updates(), secret=st.one_of(odd_text, st.sampled_from([doors.TELEGRAM_SECRET.upper(), None])))
def test_nothing_is_taken_without_telegrams_secret(house: doors.Doors, update: Any, secret: str | None) -> None:
    headers = doors.JSON | ({} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": _as_header(secret)})
    before = house.kept()
    assert house.knock("POST", "/telegram", json.dumps(update).encode(), headers).status_code == 403
    assert house.kept() == before


@pytest.mark.parametrize("path", ["/telegram", "/twilio", "/twilio/status"])
def test_what_is_too_large_is_not_even_read(house: doors.Doors, path: str) -> None:
    before = house.kept()
    for headers in (doors.TELEGRAM, doors.TELEGRAM | doors.FORM):
        assert house.knock("POST", path, b"a" * 70_000, headers).status_code == 413
    assert house.kept() == before


# -- Twilio ---------------------------------------------------------------------------------------------------------

_FORMS: list[dict[str, str]] = [
    {"From": sender, "To": "whatsapp:+996555000111", "Body": body, "NumMedia": "0", **more}
    for sender in ("whatsapp:+996555123456", "+996555123456", "whatsapp:KG.abc")
    for body in ("салам", "ashar s-priorities", "ashar a-suu", "1", "STOP")
    for more in (
        {},
        {"ListId": "abc|0|1", "ListTitle": "1"},
        {"ButtonPayload": "abc|0|1", "ButtonText": "1", "OriginalRepliedMessageSid": "MM1"},
        {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x", "MediaContentType0": "image/jpeg"},
        {"Latitude": "42.49", "Longitude": "78.39"},
    )
]
_STATUS = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "63016", "From": "+996555000111"}


@st.composite
def forms(draw: st.DrawFn, whole: list[dict[str, str]]) -> dict[str, str]:
    """A form as Twilio posts it, with up to two fields odd, missing or more."""
    form = {"MessageSid": "SM" + draw(st.text("0123456789abcdef", min_size=32, max_size=32))}
    form |= draw(st.sampled_from(whole))
    for name in draw(st.lists(st.sampled_from([*form, "NumMedia", "Odd"]), max_size=2)):
        value = draw(st.one_of(odd_text, st.none()))
        form = {key: each for key, each in form.items() if key != name}
        form |= {} if value is None else {name: value.encode("utf-8", "replace").decode()}
    return form


@many
@hypothesis.given(form=forms(_FORMS), path=st.just("/twilio"))
@hypothesis.example(form={}, path="/twilio")
def test_whatever_twilio_may_send(house: doors.Doors, form: dict[str, str], path: str) -> None:
    signed = doors.FORM | doors.signature(path, form)
    answer = house.knock("POST", path, urllib.parse.urlencode(form).encode(), signed)
    assert answer.status_code in (204, 400)


@many
@hypothesis.given(form=forms([_STATUS]))
def test_whatever_twilio_may_say_afterwards(house: doors.Doors, form: dict[str, str]) -> None:
    signed = doors.FORM | doors.signature("/twilio/status", form)
    answer = house.knock("POST", "/twilio/status", urllib.parse.urlencode(form).encode(), signed)
    assert answer.status_code in (204, 400)


@many
@hypothesis.given(
    form=forms([*_FORMS, _STATUS]),
    path=st.sampled_from(["/twilio", "/twilio/status"]),
    signed=st.one_of(odd_text, st.none()),
    settings=st.one_of(st.none(), st.sampled_from(["key=a,algorithm=HMAC_SHA256", "algorithm=none", "", "\x00"])),
    kind=st.sampled_from([doors.FORM, doors.JSON, {}, {"Content-Type": "multipart/form-data; boundary=x"}]),
)
def test_nothing_is_taken_without_twilios_signature(
    house: doors.Doors, form: dict[str, str], path: str, signed: str | None, settings: str | None, kind: dict[str, str]
) -> None:
    headers = dict(kind)
    headers |= {} if signed is None else {"X-Twilio-Signature": _as_header(signed)}
    headers |= {} if settings is None else {"X-Twilio-Webhooks-Signature-Settings": _as_header(settings)}
    before = house.kept()
    answer = house.knock("POST", path, urllib.parse.urlencode(form).encode(), headers)
    assert answer.status_code in (400, 403)
    assert house.kept() == before


def _as_header(text: str) -> str:
    """What a server can receive as a header: HTTP's parser refuses the rest before we hear of it."""
    return re.sub(r"[\x00-\x1f\x7f]", "", text).encode("utf-8", "replace").decode().strip()


# -- the web chat ---------------------------------------------------------------------------------------------------

_SECRETS = ["A" * 22, "B" * 22, "C" * 22]
_FIELDS = {
    "secret": st.sampled_from(_SECRETS),
    "key": st.text("abcdef", min_size=8, max_size=12),
    "tag": st.sampled_from(["-", "abc", "0a1b2c"]),
    "step": st.integers(0, 12).map(str),
    "say": st.sampled_from(["1", "2", "салам", "өчүр", "30", "1 2 3"]),
    "pick": st.sampled_from(["1", "2", "menu", "help", "code"]),
    "rank": st.sampled_from(["1", "2", "3"]),
    "start": st.sampled_from(["s-priorities", "a-suu", "x"]),
}


@st.composite
def posted(draw: st.DrawFn) -> list[tuple[str, str]]:
    """A form of the chat: fields in any number, some odd."""
    names = draw(st.lists(st.sampled_from(list(_FIELDS)), min_size=1, max_size=10))
    fields = [(name, draw(st.one_of(_FIELDS[name], _FIELDS[name], odd_text))) for name in ["secret", "key", *names]]
    return [(name, value.encode("utf-8", "replace").decode()) for name, value in fields]


_COOKIES = st.one_of(
    st.none(), st.sampled_from([f"ashar={secret}" for secret in _SECRETS]), odd_text.map(lambda text: f"ashar={text}")
)


@many
@hypothesis.given(fields=posted(), cookie=_COOKIES, whole=st.booleans())
def test_whatever_a_browser_may_post(
    house: doors.Doors, fields: list[tuple[str, str]], cookie: str | None, whole: bool
) -> None:
    headers = {} if cookie is None else {"Cookie": _as_header(cookie)}
    if whole:
        house.knock("POST", "/chat", urllib.parse.urlencode(fields).encode(), doors.FORM | headers)
    else:
        parts = [("file", ("a.jpg", dict(fields).get("say", "").encode(), "image/jpeg"))]
        house.knock("POST", "/chat", headers=headers, data=dict(fields), files=parts)
    house.knock("GET", "/chat", headers=headers)


@many
@hypothesis.given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(
        [doors.FORM, {"Content-Type": "multipart/form-data; boundary=x"}, {"Content-Type": "multipart/form-data"}, {}]
    ),
    path=st.sampled_from(["/chat", "/chat/calendar"]),
)
@hypothesis.example(body=b'--x\r\nContent-Disposition: form-data; name="file"; filename="\r\n', path="/chat", kind={})
def test_what_no_browser_posts(house: doors.Doors, body: bytes, kind: dict[str, str], path: str) -> None:
    before = house.kept()
    house.knock("POST", path, body, kind)
    assert house.kept() == before


# -- the API and the pages ------------------------------------------------------------------------------------------

_NAMES = st.one_of(st.sampled_from(["priorities", "suu", "pledge", "K7M2QP"]), odd_text)
_PAGES = [
    "/",
    "/privacy",
    "/results",
    "/docs",
    "/chat",
    "/openapi.json",
    "/campaigns/{name}",
    "/campaigns/{name}/share",
]
_PAGES += ["/campaigns/{name}/qr", "/campaigns/{name}/qr.svg", "/campaigns/{name}/qr.png"]
_PAGES += ["/attachment/{name}/{name}/{name}"]


_TOKENS = [{}, {"Authorization": f"Bearer {doors.EXPORT_TOKEN}"}, {"Authorization": "Bearer x"}, {"Authorization": "x"}]


#: An answer is one that the document tells of: its code, its type, its headers and what is in it.
_CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
_MODES = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


@hypothesis.settings(many, max_examples=3 * many.max_examples)
@hypothesis.given(data=st.data())
def test_whatever_the_api_may_be_asked(house: doors.Doors, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(house.operations))
    case = data.draw(operation.as_strategy(data.draw(_MODES)))
    token = data.draw(st.sampled_from(_TOKENS))
    said = b"" if isinstance(case.body, NotSet) else case.body
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = {**case.headers, **token, **(doors.JSON if body else {})}
    before = house.kept(tables.pledge_event)
    answer = house.knock(case.method, case.formatted_path, body, headers, params=case.query)
    if operation.definition.raw.get("security") and token != _TOKENS[1]:
        assert answer.status_code in (400, 401, 403, 404, 422)
    case.validate_response(answer, checks=_CHECKS)
    assert house.kept(tables.pledge_event) == before


@many
@hypothesis.given(
    page=st.sampled_from(_PAGES),
    name=_NAMES,
    verb=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "ODD"]),
    query=st.dictionaries(st.sampled_from(["lang", "start", "by", "language", "x", "size"]), odd_text, max_size=3),
    languages=odd_text,
)
def test_whatever_page_is_asked_for(
    house: doors.Doors, page: str, name: str, verb: str, query: dict[str, str], languages: str
) -> None:
    path = page.replace("{name}", urllib.parse.quote(_text(name), safe="") or "x")
    given = {key: _text(value) for key, value in query.items()}
    house.knock(verb, path, headers={"Accept-Language": _as_header(languages)}, params=given)


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text.encode("utf-8", "replace").decode()
