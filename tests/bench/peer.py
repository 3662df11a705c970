"""The peer: the same survey as a python-telegram-bot ConversationHandler, as the library's examples would have it.

Started as a program: python -m tests.bench.peer <port> <address of the Bot API> <database file>
"""

from __future__ import annotations

import asyncio
import sys
import warnings
from typing import Any

import starlette.applications
import starlette.requests
import starlette.responses
import starlette.routing
import uvicorn
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)
from telegram.warnings import PTBUserWarning

from tests.bench import peer_store, peer_words, stub

Context = ContextTypes.DEFAULT_TYPE
(LANGUAGE, CONSENT, OBLAST, RAION, VILLAGE, SEX, AGE, PARENT, WHERE, FAMILY, COMMUNITY, PROPOSAL, HEAR) = range(13)

STORE: peer_store.Store


# -- what the library may leave out ------------------------------------------------------------------------------


def memory(context: Context) -> dict[Any, Any]:
    """What is remembered of the person who writes."""
    assert context.user_data is not None
    return context.user_data


def tapped(update: Update) -> str:
    """What the button carries."""
    assert update.callback_query
    assert isinstance(update.callback_query.data, str)
    return update.callback_query.data


def typed(update: Update) -> str:
    """What was written."""
    assert update.message
    assert update.message.text
    return update.message.text


# -- asking -----------------------------------------------------------------------------------------------------


async def show(update: Update, text: str, buttons: list[tuple[str, str]]) -> None:
    """A tap edits its message, words get a new one."""
    rows = [[InlineKeyboardButton(label, callback_data=data)] for label, data in buttons]
    markup = InlineKeyboardMarkup(rows) if rows else None
    if update.callback_query:
        await update.callback_query.answer()
        await update.callback_query.edit_message_text(text, reply_markup=markup)
    elif update.message:
        await update.message.reply_text(text, reply_markup=markup)


async def ask(update: Update, context: Context, name: str, said: str = "") -> None:
    """The question with a button for each of its choices."""
    await show(update, *peer_words.question(memory(context), name, said))


def keep(context: Context, name: str, value: str) -> None:
    """An answer, durable when this returns."""
    memory(context)[name] = value
    STORE.answer(memory(context)["id"], name, value)


# -- the conversation -------------------------------------------------------------------------------------------


async def start(update: Update, context: Context) -> int:
    await show(update, peer_words.HELLO, [("Кыргызча", "ky"), ("Русский", "ru")])
    return LANGUAGE


async def language(update: Update, context: Context) -> int:
    memory(context)["language"] = tapped(update)
    await show(update, *peer_words.consent(tapped(update)))
    return CONSENT


async def consent(update: Update, context: Context) -> int:
    if tapped(update) == "no":
        return await stop(update, context)
    assert update.effective_chat
    memory(context)["id"] = STORE.join(update.effective_chat.id, memory(context)["language"])
    await ask(update, context, "oblast")
    return OBLAST


async def oblast(update: Update, context: Context) -> int:
    keep(context, "oblast", tapped(update))
    if tapped(update) in ("KG11000000000", "KG21000000000"):
        await ask(update, context, "sex")
        return SEX
    await ask(update, context, "raion")
    return RAION


async def raion(update: Update, context: Context) -> int:
    keep(context, "raion", tapped(update))
    if tapped(update).endswith("000"):
        await ask(update, context, "village")
        return VILLAGE
    await ask(update, context, "sex")
    return SEX


async def village(update: Update, context: Context) -> int:
    if len(typed(update)) > 80:
        await ask(update, context, "village", _constraint(context, "village"))
        return VILLAGE
    keep(context, "village", typed(update))
    await ask(update, context, "sex")
    return SEX


async def sex(update: Update, context: Context) -> int:
    keep(context, "sex", tapped(update))
    await ask(update, context, "age")
    return AGE


async def age(update: Update, context: Context) -> int:
    text = typed(update).strip()
    if not text.isdecimal() or not 14 <= int(text) <= 120:
        await ask(update, context, "age", _constraint(context, "age"))
        return AGE
    keep(context, "age", text)
    if int(text) < 18:
        await ask(update, context, "parent")
        return PARENT
    await ask(update, context, "where")
    return WHERE


