"""What is agreed to: it says what this form asks, and nothing that it does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot import wording
from bot.engine import consenting, form
from tests import talking
from tests.engine import small

VOICE = wording.Voice()
AGE, SEX, YN = (
    {"type": "integer", "name": "age"},
    {"type": "select_one yn", "name": "Gender"},
    small.choices("yn", "a"),
)


def consent(definition: form.Form, channel: str = "web") -> dict[str, str]:
    """What somebody who comes by that form's link agrees to, by language."""
    turn = talking.Person(talking.House([definition]), channel=channel).send(start=f"s-{definition.name}")
    [said] = [line for line in turn.reply.lines if "Do you agree?" in getattr(line, "msgid", "")]
    return {language: VOICE.say(said, language) for language in form.LANGUAGES}


@pytest.mark.parametrize(
    ("survey", "settings", "ky", "ru"),
    [
        ([{"type": "text", "name": "idea"}], {}, "жоопторуңуз", "ответы"),
        ([AGE], {}, "жашыңыз, жоопторуңуз", "возраст, ответы"),
        ([AGE, SEX], {}, "жашыңыз, жынысыңыз, жоопторуңуз", "возраст, пол, ответы"),
        ([{"type": "text", "name": "village"}], {}, "жашаган жериңиз, жоопторуңуз", "откуда вы, ответы"),
        ([{"type": "geopoint", "name": "well"}], {}, "жашаган жериңиз, жоопторуңуз", "откуда вы, ответы"),
        ([SEX], {"ashar::places": "Gender"}, "жынысыңыз, жашаган жериңиз, жоопторуңуз", "пол, откуда вы, ответы"),
        # Of children or animals: not of the one who answers.
        (
            [{"type": "begin_repeat", "name": "cow"}, AGE, {"type": "end_repeat", "name": "end"}],
            {},
            "жоопторуңуз",
            "ответы",
        ),
    ],
)
def test_it_says_what_is_kept_of_what_this_form_asks(
    survey: Sequence[dict[str, object]], settings: dict[str, object], ky: str, ru: str
) -> None:
    said = consent(small.made(survey, YN, **settings))
    assert f"сакталат: {ky}. " in said["ky"]
    assert f"хранятся a year (ru): {ru}. " in said["ru"]


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms", "web"])
def test_it_says_who_asks_who_sees_it_and_for_how_long(channel: str) -> None:
    said = consent(talking.flows()[0], channel) if channel != "sms" else in_two_steps()
    for word in ("Каракол шаарынын мэриясы сурайт", "Уюштуруучуларга гана көрүнөт", "2 жыл", "Өз эркиңиз", "«өчүр»"):
        assert word in said["ky"]
    for word in ("спрашивает мэрия города Каракол", "только организаторам", "2 года", "добровольное", "«удалить»"):
        assert word in said["ru"]
    # Abroad is said where it goes abroad.
    assert ("чет өлкөдөгү" in said["ky"]) is ("за границей" in said["ru"]) is (channel != "web")


def in_two_steps() -> dict[str, str]:
    """On SMS the language is chosen first."""
    said = {}
    for number, language in enumerate(form.LANGUAGES, start=1):
        person = talking.Person(channel="sms")
        person.send(start="s-priorities")
        lines = person.say(str(number)).reply.lines
        said[language] = VOICE.lines(lines, language)
    return said


def test_an_author_who_names_nobody_is_called_the_author() -> None:
    assert {language: VOICE.say(consenting.HOLDER, language) for language in form.LANGUAGES} == {
        "ky": "сурамжылоонун автору",
        "ru": "автор опроса",
    }
