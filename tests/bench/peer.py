"""The peer: the same survey as a python-telegram-bot ConversationHandler, as the library's examples would have it.

Started as a program: python -m tests.bench.peer <port> <address of the Bot API> <database file>
"""

from __future__ import annotations

import asyncio
import csv
import random
import re
import sys
import warnings
from typing import Any

import starlette.applications
import starlette.requests
import starlette.responses
import starlette.routing
import uvicorn
import yaml
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

from tests.bench import peer_store, people, stub

Context = ContextTypes.DEFAULT_TYPE
(LANGUAGE, CONSENT, OBLAST, RAION, VILLAGE, SEX, AGE, PARENT, WHERE, FAMILY, COMMUNITY, PROPOSAL, HEAR) = range(13)

_HELLO = (
    "Саламатсызбы! Айылыңызга же шаарыңызга эмне керек экенин сурайбыз.\n"
    "Здравствуйте! Спрашиваем, что нужно вашему селу или городу.\n"
    "Кайсы тил ыңгайлуу?\nКакой язык удобнее?"
)
_CONSENT = {
    "ky": "Сурамжылоону {holder} элге эмне керек экенин билүү үчүн жүргүзөт. Жашыңыз, жынысыңыз, жашаган жериңиз, "
    "жоопторуңуз сакталат. Мөөнөтү: {term}. Билдирүүлөр чет өлкөдөгү серверлерден (Telegram) өтөт. Жыйынтыкта "
    "атыңыз болбойт. Өз эркиңиз. Макулсузбу?",
    "ru": "Опрос проводит {holder}, чтобы узнать, что нужно жителям. Храним возраст, пол, место жительства и ответы. "
    "Срок: {term}. Сообщения идут через серверы за границей (Telegram). Итоги — без имён. Участие добровольное. "
    "Согласны?",
}
_AGREE = {"ky": ("Макулмун", "Макул эмесмин"), "ru": ("Согласен", "Не согласен")}
_RANK = {
    "ky": "Үч номерди жазыңыз, эң маанилүүсү биринчи. Мисалы: 3 1 7",
    "ru": "Напишите три номера, первым — самое важное. Например: 3 1 7",
}
_BYE = {"ky": "Токтоттук.", "ru": "Остановились."}


def _words() -> tuple[Any, Any, Any, dict[str, Any]]:
    """The same words: the survey's own file, read once."""
    sheets = yaml.safe_load(people.FLOW.read_text(encoding="utf-8"))
    choices: dict[str, list[Any]] = {}
    for row in sheets["choices"]:
        choices.setdefault(row["list_name"], []).append(row)
    with people.FLOW.with_name("places.csv").open(encoding="utf-8", newline="") as file:
        choices["places"] = list(csv.DictReader(file))
    questions = {row["name"]: row for row in sheets["survey"]}
    return sheets["settings"][0], questions, choices, {place["name"]: place for place in choices["places"]}


SETTINGS, QUESTIONS, CHOICES, PLACES = _words()
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
    language = memory(context)["language"]
    question = QUESTIONS[name]
    text = question["label"][language]
    if "hint" in question:
        text += "\n" + question["hint"][language]
    buttons = []
    if name == "oblast":
        buttons = [(place[f"label::{language}"], place["name"]) for place in CHOICES["places"] if place["level"] == "1"]
    elif name == "raion":
        oblast = memory(context)["oblast"]
        inside = [place for place in PLACES.values() if place["parent"] == oblast]
        buttons = [(place[f"label::{language}"], place["name"]) for place in inside]
    elif name in ("family", "community"):
        order = memory(context).setdefault(f"{name} order", random.sample(CHOICES[name], len(CHOICES[name])))
        for number, choice in enumerate(order, start=1):
            text += f"\n{number}. {choice['label'][language]} ({choice['ashar::description'][language]})"
        text += "\n" + _RANK[language]
    elif question["type"].startswith("select_one"):
        choices = CHOICES[question["type"].split()[1]]
        buttons = [(choice["label"][language], choice["name"]) for choice in choices]
    await show(update, f"{said}\n{text}" if said else text, buttons)


def keep(context: Context, name: str, value: str) -> None:
    """An answer, durable when this returns."""
    memory(context)[name] = value
    STORE.answer(memory(context)["id"], name, value)


# -- the conversation -------------------------------------------------------------------------------------------


async def start(update: Update, context: Context) -> int:
    await show(update, _HELLO, [("Кыргызча", "ky"), ("Русский", "ru")])
    return LANGUAGE


async def language(update: Update, context: Context) -> int:
    chosen = memory(context)["language"] = tapped(update)
    text = _CONSENT[chosen].format(holder=SETTINGS["ashar::holder"][chosen], term=SETTINGS["ashar::term"][chosen])
    yes, no = _AGREE[chosen]
    await show(update, f"{SETTINGS['form_title'][chosen]}\n{text}", [(yes, "yes"), (no, "no")])
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
        await ask(update, context, "family", _RANK[memory(context)["language"]])
        return FAMILY
    await ask(update, context, "community")
    return COMMUNITY


async def community(update: Update, context: Context) -> int:
    if not _ranked(update, context, "community"):
        await ask(update, context, "community", _RANK[memory(context)["language"]])
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
    await show(update, SETTINGS["ashar::thanks"][memory(context)["language"]], [])
    memory(context).clear()
    return ConversationHandler.END


async def stop(update: Update, context: Context) -> int:
    await show(update, _BYE[memory(context).get("language", "ky")], [])
    memory(context).clear()
    return ConversationHandler.END


def _constraint(context: Context, name: str) -> str:
    said: str = QUESTIONS[name]["constraint_message"][memory(context)["language"]]
    return said


def _ranked(update: Update, context: Context, name: str) -> bool:
    """Keep three of the options, typed as their numbers; False if they are no such three."""
    numbers = [int(number) for number in re.findall(r"\d", typed(update))]
    order = memory(context)[f"{name} order"]
    if len(numbers) != 3 or len(set(numbers)) != 3 or not all(1 <= number <= len(order) for number in numbers):
        return False
    keep(context, name, " ".join(order[number - 1]["name"] for number in numbers))
    return True


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
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    async with application:
        await application.start()
        await server.serve()
        await application.stop()


if __name__ == "__main__":
    # That taps are told apart by their chat alone is what is wanted here.
    warnings.simplefilter("ignore", PTBUserWarning)
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
