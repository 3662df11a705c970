"""Looking back at one's answers, changing them before and after the end, and starting over."""

from __future__ import annotations

import dataclasses

import pytest

from bot.channels import composing, plain
from bot.engine import conversation, happenings
from tests import talking
from tests.engine import small, walking

GROWN = ("нет", "30", "1 2 3", "1")
SMALL = small.VILLAGE


def text(turn: conversation.Turn) -> list[str]:
    return plain.numbered(composing.compose(walking.VOICE, turn.reply, turn.language)).splitlines()


def kinds(turn: conversation.Turn) -> list[str]:
    return [type(event).__name__ for event in turn.events]


@pytest.fixture
def person() -> talking.Person:
    """Somebody who speaks Russian and stands before the first question."""
    person = talking.Person(talking.House([SMALL]))
    person.send("start", start="s-small")
    person.say("2")
    return person


def rid(person: talking.Person) -> str:
    (only,) = person.house.responses
    return only


def test_the_thanks_say_how_to_look_back(person: talking.Person) -> None:
    turn = person.say(*GROWN)
    assert kinds(turn) == ["Finished"]
    assert "answers" in turn.reply.actions
    assert "«ответы» — посмотреть или изменить ответы, «меню» — всё остальное." in text(turn)
    assert turn.talk.people[0].last == rid(person)
    assert "answers" not in person.say("меню").reply.actions


def test_answers_are_listed_in_words_before_and_after_the_end(person: talking.Person) -> None:
    midway = person.say("нет", "30", "ответы")
    assert text(midway) == [
        "Ваши ответы:",
        "1. home (ru): no (ru)",
        "2. age (ru): 30",
        "Напишите номер ответа, который хотите изменить, или «продолжить».",
    ]
    assert midway.reply.actions == ("continue",)
    assert person.say("готово").talk.scene == "form"
    person.say("1 2 3", "1")
    assert len(text(person.say("мои ответы"))) == 6


def test_a_number_opens_the_question_with_the_old_answer(person: talking.Person) -> None:
    person.say(*GROWN)
    opened = person.say("ответы", "2")
    assert text(opened)[:2] == ["Ваш прежний ответ: 30", "(2/4) age (ru)"]
    assert opened.talk.people[0].open == (rid(person),)
    done = person.say("41")
    assert text(done)[2] == "2. age (ru): 41"
    assert (done.talk.scene, done.talk.people[0].open) == ("answers", ())
    kept = person.house.responses[rid(person)]
    assert kept.finished, "what is finished stays so"
    assert kept.state().answer("age") == 41
    assert "Finished" not in kinds(done)
    assert +person.house.tallies == person.house.recount()


def test_whatever_a_change_opens_is_asked_and_then_the_list_again(person: talking.Person) -> None:
    person.say(*GROWN)
    assert person.say("ответы", "2", "17").talk.scene == "form"
    turn = person.say("да")
    assert turn.talk.scene == "answers"
    assert "3. parent (ru): yes (ru)" in text(turn)


def test_back_and_the_word_itself_give_a_change_up(person: talking.Person) -> None:
    person.say(*GROWN)
    before = person.house.responses[rid(person)].state()
    for word in ("назад", "ответы"):
        turn = person.say("ответы", "2", word)
        assert (turn.talk.scene, turn.talk.people[0].open) == ("answers", ())
        after = person.house.responses[rid(person)].state()
        assert (after.answers, after.at, after.changing) == (before.answers, "", False)


def test_whoever_leaves_in_the_middle_of_a_change_finds_it_again(person: talking.Person) -> None:
    person.say(*GROWN, "ответы", "2")
    assert person.say("меню").talk.scene == "home"
    assert person.say("продолжить").talk.scene == "form"
    assert person.say("41").talk.scene == "answers"


def test_looking_back_leads_on_to_where_they_stood(person: talking.Person) -> None:
    person.say("нет", "30", "ответы", "1", "да", "Ош")
    assert person.response.at == "top"
    assert person.say("продолжить").talk.scene == "form"
    assert person.response.answer("village") == "Ош"


@pytest.mark.parametrize(
    "word", ["продолжить", "назад", "готово", "бүттү", "пропустить", "жок", "всё верно", "Баары туура", "ооба"]
)
def test_the_list_is_left_with_any_word_for_enough(person: talking.Person, word: str) -> None:
    assert person.say(*GROWN, "ответы", word).talk.scene == "home"


