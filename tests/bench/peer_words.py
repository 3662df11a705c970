"""What a peer says: the survey's own file in the words of both languages, the same on every peer."""

from __future__ import annotations

import csv
import random
import re
from typing import Any

import yaml

from tests.bench import people

HELLO = (
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
RANK = {
    "ky": "Үч номерди жазыңыз, эң маанилүүсү биринчи. Мисалы: 3 1 7",
    "ru": "Напишите три номера, первым — самое важное. Например: 3 1 7",
}
BYE = {"ky": "Токтоттук.", "ru": "Остановились."}


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


def consent(language: str) -> tuple[str, list[tuple[str, str]]]:
    """Who asks, what is kept, and the two buttons."""
    text = _CONSENT[language].format(holder=SETTINGS["ashar::holder"][language], term=SETTINGS["ashar::term"][language])
    yes, no = _AGREE[language]
    return f"{SETTINGS['form_title'][language]}\n{text}", [(yes, "yes"), (no, "no")]


def question(memory: dict[str, Any], name: str, said: str = "") -> tuple[str, list[tuple[str, str]]]:
    """The question with a button for each of its choices; `memory` is what is remembered of the person."""
    language = memory["language"]
    row = QUESTIONS[name]
    text = row["label"][language]
    if "hint" in row:
        text += "\n" + row["hint"][language]
    buttons = []
    if name == "oblast":
        buttons = [(place[f"label::{language}"], place["name"]) for place in CHOICES["places"] if place["level"] == "1"]
    elif name == "raion":
        inside = [place for place in PLACES.values() if place["parent"] == memory["oblast"]]
        buttons = [(place[f"label::{language}"], place["name"]) for place in inside]
    elif name in ("family", "community"):
        if f"{name} order" not in memory:
            memory[f"{name} order"] = [choice["name"] for choice in random.sample(CHOICES[name], len(CHOICES[name]))]
        choices = {choice["name"]: choice for choice in CHOICES[name]}
        for number, drawn in enumerate(memory[f"{name} order"], start=1):
            text += (
                f"\n{number}. {choices[drawn]['label'][language]} ({choices[drawn]['ashar::description'][language]})"
            )
        text += "\n" + RANK[language]
    elif row["type"].startswith("select_one"):
        buttons = [(choice["label"][language], choice["name"]) for choice in CHOICES[row["type"].split()[1]]]
    return f"{said}\n{text}" if said else text, buttons


def refused(language: str, name: str) -> str:
    """What the author says to an answer that cannot be."""
    said: str = QUESTIONS[name]["constraint_message"][language]
    return said


def ranked(memory: dict[str, Any], name: str, text: str) -> str:
    """Three of the options, typed as their numbers, as they are kept; "" if they are no such three."""
    numbers = [int(number) for number in re.findall(r"\d", text)]
    order = memory[f"{name} order"]
    if len(numbers) != 3 or len(set(numbers)) != 3 or not all(1 <= number <= len(order) for number in numbers):
        return ""
    return " ".join(order[number - 1] for number in numbers)
