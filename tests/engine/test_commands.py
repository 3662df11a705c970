"""The words that are commands: all the glossary lists, in every spelling, and only as a whole message."""

from __future__ import annotations

import itertools

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import commands
from bot.engine.commands import Command

#: The glossary's table of typed words, word for word. "Sent" belongs to a later piece of work.
GLOSSARY = {
    Command.BACK: "артка, artka, назад, обратно",
    Command.SKIP: "өткөр, өтүү, кийинки, кийинкиси, otkor, пропустить, дальше, следующий",
    Command.HELP: "жардам, түшүнбөдүм, jardam, zhardam, помощь, помоги, не понимаю, как",
    Command.STOP: "токтот, токто, жетет, жазба, toktot, tokto, стоп, хватит, не пишите, отписаться",
    Command.CONTINUE: "улант, улантуу, кеттик, ulant, продолжить, поехали",
    Command.ERASE: "өчүр, өчүрүү, маалыматымды өчүр, ochur, удалить, стереть, удалите мои данные",
    Command.LANGUAGE: "тил, til, язык",
    Command.KYRGYZ: "кыргызча, на кыргызском",
    Command.RUSSIAN: "орусча, русский, по-русски",
    Command.RESULTS: "жыйынтык, жыйынтыгы, jyiyntyk, итоги, итог, результаты",
    Command.PLEDGES: "убадам, салымым, ubadam, мои обещания, мой вклад",
    Command.DATA: "маалыматым, мои данные",
    Command.ANOTHER: "башка киши, bashka, другой, другой человек",
    # Later than the glossary's table.
    Command.ANSWERS: "жооптор, жоопторум, менин жоопторум, jooptor, ответы, мои ответы, answers",
    Command.MORE: "дагы, dagy, кийинки он, ещё, еще, more",
    Command.RESTART: "башынан, башынан баштоо, bashynan, сначала, заново, начать заново",
}
YES = "ооба, ообо, ия, макул, болот, туура, ooba, oba, да, ага, угу, конечно, верно, давай, ок"
NO = "жок, жо, эмес, болбойт, jok, zhok, нет, не, неа, не надо"
DONT_KNOW = "билбейм, bilbeim, не знаю, затрудняюсь"

WORDS = [(word, command) for command, words in GLOSSARY.items() for word in words.split(", ")]


@pytest.mark.parametrize(("word", "command"), WORDS)
def test_every_word_of_the_glossary_is_understood(word: str, command: Command) -> None:
    spelled = (word, word.upper(), f" {word.capitalize()}. ", f"«{word}»", word.translate(_PLAIN), f"{word}!")
    assert {commands.recognise(each) for each in spelled} == {command}


_PLAIN = str.maketrans("өүңё", "оуне")


@pytest.mark.parametrize(("words", "known"), [(YES, commands.YES), (NO, commands.NO), (DONT_KNOW, commands.DONT_KNOW)])
def test_yes_no_and_dont_know_are_answers_and_no_commands(words: str, known: frozenset[str]) -> None:
    for word in words.split(", "):
        assert commands.fold(word) in known
        assert commands.recognise(word) is None


def test_no_word_means_two_things() -> None:
    meanings = [commands._split(words) for words in commands._WORDS.values()]
    meanings += [commands.YES, commands.NO, commands.DONT_KNOW, commands.DONE, commands.PICTURE]
    for one, other in itertools.combinations(meanings, 2):
        assert not one & other


def test_every_command_can_be_said() -> None:
    assert set(commands._BY_WORD.values()) == set(Command)


@pytest.mark.parametrize(
    "text",
    ["жардам берем", "суу өчүп калды", "тил үйрөнгүм келет", "как провести воду", "стоп-кран", "назад дороги нет",
     "башка кишиге айтып коём",
     "сүрөт", "фото", "картинка", "мугалим жакшы көрсөт", "покажите на карте",
     "маалыматымды өчүр деп айткам", "он", "", "   ", "стоп " * 20, "1"],
)  # fmt: skip
def test_inside_a_longer_message_a_command_is_just_a_word(text: str) -> None:
    assert commands.recognise(text) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [("/start", Command.START), ("/stop", Command.STOP), ("/help", Command.HELP), ("/language", Command.LANGUAGE),
     ("/Стоп", Command.STOP), ("back", Command.BACK), ("skip", Command.SKIP)],
)  # fmt: skip
def test_the_menus_and_buttons_of_messengers_are_commands(text: str, command: Command) -> None:
    assert commands.recognise(text) is command


@pytest.mark.parametrize(
    ("text", "payload"),
    [("/start s-priorities", "s-priorities"), ("start a-suu", "a-suu"), ("Ашар a-suu", "a-suu"), ("ashar_s-x", "s-x"),
     (" ASHAR  s-priorities ", "s-priorities"), ("/start", ""), ("ашар", ""), ("start hello", ""), ("s-priorities", ""),
     ("ashar s-priorities please", ""), ("ashar s-" + "x" * 80, "")],
)  # fmt: skip
def test_a_link_is_read_from_the_message_it_sends(text: str, payload: str) -> None:
    assert commands.entry(text) == payload


@pytest.mark.parametrize(
    ("one", "other"),
    [("Көл", "кол"), ("ЖЕТИ-ӨГҮЗ", "jeti oguz"), ("Ысык-Көл", "ysyk-kol"), ("Тоң", "ton"), ("Тоӊ", "ton"),
     ("ещё", "еще"), ("zhok", "jok"), ("Kökö", "коко"), ("шаар", "shaar"), ("Чүй", "chui"), ("хан", "khan"),
     ("вода", "woda")],
)  # fmt: skip
def test_one_word_has_one_folded_spelling(one: str, other: str) -> None:
    assert commands.fold(one) == commands.fold(other)


@hypothesis.given(st.text(max_size=80))
def test_folding_never_fails(text: str) -> None:
    folded = commands.fold(text)
    assert folded == folded.strip()
    commands.recognise(text)
    commands.entry(text)