def test_a_number_that_is_not_there_changes_nothing(person: talking.Person) -> None:
    turn = person.say(*GROWN, "ответы", "9")
    assert turn.talk.scene == "answers"
    assert text(turn)[1] == "Ваши ответы:"
    assert person.send(kind="image").talk.scene == "answers"


def test_more_than_ten_come_in_pages() -> None:
    definition = small.made([{"type": "integer", "name": f"q{n}"} for n in range(1, 14)])
    person = talking.Person(talking.House([definition]))
    person.send("start", start="s-small")
    person.say("2", *map(str, range(13)))
    first = person.say("ответы")
    assert [line.split(".")[0] for line in text(first)[1:11]] == [str(n) for n in range(1, 11)]
    assert first.reply.actions == ("more", "continue")
    second = person.say("ещё")
    assert [line.split(".")[0] for line in text(second)[1:4]] == ["11", "12", "13"]
    assert text(person.say("ещё"))[1].startswith("1.")
    person.say("ещё")
    assert text(person.say("2"))[0] == "Ваш прежний ответ: 1", "any number is taken, shown or not"


def test_in_a_repeat_the_same_question_says_which_round() -> None:
    definition = small.made(
        [
            {"type": "begin_repeat", "name": "child", "repeat_count": "2"},
            {"type": "integer", "name": "age"},
            {"type": "end_repeat"},
        ]
    )
    person = talking.Person(talking.House([definition]))
    person.send("start", start="s-small")
    turn = person.say("2", "9", "4", "ответы")
    assert text(turn)[1:3] == ["1. №1 age (ru): 9", "2. №2 age (ru): 4"]


def test_long_words_are_cut_in_the_list_and_references_are_not() -> None:
    long = "Ваше мнение о том, как идут дела в селе ${place} и что в нём надо менять сейчас же?"
    definition = small.made(
        [
            {"type": "text", "name": "place"},
            {"type": "text", "name": "wish", "label": {"ky": long, "ru": long + "\nЕщё строка"}},
            {"type": "integer", "name": "end"},
        ]
    )
    person = talking.Person(talking.House([definition]))
    person.send("start", start="s-small")
    turn = person.say("2", "Ак-Суу", "дорога " * 20, "ответы")
    line = text(turn)[2]
    assert line.startswith("2. Ваше мнение о том, как идут дела в селе Ак-Суу")
    assert line.count("…") == 2
    assert len(line) < 130


# -- what must not be --------------------------------------------------------------------------------------


def test_there_may_be_nothing_to_look_at(person: talking.Person) -> None:
    assert text(person.say("ответы"))[0] == "Здесь пока нет ваших ответов."
    stranger = talking.Person(person.house)
    assert text(stranger.say("привет", "2", "ответы"))[0] == "Здесь пока нет ваших ответов."


def test_the_next_person_on_the_phone_sees_none_of_it(person: talking.Person) -> None:
    person.say(*GROWN, "другой человек")
    turn = person.say("ответы")
    assert text(turn)[0] == "Здесь пока нет ваших ответов."


@pytest.mark.parametrize("how", ["closed", "new version"])
def test_what_is_closed_is_not_changed_any_more(person: talking.Person, how: str) -> None:
    person.say(*GROWN)
    house = person.house
    newer = dataclasses.replace(SMALL, version="1" * 16)
    house.forms[newer.version] = newer
    surveys = {} if how == "closed" else {"small": newer.version}

    house.surveys = surveys
    turn = person.say("ответы")
    assert text(turn)[0] == "Этот опрос закрыт, поэтому ответы уже не изменить. Посмотреть их: «мои данные»."

    house.surveys = {"small": SMALL.version}
    person.say("ответы")
    house.surveys = surveys
    assert person.say("2").talk.scene == "home"

    house.surveys = {"small": SMALL.version}
    person.say("ответы", "2")
    house.surveys = surveys
    turn = person.say("77")
    assert house.responses[rid(person)].state().answer("age") == 30
    assert turn.talk.people[0].open == ()


def test_a_change_may_take_everything_back(person: talking.Person) -> None:
    person.say(*GROWN, "ответы", "2", "17")
    turn = person.say("нет")
    assert kinds(turn) == ["Discarded"]
    assert (turn.talk.people[0].finished, turn.talk.people[0].last, turn.talk.people[0].open) == ((), "", ())
    assert (person.house.responses, +person.house.tallies) == ({}, {})


