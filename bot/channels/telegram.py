"""Telegram: python-telegram-bot as codec and client, its HTTP over our own aiohttp session."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hmac
import json
import logging
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import aiohttp
import orjson
import telegram
import telegram.error
import telegram.request
import yarl

from bot.channels import base, downloading, plain, telegram_attaching, telegram_reading

_log = logging.getLogger(__name__)

#: What we ask Telegram for; edited messages are left out, an answer is changed by going back.
_ALLOWED = ("message", "callback_query", "my_chat_member")

#: Bytes that Telegram hands out to bots at the most.
LARGEST = 20_000_000
#: Seconds. Giving up early on a slow line costs a doubled message, so an answer is waited for a while.
_CONNECT, _READ = 5.0, 15.0
#: aiohttp's `connect` is the wait for a place in the pool and the handshake together.
_TIMEOUT = aiohttp.ClientTimeout(total=_CONNECT + _READ, connect=_CONNECT)
#: Seconds to wait where Telegram names no time itself.
_PAUSE, _BAD_TOKEN_PAUSE = 5.0, 60.0

_ROW = 5
#: Letters that buttons of one row can show on a narrow phone before Telegram cuts them off.
_ROW_LETTERS = 30
_NO_PREVIEW = {"link_preview_options": '{"is_disabled": true}'}

#: Language -> command -> description, kept by Telegram; "" is for languages that have none of their own.
_COMMANDS = {
    "ky": {"start": "Баштоо", "help": "Кантип жооп берем?", "language": "Тил: русский", "stop": "Токтотуу"},
    "ru": {"start": "Начать", "help": "Как ответить?", "language": "Язык: кыргызча", "stop": "Остановить"},
    "": {
        "start": "Баштоо / Начать",
        "help": "Кантип жооп берем? / Как ответить?",
        "language": "Тил / Язык",
        "stop": "Токтотуу / Остановить",
    },
}

_NO_SUCH = base.Receipt(base.Fate.FAILED, code="no such attachment")
_AS_JSON = {"Content-Type": "application/json"}
_UNSET = telegram.request.BaseRequest.DEFAULT_NONE


class _NotSent(telegram.error.NetworkError):
    """Surely not done, and worth another try after `wait` seconds; 0 where Telegram was not reached."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class _Plain(NamedTuple):
    """What is JSON already, in the place of the library's `RequestData` with an object for each value of it."""

    parameters: Mapping[str, Any]
    contains_files: bool = False


