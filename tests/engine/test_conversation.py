"""Turns of the conversation that need more than a look at what was said."""

from __future__ import annotations

import pytest

from bot import wording
from bot.channels import composing, plain
from bot.engine import commands, conversation, happenings
from tests import talking
from tests.engine import small

VOICE = wording.Voice()


def text(turn: conversation.Turn) -> str:
    return plain.numbered(composing.compose(VOICE, turn.reply, turn.language))


def kinds(turn: conversation.Turn) -> list[str]:
    return [type(event).__name__ for event in turn.events]


@pytest.fixture
def person() -> talking.Person:
    """Somebody who speaks Russian and stands before the first question of the survey."""
    person = talking.Person()
    person.send("start", start="s-priorities")
    person.say("2")
    return person


def test_nothing_of_a_person_is_kept_before_they_agree() -> None:
    person = talking.Person()
    for turn in (person.send("start", start="s-priorities"), person.say("по-русски")):
        assert (turn.talk.people, turn.talk.person, turn.events, turn.changed) == ((), "", (), {})
    agreed = person.say("1")
    assert kinds(agreed) == ["Joined", "Consented", "Begun"]


def test_the_consent_that_is_proved_is_the_text_that_was_read() -> None:
    person = talking.Person(channel="telegram")
    read = text(person.send("start", start="s-priorities"))
    consented = next(event for event in person.say("2").events if isinstance(event, happenings.Consented))
    assert VOICE.say(consented.text, "ru") in read
    assert "Telegram" in read


def test_a_survey_ends_with_one_finished_response(person: talking.Person) -> None:
    turn = person.say("8", "1", "30", "1", "1 2 3", "4 5 6", "пропустить", "да")
    assert kinds(turn) == ["Finished"]
    (kept,) = person.house.responses.values()
    assert kept.finished
    assert turn.talk.people[0].finished == ("priorities/1",)
    assert turn.talk.people[0].open == ()


def test_a_pledge_says_all_that_the_ledger_needs() -> None:
    person = talking.Person()
    person.send("start", start="a-suu")
    turn = person.say("2", "1", "5 000,50 рублей", "3", "3", "Семья Асановых", "да")
    assert kinds(turn) == ["Pledged", "Finished"]
    pledged = turn.events[0]
    assert isinstance(pledged, happenings.Pledged)
    assert (pledged.campaign, pledged.name, str(pledged.offer.quantity)) == ("suu", "Семья Асановых", "5000.5")
    assert (pledged.offer.need, pledged.offer.unit) == ("money", "RUB")
    assert len(pledged.code) == 6


def test_a_campaign_that_closes_meanwhile_takes_no_pledge() -> None:
    person = talking.Person()
    person.send("start", start="a-suu")
    person.say("2", "1", "3 дня")
    person.house.close("suu")
    turn = person.say("да")
    assert kinds(turn) == ["Discarded"]
    assert "закрыт" in text(turn)
    assert not person.house.responses


def test_numbers_stand_for_what_was_shown_also_when_something_closes() -> None:
    person = talking.Person()
    assert "2. Помочь ашару" in text(person.say("привет", "2"))
    person.house.close("suu")
    turn = person.say("2")
    assert "закрыт" in text(turn), "and not what has moved up into its place"
    assert "Помочь ашару" not in text(turn)


def test_a_menu_has_at_most_four_lines_and_only_what_there_is() -> None:
    person = talking.Person()
    assert len(person.say("привет", "2").reply.options) == 4
    person.house.close("suu")
    person.house.surveys = {}
    assert len(person.say("меню").reply.options) == 2


def test_several_surveys_are_listed_by_their_titles() -> None:
    survey, _, _ = talking.flows()
    person = talking.Person(talking.House([survey, small.VILLAGE]))
    turn = person.say("привет", "2", "1")
    assert [VOICE.say(option.label, "ru") for option in turn.reply.options] == [
        "Что нам важнее всего?",
        "Small (ru)",
    ]
    assert "Small (ru)" in text(person.say("2"))