def test_a_pledge_is_not_changed_but_taken_back() -> None:
    person = talking.Person()
    person.send("start", start="a-suu")
    person.say("2", "1", "500 рублей", "3", "3", "Семья Асановых", "да")
    assert text(person.say("ответы"))[0] == "Здесь пока нет ваших ответов."


# -- starting over -----------------------------------------------------------------------------------------


def test_starting_over_is_asked_once_and_begins_with_a_clean_sheet(person: talking.Person) -> None:
    person.say("да", "Ош", "30")
    old = person.response
    assert text(person.say("сначала"))[0] == "Начать заново? Прежние ответы будут стёрты."
    assert person.say("нет").talk.scene == "form"
    assert person.response == old
    turn = person.say("начать заново", "да")
    assert kinds(turn) == ["Discarded", "Begun"]
    assert (person.response.answers, person.response.at) == ((), "home")
    assert person.response.seed != old.seed
    assert +person.house.tallies == {}


def test_starting_over_is_on_the_version_that_is_current_now(person: talking.Person) -> None:
    person.say("да")
    newer = dataclasses.replace(SMALL, version="1" * 16)
    person.house.forms[newer.version] = newer
    person.house.surveys = {"small": newer.version}
    person.say("сначала", "да")
    assert person.response.form == newer.version


def test_what_is_closed_is_not_started_over(person: talking.Person) -> None:
    person.say("да")
    person.house.surveys = {}
    turn = person.say("заново")
    assert (text(turn)[0], turn.talk.scene) == ("Это уже закрыто.", "form")
    person.house.surveys = {"small": SMALL.version}
    person.say("заново")
    person.house.surveys = {}
    assert person.say("да").talk.scene == "form"
    assert person.response.answer("home") == "yes"


def test_what_is_finished_is_not_started_over(person: talking.Person) -> None:
    turn = person.say(*GROWN, "ответы", "2", "заново")
    assert turn.talk.scene == "answers"
    assert person.house.responses[rid(person)].finished


def test_a_pledge_is_started_over_too() -> None:
    person = talking.Person()
    person.send("start", start="a-suu")
    person.say("2", "1", "500", "заново", "да")
    assert (person.response.campaign, person.response.answers) == ("suu", ())


# -- beside it ---------------------------------------------------------------------------------------------


def test_help_says_what_the_author_says(person: talking.Person) -> None:
    definition = small.made([{"type": "integer", "name": "land", "guidance_hint": small.text("in hectares")}])
    person = talking.Person(talking.House([definition]))
    person.send("start", start="s-small")
    turn = person.say("2", "помощь")
    assert text(turn)[0] == "in hectares (ru)"
    assert text(turn)[-1] == "Напишите числом."


def test_a_form_that_asks_nothing_is_read_and_done() -> None:
    definition = small.made([{"type": "note", "name": "hello"}])
    person = talking.Person(talking.House([definition]))
    person.send("start", start="s-small")
    turn = person.say("2")
    assert kinds(turn) == ["Joined", "Consented", "Begun", "Finished"]
    assert text(turn)[:2] == ["hello (ru)", "Большое спасибо, ответы получены!"]
    assert turn.reply.actions == ()


def test_what_is_sent_is_attached_under_its_key() -> None:
    definition = small.made(
        [
            {"type": "begin_repeat", "name": "job", "repeat_count": "1"},
            {"type": "image", "name": "picture"},
            {"type": "end_repeat"},
            {"type": "text", "name": "wish"},
        ]
    )
    person = talking.Person(talking.House([definition]))
    person.send("start", start="s-small")
    person.say("2")
    (attached,) = person.send("подпись", kind="image").events
    assert isinstance(attached, happenings.Attached)
    assert (attached.response, attached.key, attached.media.kind) == (rid(person), "picture#1", "image")
    assert person.response.answer("picture#1") == attached.media
    assert kinds(person.send("голосовое", kind="audio")) == ["Attached", "Finished"]
    assert text(person.say("ответы"))[1:3] == ["1. №1 picture (ru): фото", "2. wish (ru): голосовое сообщение"]


def test_how_long_each_question_waited_is_kept(person: talking.Person) -> None:
    person.say("нет", "что?")
    person.house.clock.forward(hours=3)
    person.say("30")
    assert person.response.spent == (("home", 60), ("age", 300))