async def parent(update: Update, context: Context) -> int:
    keep(context, "parent", tapped(update))
    if tapped(update) == "no":
        return await stop(update, context)
    await ask(update, context, "where")
    return WHERE


async def where(update: Update, context: Context) -> int:
    keep(context, "where", tapped(update))
    await ask(update, context, "family")
    return FAMILY


async def family(update: Update, context: Context) -> int:
    if not _ranked(update, context, "family"):
        await ask(update, context, "family", peer_words.RANK[memory(context)["language"]])
        return FAMILY
    await ask(update, context, "community")
    return COMMUNITY


async def community(update: Update, context: Context) -> int:
    if not _ranked(update, context, "community"):
        await ask(update, context, "community", peer_words.RANK[memory(context)["language"]])
        return COMMUNITY
    await ask(update, context, "proposal")
    return PROPOSAL


async def proposal(update: Update, context: Context) -> int:
    keep(context, "proposal", typed(update))
    await ask(update, context, "hear")
    return HEAR


async def hear(update: Update, context: Context) -> int:
    keep(context, "hear", tapped(update))
    STORE.finish(memory(context)["id"])
    await show(update, peer_words.SETTINGS["ashar::thanks"][memory(context)["language"]], [])
    memory(context).clear()
    return ConversationHandler.END


async def stop(update: Update, context: Context) -> int:
    await show(update, peer_words.BYE[memory(context).get("language", "ky")], [])
    memory(context).clear()
    return ConversationHandler.END


def _constraint(context: Context, name: str) -> str:
    return peer_words.refused(memory(context)["language"], name)


def _ranked(update: Update, context: Context, name: str) -> bool:
    """Keep three of the options, typed as their numbers; False if they are no such three."""
    if kept := peer_words.ranked(memory(context), name, typed(update)):
        keep(context, name, kept)
    return bool(kept)


def conversation() -> ConversationHandler[Context]:
    """The questions in their order."""
    words = filters.TEXT & ~filters.COMMAND
    return ConversationHandler(
        entry_points=[CommandHandler("start", start)],
        states={
            LANGUAGE: [CallbackQueryHandler(language, pattern="^(ky|ru)$")],
            CONSENT: [CallbackQueryHandler(consent, pattern="^(yes|no)$")],
            OBLAST: [CallbackQueryHandler(oblast, pattern="^KG")],
            RAION: [CallbackQueryHandler(raion, pattern="^KG")],
            VILLAGE: [MessageHandler(words, village)],
            SEX: [CallbackQueryHandler(sex, pattern="^(woman|man)$")],
            AGE: [MessageHandler(words, age)],
            PARENT: [CallbackQueryHandler(parent, pattern="^(yes|no)$")],
            WHERE: [CallbackQueryHandler(where, pattern="^(home|abroad)$")],
            FAMILY: [MessageHandler(words, family)],
            COMMUNITY: [MessageHandler(words, community)],
            PROPOSAL: [MessageHandler(words, proposal)],
            HEAR: [CallbackQueryHandler(hear, pattern="^(yes|no)$")],
        },
        fallbacks=[CommandHandler("stop", stop)],
    )


# -- serving, after the library's customwebhookbot --------------------------------------------------------------


async def main(port: int, api: str, database: str) -> None:
    """Serve until stopped."""
    global STORE
    STORE = peer_store.Store(database)
    application = Application.builder().token(stub.TOKEN).base_url(f"{api}/bot").updater(None).build()
    application.add_handler(conversation())

    async def telegram(request: starlette.requests.Request) -> starlette.responses.Response:
        update = Update.de_json(data=await request.json(), bot=application.bot)
        await application.update_queue.put(update)
        return starlette.responses.Response()

    app = starlette.applications.Starlette(routes=[starlette.routing.Route("/telegram", telegram, methods=["POST"])])
    # With a Bot API far away a person waits longer than uvicorn keeps a silent connection.
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_keep_alive=120)
    server = uvicorn.Server(config)
    async with application:
        await application.start()
        await server.serve()
        await application.stop()


if __name__ == "__main__":
    # That taps are told apart by their chat alone is what is wanted here.
    warnings.simplefilter("ignore", PTBUserWarning)
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
