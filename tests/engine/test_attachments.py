"""Who asks to see or hear a question does, in their own language where there is one; a spoken form asks nobody."""

from __future__ import annotations

import dataclasses

import pytest

from bot.engine import conversation, form, happenings, messages
from tests import talking
from tests.engine import small

_ROWS: list[dict[str, object]] = [
    {
        "type": "select_one yn",
        "name": "water",
        "media::audio": {"ky": "suu.ogg", "ru": "voda.mp3"},
        "media::image": {"ky": "suu.jpg", "ru": "voda.png"},
    },
    {"type": "text", "name": "idea", "media::audio": {"ky": "sunush.ogg"}, "media::image": "both.jpg"},
    {"type": "text", "name": "more", "media::audio": {"ky": "not-there.ogg"}, "media::image": {"ky": "suu.ogg"}},
]
_NAMES = ("suu.ogg", "voda.mp3", "sunush.ogg", "suu.jpg", "voda.png", "both.jpg")
_FILES = {
    name: form.Attachment(name, "audio" if name.endswith(("ogg", "mp3")) else "image", letter * 64, 1000)
    for name, letter in zip(_NAMES, "abcdef", strict=True)
}
NONE = messages.phrase("There is no recording of this question, I am sorry.")
SORRY = messages.phrase("I am sorry, sound cannot be sent here.")
NO_PICTURE = messages.phrase("There is no picture with this question, I am sorry.")
NO_PICTURES = messages.phrase("I am sorry, pictures cannot be sent here.")
SEE = messages.phrase("To see the picture, write “show”.")
HOW = messages.phrase("To hear the question, write “listen”.")


def someone(*, spoken: bool = False) -> talking.Person:
    """Before the first question, in Kyrgyz."""
    settings = {"ashar::spoken": "yes"} if spoken else {}
    definition = small.made(_ROWS, small.choices("yn", "yes", "no"), **settings)
    person = talking.Person(talking.House([dataclasses.replace(definition, attachments=_FILES)]))
    person.send(start="s-small")
    person.say("1")
    return person


def heard(turn: conversation.Turn) -> str:
    """The recordings that come with a reply."""
    return " ".join(each.hash for each in turn.reply.attachments if each.kind == "audio")


def seen(turn: conversation.Turn) -> str:
    """The pictures that come with a reply."""
    return " ".join(each.name for each in turn.reply.attachments if each.kind == "image")


@pytest.mark.parametrize("word", ["ук", "Угуп көрүү", "угайын!", "послушать", "прослушать", "/listen"])
def test_a_word_brings_the_recording_and_the_question_stands(word: str) -> None:
    person = someone()
    before = person.response
    turn = person.say(word)
    assert heard(turn) == "a" * 64
    assert person.response == before
    assert not turn.talk.misses
    # Once: who then answers wrong is not made to listen.
    assert heard(person.say("суу жок эмес")) == ""


def test_it_is_heard_in_ones_own_language_or_in_the_one_there_is() -> None:
    person = someone()
    person.say("русский")
    assert heard(person.say("послушать")) == "b" * 64
    person.say("1")
    assert heard(person.say("послушать")) == "c" * 64


def test_without_a_recording_that_is_said_and_no_button_offered() -> None:
    person = someone()
    assert "listen" in person.say("ооба").reply.actions
    turn = person.say("skip")
    assert "listen" not in turn.reply.actions
    turn = person.say("ук")
    assert NONE in turn.reply.lines
    assert heard(turn) == ""


@pytest.mark.parametrize("spoken", [False, True])
def test_where_sound_cannot_go_that_is_said_to_those_who_ask(spoken: bool) -> None:
    person = someone(spoken=spoken)
    person.attaches = False
    turn = person.say("русский")
    assert "listen" not in turn.reply.actions
    assert heard(turn) == ""
    turn = person.say("послушать")
    assert SORRY in turn.reply.lines
    assert heard(turn) == ""
    assert not turn.talk.misses
    assert HOW not in person.say("помощь").reply.lines


def test_help_tells_how_to_hear_a_question_that_can_be_heard() -> None:
    person = someone()
    assert HOW in person.say("жардам").reply.lines
    person.say("1", "skip")
    assert HOW not in person.say("жардам").reply.lines