def test_an_old_button_changes_nothing(person: talking.Person) -> None:
    old = person.say("1").reply
    person.say("2")
    before, talk = person.response, person.talk
    turn = person.send("3", tap=(old.tag, old.step))
    assert not turn.in_place
    assert not turn.events
    assert not turn.changed
    assert person.response == before
    assert person.talk._replace(heard=talk.heard) == talk


def test_a_fresh_button_may_be_edited_in_place(person: talking.Person) -> None:
    shown = person.send("жардам").reply
    assert person.send("1", tap=(shown.tag, shown.step)).in_place


def test_quick_taps_on_the_same_ranking_are_all_taken(person: talking.Person) -> None:
    shown = person.say("8", "1", "30", "1").reply
    taps = [person.send(number, tap=(shown.tag, shown.step)) for number in ("3", "1", "7")]
    assert len(person.response.answers) == 5
    assert taps[-1].reply.step != shown.step
    assert person.send("2", tap=(shown.tag, shown.step)).changed == {}


def test_a_button_of_another_response_is_old(person: talking.Person) -> None:
    shown = person.talk
    assert person.send("1", tap=("00000000", shown.step)).changed == {}


def test_stopping_is_obeyed_everywhere() -> None:
    for texts in ((), ("привет",), ("привет", "1"), ("привет", "1", "1"), ("привет", "1", "2"), ("привет", "1", "4")):
        person = talking.Person()
        for each in texts:
            person.say(each)
        turn = person.say("стоп")
        assert kinds(turn) == ["Stopped"]
        assert turn.talk.scene == "stopped"


def test_erasing_forgets_the_person_and_the_language(person: talking.Person) -> None:
    person.say("1", "удалить")
    turn = person.say("1")
    assert kinds(turn) == ["Erased"]
    assert turn.language == "ru", "the farewell is still said in it"
    assert turn.talk._replace(heard="", step=0).people == ()
    assert turn.talk.language == ""
    assert not person.house.responses
    assert not +person.house.tallies


def test_erasing_leaves_the_others_behind_the_same_phone(person: talking.Person) -> None:
    person.say("1", "другой человек", "1", "1", "2", "удалить")
    turn = person.say("1")
    (erased,) = turn.events
    assert isinstance(erased, happenings.Erased)
    assert not erased.last
    assert [each.id for each in turn.talk.people] != [erased.person]
    assert "Тот же человек" in text(person.say("привет"))
    assert "(2/" in text(person.say("1")), "the other one is led back to where they stood"


def test_another_person_sees_nothing_and_the_first_can_come_back(person: talking.Person) -> None:
    person.say("1", "другой")
    assert person.talk.person == ""
    assert "О вас ничего не хранится" in text(person.say("мои данные"))
    assert "Обещаний от вас" in text(person.say("мои обещания"))
    person.say("другой")
    assert "(2/" in text(person.say("1"))


@pytest.mark.parametrize(
    "word", ["мои данные", "мои обещания", "меню", "удалить", "кыргызча", "назад", "2", "ashar s-priorities"]
)
def test_on_a_shared_phone_nothing_is_shown_after_a_pause_before_they_say_who(
    person: talking.Person, word: str
) -> None:
    person.say("1", "другой", "1", "1", "1")
    tap = (person.send("помощь").reply.tag, person.talk.step)
    for old in (None, tap, ("-", 1)):
        person.house.clock.forward(days=2)
        turn = person.send(word, tap=old)
        assert turn.talk.scene == "who"
        assert turn.talk.person == ""
        assert not turn.changed
        person.say("2")


def test_after_a_pause_words_become_no_answer_but_a_number_does(person: talking.Person) -> None:
    person.say("1", "2")
    person.house.clock.forward(days=7)
    assert person.say("Кара-Ой").talk.scene == "resume"
    assert person.response.answer("village") is None
    person.say("да", "Кара-Ой")
    person.house.clock.forward(days=7)
    person.say("2")
    assert person.response.answer("sex") == "man"