class _Http(telegram.request.BaseRequest):
    """The library's seam for HTTP: over aiohttp a send costs a seventh of what its own httpx client takes.

    Errors carry no more than the name of what went wrong: aiohttp's own texts hold the URL, and it the token.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @property
    def read_timeout(self) -> float:
        return _READ

    async def initialize(self) -> None:
        """Nothing to do: the session belongs to whoever made it."""

    async def shutdown(self) -> None:
        """Nothing to do, see `initialize`."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: telegram.request.RequestData | None = None,
        read_timeout: Any = _UNSET,
        write_timeout: Any = _UNSET,
        connect_timeout: Any = _UNSET,
        pool_timeout: Any = _UNSET,
    ) -> tuple[int, bytes]:
        given: Any = None
        if request_data and request_data.contains_files:
            given = telegram_attaching.filled(request_data)
        elif request_data:
            # The library's own client sends a form; escaping Cyrillic for that costs a tenth of a send. Of a form each
            # value is JSON once more, which a whole in JSON need not have.
            given = orjson.dumps(request_data.parameters)
        timeout = _TIMEOUT
        if isinstance(read_timeout, int | float):
            timeout = aiohttp.ClientTimeout(total=_CONNECT + read_timeout, connect=_CONNECT)
        try:
            async with self._session.request(
                method,
                url,
                data=given,
                headers=_AS_JSON if isinstance(given, bytes | None) else None,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                body = await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise _NotSent(type(error).__name__, 0.0) from None
        except TimeoutError:
            raise telegram.error.TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise telegram.error.NetworkError(type(error).__name__) from None
        if response.status == 429:
            # Not left to the library: it takes "retry after 0" for a network error, and RetryAfter warns.
            raise _NotSent("too many requests", _retry_after(body))
        if method == "POST" and response.content_type != "application/json":
            # A 403 page of some proxy on the way must not count as "this person has blocked us".
            raise telegram.error.NetworkError(f"an answer not of Telegram's, {response.status}")
        return response.status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the library's own, without writing people's words to the log when an answer is broken."""
        try:
            answer = orjson.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or (answer.get("ok") and "result" not in answer):
            raise telegram.error.NetworkError("an answer that cannot be read")
        if isinstance(result := answer.get("result"), dict):
            # Our own keyboard coming back: nobody looks at it, and decoding it is a quarter of a send.
            result.pop("reply_markup", None)
        return answer


def _retry_after(body: bytes) -> float:
    try:
        return max(1.0, float(orjson.loads(body)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return _PAUSE


class Telegram:
    """The Bot API as a channel. The session is the caller's to close."""

    name = "telegram"
    capabilities = base.Capabilities(text=4096, attachments=True)

    def __init__(
        self,
        token: str,
        secret: str,
        session: aiohttp.ClientSession,
        base_url: str = "https://api.telegram.org",
        public_url: str = "",
        largest: int = LARGEST,
        attachments: base.Attachments | None = None,
        pace: int = 30,
    ) -> None:
        self.capabilities = dataclasses.replace(self.capabilities, pace=base.Pace(pace, 5, 1.0) if pace else None)
        #: Until when Telegram wants to hear nothing for these chats.
        self._floods: dict[str, float] = {}
        #: Only Telegram knows it; told at the start.
        self.entrance = ""
        # At DEBUG the library writes the token, chat ids and texts into the log.
        logging.getLogger("telegram").setLevel(logging.WARNING)
        self._secret = secret
        self._webhook = f"{public_url.rstrip('/')}/telegram"
        #: True where updates are to be asked for: Telegram calls no webhook without https.
        self.polling = not public_url.startswith("https://")
        self._session = session
        self._files = f"{base_url}/file/bot{token}/"
        self._largest = min(largest, LARGEST)
        self._attachments, self._account = attachments, f"telegram:{token.partition(':')[0]}"
        self._methods, self._http = f"{base_url}/bot{token}/", _Http(session)
        self._bot = telegram.Bot(token, f"{base_url}/bot", request=self._http, get_updates_request=self._http)

    def verify(self, request: base.Request) -> None:
        """Raise `base.Refused` unless Telegram sent this, or where no secret is set."""
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not self._secret or not hmac.compare_digest(given.encode(errors="replace"), self._secret.encode()):
            raise base.Refused("wrong secret token")

    def read(self, request: base.Request) -> list[base.Inbound]:
        """The message in a webhook's body, if it concerns us; raise `base.Malformed` if it is no update."""
        try:
            update = _json(request.body)
        except (ValueError, RecursionError):
            raise base.Malformed("not JSON") from None
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            raise base.Malformed("not an update")
        inbound = telegram_reading.read(update, self._largest)
        return [inbound] if inbound else []

    async def send(self, address: str, outbound: base.Outbound) -> base.Receipt:
        """Edit the tapped message or send a new one, and meanwhile stop the spinner of the tap."""
        if not outbound.callback:
            return await self._show(address, outbound)
        receipt, _ = await asyncio.gather(self._show(address, outbound), self._acknowledge(outbound.callback))
        return receipt

    async def start(self) -> str:
        """Tell Telegram our commands and how to reach us; the bot's username. Raises `base.Unreachable`."""
        with _reaching():
            me = await self._bot.get_me()
            for language, commands in _COMMANDS.items():
                await self._bot.set_my_commands(list(commands.items()), language_code=language or None)
            if self.polling:
                await self._bot.delete_webhook()
            else:
                await self._bot.set_webhook(self._webhook, secret_token=self._secret, allowed_updates=_ALLOWED)
        self.entrance = f"https://t.me/{me.username}?start=" if me.username else ""
        return me.username or ""

    async def updates(self, offset: int, wait: int = 25) -> list[tuple[int, base.Inbound | None]]:
        """Updates as (id, what it holds or None where it does not concern us), after at most `wait` seconds.

        Asking with `offset` acknowledges all below it. Raises `base.Unreachable`.
        """
        asked = {"offset": offset, "timeout": wait, "allowed_updates": list(_ALLOWED)}
        with _reaching():
            # Not `get_updates`: that decodes all or nothing, so one odd update would come again forever,
            # and it logs them in full. With a capital G (all the same to Telegram) we get them as they came.
            batch = await self._bot.do_api_request("GetUpdates", asked, read_timeout=wait + _READ)
            updates = cast("list[dict[str, Any]]", batch)
            return [(update["update_id"], telegram_reading.read(update, self._largest)) for update in updates]

    async def fetch(self, reference: str, most: int) -> bytes:
        """A file by its id; see `base.Keeper`. Its address lives an hour only, so it is asked for anew each time."""
        try:
            found = await self._call("GetFile", file_id=reference)
            url = yarl.URL(self._files + urllib.parse.quote(found["file_path"]), encoded=True)
            size = int(found.get("file_size") or 0)
        except telegram.error.TelegramError as error:
            if "too big" in error.message.lower():
                raise base.Lost("too large") from None
            raise base.Unreachable(error.message[:60]) from None
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise base.Unreachable(type(error).__name__) from None
        return await downloading.whole(self._session, url, self._way, most, size)

    def _way(self, url: yarl.URL) -> tuple[yarl.URL, Mapping[str, str]]:
        if not str(url).startswith(self._files):
            raise base.Unreachable("led elsewhere")
        return url, {}

    async def _show(self, address: str, outbound: base.Outbound) -> base.Receipt:
        keyboard = _keyboard(outbound)
        text = plain.numbered(plain.beside_buttons(outbound))
        try:
            if outbound.attached:
                sent = await telegram_attaching.send(self._call, self._attachments, self._account, address, outbound)
                return base.Receipt(base.Fate.SENT, sent) if sent else _NO_SUCH
            if outbound.edits and await self._edit(address, outbound.edits, text, keyboard):
                return base.Receipt(base.Fate.SENT, outbound.edits)
            sent = await self._call("SendMessage", chat_id=address, text=text, **_NO_PREVIEW, **keyboard)
            return base.Receipt(base.Fate.SENT, str(sent["message_id"]))
        except telegram.error.TelegramError as error:
            receipt = self._held(address, _receipt(error))
            # Nobody misses the question because its picture may not have come: it is not waited for.
            lost = outbound.attached and receipt.fate is base.Fate.UNKNOWN
            return base.Receipt(base.Fate.FAILED, code=receipt.code) if lost else receipt
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            # Telegram said yes in a shape this version of the library does not know.
            return base.Receipt(base.Fate.UNKNOWN, code=type(error).__name__)

    def _held(self, address: str, receipt: base.Receipt) -> base.Receipt:
        """Telegram does not say whether a chat or the bot must wait: where two chats must at once, it is the bot."""
        if receipt.fate is base.Fate.LATER and receipt.retry_after:
            now = asyncio.get_running_loop().time()
            self._floods = {chat: until for chat, until in self._floods.items() if until > now}
            self._floods[address] = now + receipt.retry_after
            receipt = receipt._replace(whole_account=receipt.whole_account or len(self._floods) > 1)
        return receipt

    async def _call(self, method: str, **given: Any) -> Any:
        # The library's own methods turn each button into an object and back, and the answer into a Message that
        # nobody reads: four fifths of a send. With a capital first letter (all the same to Telegram) it lets us.
        try:
            if any(isinstance(value, telegram.InputFile) for value in given.values()):
                return await self._bot.do_api_request(method, given)
            # Only `_Http` looks into it.
            data = cast("telegram.request.RequestData", _Plain(given))
            return await self._http.post(self._methods + method, data)
        except telegram.error.InvalidToken:
            raise telegram.error.InvalidToken("Unauthorized") from None  # theirs blames the method as well

    async def _edit(self, address: str, message: str, text: str, keyboard: Mapping[str, Any]) -> bool:
        """False where that message cannot be edited any more."""
        try:
            place = {"chat_id": address, "message_id": int(message)}
            await self._call("EditMessageText", **place, text=text, **_NO_PREVIEW, **keyboard)
        except telegram.error.BadRequest as error:
            said = error.message.lower()
            if any(words in said for words in ("edit not found", "can't be edited", "message_id_invalid")):
                return False
            # "Not modified" is the answer to a repeated edit: the first one arrived.
            if "not modified" not in said:
                raise
        return True

    async def _acknowledge(self, callback: str) -> None:
        # Once and no more: an expired tap stays expired, and the message that answers it goes out anyway.
        with contextlib.suppress(telegram.error.TelegramError):
            await self._bot.answer_callback_query(callback)


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except telegram.error.TelegramError as error:
        raise base.Unreachable(error.message) from None
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        # Somebody said yes in another shape than Telegram does; asked again, it may be Telegram who answers.
        raise base.Unreachable(type(error).__name__) from None


def _receipt(error: telegram.error.TelegramError) -> base.Receipt:
    # A chat's id that Telegram quotes is kept nowhere in the open.
    fate, said = base.Fate, re.sub(r"\d{5,}", "…", error.message.lower())
    # The order matters: BadRequest and TimedOut are kinds of NetworkError.
    match error:
        case _NotSent():
            # Nobody answered at all, or the pool was full: so it is with everybody.
            return base.Receipt(fate.LATER, code=said, retry_after=error.wait, whole_account=not error.wait)
        case telegram.error.ChatMigrated():
            return base.Receipt(fate.LATER, code="migrated", moved_to=str(error.new_chat_id))
        case telegram.error.InvalidToken():
            return base.Receipt(fate.LATER, code=said, retry_after=_BAD_TOKEN_PAUSE, whole_account=True)
        case telegram.error.Forbidden():
            return base.Receipt(fate.GONE, code=said)
        case telegram.error.BadRequest():
            return base.Receipt(fate.GONE if "chat not found" in said else fate.FAILED, code=said)
        case _:
            # Also every 5xx: Telegram's front may give up on what its back has done.
            return base.Receipt(fate.UNKNOWN, code=said)


def _keyboard(outbound: base.Outbound) -> dict[str, Any]:
    """The parameter of a call that carries the buttons; empty where there are none."""
    options = outbound.options if plain.has_buttons(outbound) else ()
    labelled = plain.labelled(outbound)
    width = 1 if labelled or not options else -(-len(options) // -(-len(options) // _ROW))

    def button(label: str, chosen: base.Button) -> dict[str, str]:
        mark = f" ✓{chosen.picked}" if chosen.picked else ""
        data = base.payload(outbound.tag, outbound.step, chosen.sends)
        return {"text": f"{label}{mark}", "callback_data": data}

    keys = [button(option.label if labelled else option.sends, option) for option in options]
    rows = [keys[n : n + width] for n in range(0, len(keys), width)]
    row: list[dict[str, str]] = []
    for action in plain.pressed(outbound):
        if row and sum(len(key["text"]) for key in row) + len(action.label) > _ROW_LETTERS:
            rows.append(row)
            row = []
        row.append(button(action.label, action))
    if row:
        rows.append(row)
    # As JSON, for the library would look through every button for an object of its own.
    return {"reply_markup": orjson.dumps({"inline_keyboard": rows}).decode()} if rows else {}


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # Half of a character: broken software sends it, and Telegram would send it again for a day.
        return json.loads(body)