def test_a_drawn_out_yes_is_no_command() -> None:
    person = someone()
    person.say("1", "угуу")
    assert dict(person.response.answers)["idea"] == "угуу"


def test_a_spoken_form_is_said_again_in_another_language() -> None:
    person = someone(spoken=True)
    assert heard(person.say("русский")) == "b" * 64
    assert heard(person.say("русский")) == ""


def test_a_spoken_form_says_each_question_once() -> None:
    person = someone(spoken=True)
    person.say("артка")
    assert heard(person.say("эмне дейсиз бул деген")) == ""
    assert heard(person.say("1")) == "c" * 64
    assert heard(person.say("😀")) == ""
    assert heard(person.say("артка")) == "a" * 64
    # Another may be on the phone tomorrow.
    person.say("стоп")
    assert heard(person.say("улант")) == "a" * 64


def test_outside_a_question_it_is_no_command() -> None:
    person = talking.Person()
    person.say("салам", "1")
    turn = person.say("ук")
    assert turn.talk.scene == "home"
    assert turn.talk.misses == 1


def test_an_option_of_that_name_is_an_answer() -> None:
    rows: list[dict[str, object]] = [{"type": "select_one how", "name": "how", "media::audio": {"ky": "suu.ogg"}}]
    definition = small.made(rows, [{"list_name": "how", "name": "listen", "label": {"ky": "Угуу", "ru": "Слушать"}}])
    person = talking.Person(talking.House([dataclasses.replace(definition, attachments=_FILES)]))
    person.send(start="s-small")
    person.say("1")
    assert any(isinstance(event, happenings.Finished) for event in person.say("угуу").events)


def test_what_is_read_before_a_question_is_heard_before_it() -> None:
    rows: list[dict[str, object]] = [
        {"type": "note", "name": "hello", "media::audio": {"ky": "suu.ogg"}},
        {"type": "note", "name": "silent"},
        {"type": "text", "name": "idea", "media::audio": {"ky": "sunush.ogg"}},
        {"type": "note", "name": "between", "media::audio": {"ky": "suu.ogg"}},
        {"type": "text", "name": "more"},
    ]
    definition = dataclasses.replace(small.made(rows, (), **{"ashar::spoken": "yes"}), attachments=_FILES)
    person = talking.Person(talking.House([definition]))
    person.send(start="s-small")
    assert heard(person.say("1")) == f"{'a' * 64} {'c' * 64}"
    assert heard(person.say("баары жакшы")) == "a" * 64
    assert heard(person.say("ук")) == "a" * 64


# -- pictures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["көрсөт", "Корсот!", "сүрөтүн көрсөт", "Сүрөтүн көрүү", "покажи", "показать", "pokaji", "/show"]
)
def test_a_word_brings_the_picture_and_the_question_stands(word: str) -> None:
    person = someone()
    before = person.response
    turn = person.say(word)
    assert (seen(turn), heard(turn)) == ("suu.jpg", "")
    assert person.response == before
    assert not turn.talk.misses
    assert seen(person.say("суу жок эмес")) == ""


def test_no_picture_comes_unasked() -> None:
    for spoken in (False, True):
        person = someone(spoken=spoken)
        for said in ("русский", "1", "артка", "жардам", "1", "баары жакшы", "дагы", "ооба"):
            assert seen(person.say(said)) == ""


def test_it_is_seen_in_ones_own_language_or_in_the_one_there_is() -> None:
    person = someone()
    person.say("русский")
    assert seen(person.say("покажи")) == "voda.png"
    person.say("1")
    assert seen(person.say("покажи")) == "both.jpg"


def test_a_question_with_both_has_both_words() -> None:
    person = someone()
    turn = person.say("тил эмес")
    assert turn.reply.actions[:2] == ("show", "listen")
    help_ = person.say("жардам").reply.lines
    assert SEE in help_
    assert HOW in help_
    assert (seen(person.say("көрсөт")), heard(person.say("ук"))) == ("suu.jpg", "a" * 64)


