"""The catalogs: fresh, complete, and written by the rules of the house's glossary."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from babel.messages import catalog as catalogs
from babel.messages import extract, pofile

from bot import wording
from bot.channels import composing
from bot.engine import form, messages, turning
from bot.engine.messages import phrase

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = form.LANGUAGES
PLURALS = {"ky": 2, "ru": 3}
#: As `make pot` extracts.
KEYWORDS: dict[str, tuple[int, ...] | None] = {"phrase": None, "phrases": (1, 2)}

#: What is never said to people, as beginnings of words.
FORBIDDEN = {
    "ky": ("карыз", "сараң", "милдеттүүсүз", "кечиктирдиңиз", "атсыз", "атыңызсыз", "капчык", "урук\\b", "казначы"),
    "ru": ("долг", "должн", "должен", "просроч", "цифр", "анонимн", "айыльн"),
}
#: Texts that are buttons somewhere: WhatsApp's have 20 characters.
BUTTONS = ("Yes", "No", "I agree", "I do not agree", "Back", "Skip", "Nothing")


def read(language: str) -> catalogs.Catalog:
    with (ROOT / "locales" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return pofile.read_po(file, locale=language)


CATALOGS = {language: read(language) for language in LANGUAGES}


def key(message: catalogs.Message) -> tuple[str, ...]:
    return tuple(map(str, message.id)) if isinstance(message.id, list | tuple) else (str(message.id),)


def said(message: catalogs.Message) -> tuple[str, ...]:
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Everything a person may read in this language: (where, words), of the catalogs and of the flows."""
    for message in CATALOGS[language]:
        if message.id:
            yield from ((key(message)[0], each) for each in said(message))
    for path in sorted((ROOT / "flows").glob("*.yaml")):
        yield from _written(path.name, yaml.safe_load(path.read_text(encoding="utf-8")), language)


def _written(where: str, value: object, language: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == language and isinstance(inner, str):
                yield where, inner
            else:
                yield from _written(where, inner, language)
    elif isinstance(value, list):
        for inner in value:
            yield from _written(where, inner, language)


def extracted() -> set[tuple[str, ...]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in settings]
    options = {
        each["pattern"]: {name: value for name, value in each.items() if name not in ("pattern", "method")}
        for each in settings
    }
    found: set[tuple[str, ...]] = set()
    for room in ("bot", "api"):
        for _, _, ids, _, _ in extract.extract_from_dir(
            ROOT / room, method_map=methods, options_map=options, keywords=KEYWORDS
        ):
            found.add(ids if isinstance(ids, tuple) else (ids,))
    return found


def test_the_template_has_what_the_code_says_and_nothing_else() -> None:
    with (ROOT / "locales" / "messages.pot").open("rb") as file:
        template = {key(message) for message in pofile.read_po(file) if message.id}
    assert template == extracted(), "run: make pot"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_translated_in_all_its_forms(language: str) -> None:
    catalog = CATALOGS[language]
    assert {key(message) for message in catalog if message.id} == extracted(), "run: make pot, then translate"
    assert [message.id for message in catalog if message.id and not all(said(message))] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert catalog.num_plurals == PLURALS[language]
    plurals = [message for message in catalog if isinstance(message.id, tuple)]
    assert plurals
    assert all(len(said(message)) == PLURALS[language] for message in plurals)


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_those_of_the_code(language: str) -> None:
    def names(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w*)\}", text))

    for message in CATALOGS[language]:
        for string in said(message) if message.id else ():
            assert names(string) == names(key(message)[-1]), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_said_that_hurts_or_misleads(language: str) -> None:
    for where, words in texts(language):
        for word in FORBIDDEN[language]:
            assert not re.search(rf"\b{word}", words, re.IGNORECASE), f"{where}: {words}"


def test_no_kyrgyz_ending_hangs_on_a_placeholder() -> None:
    for where, words in texts("ky"):
        assert not re.search(r"\}[-‑\w]", words), f"{where}: {words}"


def test_no_kyrgyz_noun_is_plural_after_a_number() -> None:
    for where, words in texts("ky"):
        assert not re.search(r"(?:\{n\}|\d) \w+(?:лар|лер|лор|лөр|дар|дер|дор|дөр|тар|тер|тор|төр)\b", words), (
            f"{where}: {words}"
        )


def test_russian_names_no_gender_in_brackets() -> None:
    for where, words in texts("ru"):
        assert not re.search(r"\w\((?:а|на|ла|ась|ен|ая|ый)\)", words), f"{where}: {words}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_free_of_charge_is_said_with_what_the_connection_costs(language: str) -> None:
    free, cost = {"ky": ("акысыз", "интернет акысы"), "ru": ("бесплатн", "интернет")}[language]
    for where, words in texts(language):
        assert free not in words.lower() or cost in words.lower(), f"{where}: {words}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_in_letters_people_have(language: str) -> None:
    for where, words in texts(language):
        assert "ӊ" not in words, f"{where}: ң is written with U+04A3"
        assert not re.search(r"[а-яё][a-z]|[a-z][а-яё]", words, re.IGNORECASE), f"{where} mixes alphabets: {words}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_are_short_enough_for_every_messenger(language: str) -> None:
    voice = wording.Voice()
    lines = [phrase(text) for text in BUTTONS] + list(composing._ACTIONS.values())
    lines += [line for option in turning.yes_no() if isinstance(line := option.label, messages.Phrase)]
    for line in lines:
        assert 0 < len(voice.say(line, language)) <= 20, line.msgid


def test_money_dates_and_counts_are_said_as_people_say_them() -> None:
    voice = wording.Voice()
    bags = {"ky": ("кап цемент",), "ru": ("мешок цемента", "мешка цемента", "мешков цемента")}

    def quantity(value: str, language: str, currency: str = "") -> str:
        amount = messages.Quantity(Decimal(value), currency, {} if currency else bags)
        return voice.say(phrase("{need}: needed {wanted}", need="", wanted=amount), language).split(" ", 2)[2]

    assert [quantity(n, "ru") for n in ("1", "3", "5", "21", "1000")] == [
        "1 мешок цемента", "3 мешка цемента", "5 мешков цемента", "21 мешок цемента", "1 000 мешков цемента"
    ]  # fmt: skip
    assert quantity("12", "ky") == "12 кап цемент"
    assert quantity("5000", "ky", "KGS") == "5 000 сом"
    assert quantity("300000", "ru", "KGS") == "300 000 сомов"
    assert quantity("100.5", "ru", "RUB") == "100,50 рубля"
    assert quantity("1.5", "ru") == "1,5 мешка цемента"
