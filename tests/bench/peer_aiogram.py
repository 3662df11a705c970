"""The other peer: the same survey as an aiogram finite state machine, as the library's examples would have it.

Started as a program, with the packages of `peers.lock`: python -m tests.bench.peer_aiogram <port> <Bot API> <database>
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from tests.bench import peer_store, peer_words, stub

STORE: peer_store.Store
router = Router()


class Survey(StatesGroup):
    """Where a person stands."""

    language = State()
    consent = State()
    oblast = State()
    raion = State()
    village = State()
    sex = State()
    age = State()
    parent = State()
    where = State()
    family = State()
    community = State()
    proposal = State()
    hear = State()


# -- asking -----------------------------------------------------------------------------------------------------


async def show(event: Message | CallbackQuery, text: str, buttons: list[tuple[str, str]]) -> None:
    """A tap edits its message, words get a new one."""
    rows = [[InlineKeyboardButton(text=label, callback_data=data)] for label, data in buttons]
    markup = InlineKeyboardMarkup(inline_keyboard=rows) if rows else None
    if isinstance(event, CallbackQuery):
        await event.answer()
        if isinstance(event.message, Message):
            await event.message.edit_text(text, reply_markup=markup)
    else:
        await event.answer(text, reply_markup=markup)


async def ask(event: Message | CallbackQuery, state: FSMContext, name: str, said: str = "") -> None:
    """The next question."""
    memory = await state.get_data()
    text, buttons = peer_words.question(memory, name, said)
    # The order that was drawn is remembered.
    await state.set_data(memory)
    await state.set_state(getattr(Survey, name))
    await show(event, text, buttons)


async def keep(state: FSMContext, name: str, value: str) -> None:
    """An answer, durable when this returns."""
    memory = await state.update_data({name: value})
    STORE.answer(memory["id"], name, value)


async def stop(event: Message | CallbackQuery, state: FSMContext) -> None:
    """Nothing more is asked."""
    language = (await state.get_data()).get("language", "ky")
    await state.clear()
    await show(event, peer_words.BYE[language], [])


# -- the conversation -------------------------------------------------------------------------------------------


@router.message(CommandStart())
async def start(message: Message, state: FSMContext) -> None:
    """Which language."""
    await state.clear()
    await state.set_state(Survey.language)
    await show(message, peer_words.HELLO, [("Кыргызча", "ky"), ("Русский", "ru")])


@router.callback_query(Survey.language, F.data.in_({"ky", "ru"}))
async def language(tap: CallbackQuery, state: FSMContext) -> None:
    """Chosen; consent is asked for."""
    await state.update_data(language=tap.data)
    await state.set_state(Survey.consent)
    await show(tap, *peer_words.consent(str(tap.data)))


@router.callback_query(Survey.consent, F.data.in_({"yes", "no"}))
async def consent(tap: CallbackQuery, state: FSMContext) -> None:
    """Given or not."""
    if tap.data == "no":
        return await stop(tap, state)
    language = (await state.get_data())["language"]
    await state.update_data(id=STORE.join(tap.from_user.id, language))
    return await ask(tap, state, "oblast")


@router.callback_query(Survey.oblast, F.data.startswith("KG"))
async def oblast(tap: CallbackQuery, state: FSMContext) -> None:
    """Where they live."""
    await keep(state, "oblast", str(tap.data))
    await ask(tap, state, "sex" if tap.data in ("KG11000000000", "KG21000000000") else "raion")


@router.callback_query(Survey.raion, F.data.startswith("KG"))
async def raion(tap: CallbackQuery, state: FSMContext) -> None:
    """Where there."""
    await keep(state, "raion", str(tap.data))
    await ask(tap, state, "village" if str(tap.data).endswith("000") else "sex")


@router.message(Survey.village, F.text)
async def village(message: Message, state: FSMContext) -> None:
    """In their own words."""
    await _words(message, state, "village", "sex", good=len(message.text or "") <= 80)


@router.callback_query(Survey.sex, F.data.in_({"woman", "man"}))
async def sex(tap: CallbackQuery, state: FSMContext) -> None:
    """Of the two."""
    await keep(state, "sex", str(tap.data))
    await ask(tap, state, "age")


@router.message(Survey.age, F.text)
async def age(message: Message, state: FSMContext) -> None:
    """A number."""
    text = (message.text or "").strip()
    good = text.isdecimal() and 14 <= int(text) <= 120
    await _words(message, state, "age", "parent" if good and int(text) < 18 else "where", good=good)


@router.callback_query(Survey.parent, F.data.in_({"yes", "no"}))
async def parent(tap: CallbackQuery, state: FSMContext) -> None:
    """A parent's word."""
    await keep(state, "parent", str(tap.data))
    await (stop(tap, state) if tap.data == "no" else ask(tap, state, "where"))


@router.callback_query(Survey.where, F.data.in_({"home", "abroad"}))
async def where(tap: CallbackQuery, state: FSMContext) -> None:
    """At home or abroad."""
    await keep(state, "where", str(tap.data))
    await ask(tap, state, "family")


@router.message(Survey.family, F.text)
async def family(message: Message, state: FSMContext) -> None:
    """Three of eight."""
    await _ranked(message, state, "family", "community")


@router.message(Survey.community, F.text)
async def community(message: Message, state: FSMContext) -> None:
    """Three of eight."""
    await _ranked(message, state, "community", "proposal")


@router.message(Survey.proposal, F.text)
async def proposal(message: Message, state: FSMContext) -> None:
    """In their own words."""
    await _words(message, state, "proposal", "hear", good=True)


@router.callback_query(Survey.hear, F.data.in_({"yes", "no"}))
async def hear(tap: CallbackQuery, state: FSMContext) -> None:
    """The last one."""
    await keep(state, "hear", str(tap.data))
    memory = await state.get_data()
    STORE.finish(memory["id"])
    await state.clear()
    await show(tap, peer_words.SETTINGS["ashar::thanks"][memory["language"]], [])


async def _words(message: Message, state: FSMContext, name: str, then: str, *, good: bool) -> None:
    if not good:
        language = (await state.get_data())["language"]
        return await ask(message, state, name, peer_words.refused(language, name))
    await keep(state, name, message.text or "")
    return await ask(message, state, then)


async def _ranked(message: Message, state: FSMContext, name: str, then: str) -> None:
    memory = await state.get_data()
    kept = peer_words.ranked(memory, name, message.text or "")
    if not kept:
        return await ask(message, state, name, peer_words.RANK[memory["language"]])
    await keep(state, name, kept)
    return await ask(message, state, then)


# -- serving, after the library's own webhook example -----------------------------------------------------------


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response()


async def main(port: int, api: str, database: str) -> None:
    """Serve until stopped."""
    global STORE
    STORE = peer_store.Store(database)
    bot = Bot(stub.TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    dispatcher: Any = Dispatcher(storage=MemoryStorage())
    dispatcher.include_router(router)
    app = web.Application()
    app.router.add_get("/health", _healthy)
    SimpleRequestHandler(dispatcher=dispatcher, bot=bot).register(app, path="/telegram")
    setup_application(app, dispatcher, bot=bot)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