def test_without_a_picture_that_is_said_and_no_button_offered() -> None:
    person = someone()
    person.say("1", "skip")
    turn = person.say("көрсөт")
    # A recording under the column of pictures is none.
    assert NO_PICTURE in turn.reply.lines
    assert "show" not in turn.reply.actions
    assert seen(turn) == ""
    assert SEE not in person.say("жардам").reply.lines


def test_where_pictures_cannot_go_that_is_said_to_those_who_ask() -> None:
    person = someone()
    person.attaches = False
    turn = person.say("көрсөт")
    assert NO_PICTURES in turn.reply.lines
    assert "show" not in turn.reply.actions
    assert (seen(turn), turn.talk.misses) == ("", 0)
    # Who only names it is told how to answer.
    assert person.say("фото").talk.misses == 1


@pytest.mark.parametrize("word", ["сүрөт", "Фото", "картинка.", "рисунок"])
def test_a_picture_that_is_only_named_is_shown_where_that_answers_nothing(word: str) -> None:
    person = someone()
    turn = person.say(word)
    assert (seen(turn), turn.talk.misses) == ("suu.jpg", 0)
    person.say("1", word)
    assert dict(person.response.answers)["idea"] == word


def test_a_question_that_asks_for_a_picture_has_one_of_its_own() -> None:
    rows: list[dict[str, object]] = [{"type": "image", "name": "bridge", "media::image": {"ky": "suu.jpg"}}]
    person = talking.Person(talking.House([dataclasses.replace(small.made(rows), attachments=_FILES)]))
    person.send(start="s-small")
    person.say("1")
    assert seen(person.say("көрсөт")) == "suu.jpg"
    turn = person.send(kind="image")
    assert any(isinstance(event, happenings.Attached) for event in turn.events)
    assert seen(turn) == ""


@pytest.mark.parametrize("label", ["Көрсөтүү", "Көрсөт", "Сүрөт", "Сүрөттөр үйрөнүү"])
def test_an_option_that_is_called_so_is_an_answer(label: str) -> None:
    rows: list[dict[str, object]] = [{"type": "select_one how", "name": "how", "media::image": {"ky": "suu.jpg"}}]
    options: list[dict[str, object]] = [{"list_name": "how", "name": "show", "label": {"ky": label, "ru": label}}]
    person = talking.Person(talking.House([dataclasses.replace(small.made(rows, options), attachments=_FILES)]))
    person.send(start="s-small")
    person.say("1")
    turn = person.say(label.split()[0].removesuffix("төр") if " " in label else label)
    assert any(isinstance(event, happenings.Finished) for event in turn.events)
    assert seen(turn) == ""


def test_what_is_shown_before_a_question_is_seen_before_it() -> None:
    rows: list[dict[str, object]] = [
        {"type": "note", "name": "hello", "media::image": {"ky": "suu.jpg"}},
        {"type": "text", "name": "idea", "media::image": {"ky": "both.jpg"}},
    ]
    person = talking.Person(talking.House([dataclasses.replace(small.made(rows), attachments=_FILES)]))
    person.send(start="s-small")
    person.say("1")
    assert seen(person.say("көрсөт")) == "suu.jpg both.jpg"


def test_where_options_take_the_buttons_the_way_to_hear_and_see_stands_in_words() -> None:
    """WhatsApp puts the options on its buttons and rows, and nothing else beside them."""
    person = someone()
    turn = person.say("русский")
    assert turn.reply.foot[-2:] == turn.reply.spare[-2:] == (SEE, HOW)
    # What was just sent is not offered again.
    assert HOW not in person.say("послушать").reply.foot
    person.attaches = False
    assert HOW not in person.say("помощь").reply.foot


@pytest.mark.parametrize("word", ["ук", "послушать", "көрсөт", "показать картинку", "  Послушать! "])
def test_in_the_middle_of_a_question_in_words_a_whole_message_asks_and_answers_nothing(word: str) -> None:
    person = someone()
    person.say("1")
    turn = person.say(word)
    assert turn.reply.attachments
    assert "idea" not in dict(person.response.answers)
    # As a part of a longer message it is a word like any other.
    person.say(f"{word} десе болот")
    assert dict(person.response.answers)["idea"] == f"{word} десе болот".strip()