def test_on_the_web_the_page_shows_the_question_so_words_are_its_answer(person: talking.Person) -> None:
    shown = person.say("1", "2").reply
    person.house.clock.forward(days=7)
    person.send("Кара-Ой", tap=(shown.tag, shown.step))
    assert person.response.answer("village") == "Кара-Ой"


def test_an_option_that_is_also_a_command_is_the_option() -> None:
    form = small.made(
        [{"type": "select_one o", "name": "which"}, {"type": "text", "name": "more"}],
        [{"list_name": "o", "name": name, "label": {"ky": ky, "ru": ru}} for name, ky, ru in
         (("other", "Башка", "Другой"), ("ru", "Орусча", "Русский"), ("stop", "Токтот", "Стоп"))],
    )  # fmt: skip
    for word, option in (("Башка", "other"), ("другой", "other"), ("орусча", "ru"), ("РУССКИЙ", "ru")):
        person = talking.Person(talking.House([form]))
        person.say("привет", "1", "1", "1", word)
        assert person.response.answer("which") == option
        assert person.talk.language == "ky"
    assert talking.Person(talking.House([form])).say("привет", "1", "1", "1", "стоп").talk.scene == "stopped"


def test_apologies_are_not_repeated_and_the_third_time_a_person_is_offered(person: talking.Person) -> None:
    said = [text(person.say("непонятно что")).splitlines()[0] for _ in range(4)]
    assert said[0].startswith("Извините")
    assert said[1] == "Напишите просто номер, например: 2"
    assert said[2] == said[3] == f"Кажется, объясняю непонятно. Можно позвонить помощнику: {talking.PHONE}"
    person.say("1")
    assert text(person.say("непонятно что")).startswith("Извините")


def test_without_a_telephone_none_is_offered() -> None:
    person = talking.Person(talking.House(phone=""))
    person.say("привет", "2")
    assert all("позвонить" not in text(person.say("непонятно что")) for _ in range(4))
    assert "Телефон" not in text(person.say("помощь"))


def test_a_short_scene_leads_back_to_where_the_person_was(person: talking.Person) -> None:
    person.say("1", "2")
    for there, back in (("язык", "2"), ("язык", "назад"), ("удалить", "3"), ("удалить", "назад")):
        assert "(3/10)" in text(person.say(there, back))


def test_a_language_named_in_words_is_taken_at_once() -> None:
    for word, language in (("кыргызча", "ky"), ("русский", "ru"), ("кыргызский", "ky")):
        person = talking.Person()
        turn = person.say("салам", word)
        assert (turn.language, turn.talk.scene, turn.talk.misses) == (language, "home", 0)
        assert talking.Person().say(word).talk.scene == "home"


#: To the list of one's pledges.
_PROMISED = ("салам", "2", "2", "1", "5000 сомов", "1", "мои обещания")


def test_every_command_can_be_said_in_every_scene_and_is_answered() -> None:
    scenes: dict[str, tuple[str, ...]] = {
        "language": ("салам",),
        "home": ("салам", "2"),
        "consent": ("салам", "2", "1"),
        "form": ("салам", "2", "1", "1"),
        "resume": ("салам", "2", "1", "1", "салам"),
        "who": ("салам", "2", "1", "1", "другой", "1", "1", "другой"),
        "pledges": ("салам", "2", "3"),
        "pledge": (*_PROMISED, "1"),
        "amount": (*_PROMISED, "1", "2"),
        "date": (*_PROMISED, "1", "3"),
        "withdraw": (*_PROMISED, "1", "4"),
        "erase": ("салам", "2", "удалить"),
        "stopped": ("салам", "2", "стоп"),
        "new": (),
    }
    words = {command: word for word, command in commands._BY_WORD.items()}
    for scene, texts in scenes.items():
        for command in commands.Command:
            person = talking.Person()
            for each in texts:
                person.say(each)
            assert person.talk.scene == scene
            assert text(person.say(words[command])), f"{command} in {scene}"
