"""Consent in the first message of all: it is informed, it is one answer, and it is never given by mistake."""

from __future__ import annotations

import pytest

from bot import wording
from bot.channels import plain, twilio_templates
from bot.channels.composing import compose
from bot.engine import conversation, happenings, messages
from tests import talking

VOICE = wording.Voice()


def arrived(channel: str = "telegram") -> tuple[talking.Person, conversation.Turn]:
    """Somebody new, by the survey's link."""
    person = talking.Person(channel=channel)
    return person, person.send("start", start="s-priorities")


def said(turn: conversation.Turn) -> str:
    return plain.numbered(compose(VOICE, turn.reply, turn.language))


def consents(turn: conversation.Turn) -> list[happenings.Consented]:
    return [event for event in turn.events if isinstance(event, happenings.Consented)]


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "web"])
def test_both_languages_say_who_asks_what_is_kept_for_how_long_and_how_to_take_it_back(channel: str) -> None:
    _, turn = arrived(channel)
    ky, ru = said(turn).split("\n\n")
    for word in ("Каракол шаарынын мэриясы", "сакталат", "2 жыл", "Өз эркиңиз", "«өчүр»"):
        assert word in ky
    for word in ("мэрия города Каракол", "хранятся", "2 года", "добровольное", "«удалить»"):
        assert word in ru
    # The page is in both languages, and its address stands once.
    assert said(turn).count(f"{talking.SITE}/privacy") == ru.count(f"\n{talking.SITE}/privacy\n") == 1
    assert [option.label.text["ru"] for option in turn.reply.options if isinstance(option.label, messages.Written)] == [
        "Макулмун (кыргызча)",
        "Даю согласие (рус.)",
        "Жок / Нет",
    ]


def test_it_has_room_on_whatsapps_buttons_under_a_longer_address_too() -> None:
    _, turn = arrived("whatsapp")
    text = said(turn).replace(talking.SITE, "https://ashar.issyk-kul-oblast.example")
    assert plain.units(text) <= twilio_templates.MAX_CONTENT_BODY
    assert (
        max(plain.units(VOICE.say(option.label, "ky")) for option in turn.reply.options) <= twilio_templates.MAX_TITLE
    )


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        ("1", "ky"),
        ("2", "ru"),
        ("Макулмун", "ky"),
        ("ооба!", "ky"),
        ("да", "ru"),
        ("Даю согласие", "ru"),
        ("oba", "ky"),
        ("ова", "ky"),
        ("кошулам", "ky"),
        ("Да, согласна!", "ru"),
        ("хорошо", "ru"),
    ],
)
def test_one_answer_chooses_the_language_and_agrees(answer: str, language: str) -> None:
    person, _ = arrived()
    turn = person.say(answer)
    (consented,) = consents(turn)
    assert (turn.talk.language, turn.talk.scene, consented.purpose) == (language, "form", "survey:priorities")
    assert VOICE.say(consented.text, language) in said(arrived()[1])


@pytest.mark.parametrize("answer", ["3", "нет", "жок", "Жок / Нет", "макул эмесмин", "👎", "не согласен"])
def test_no_keeps_nothing_and_asks_no_more_than_the_language(answer: str) -> None:
    person, _ = arrived()
    turn = person.say(answer)
    assert (turn.events, turn.changed, turn.talk.people, turn.talk.scene) == ((), {}, (), "language")
    assert person.say("2").talk.scene == "home"


@pytest.mark.parametrize(
    "answer", ["ок", "yes", "👍", "бар", "есть", "4", "0", "салам", "?", "помощь", "язык", "артка", "меню"]
)
def test_what_is_no_clear_yes_goes_step_by_step(answer: str) -> None:
    person, _ = arrived()
    turn = person.say(answer)
    assert (consents(turn), turn.talk.people) == ([], ())
    assert turn.talk.scene == "language"
    # The link is not forgotten: consent comes next, in one language.
    assert person.say("1").talk.scene == "consent"
    assert consents(person.say("1"))


@pytest.mark.parametrize("answer", ["ок", "👍", "салам", "здравствуйте", "помощь"])
def test_who_greets_or_asks_or_agrees_by_a_sign_has_not_been_misunderstood(answer: str) -> None:
    person, _ = arrived()
    for turn in (person.say(answer), person.say("салам"), person.say("жардам")):
        assert (turn.talk.misses, turn.talk.scene) == (0, "language")
        assert "түшүнбөй" not in said(turn)


def test_a_picture_agrees_to_nothing() -> None:
    person, _ = arrived()
    assert not consents(person.send("да", kind="media"))


def test_a_button_of_another_message_agrees_to_nothing() -> None:
    person, turn = arrived()
    old = (turn.reply.tag, turn.reply.step)
    person.say("1", "удалить", "1")
    asked = person.send("start", start="s-priorities")
    stale = person.send("1", tap=old)
    assert (consents(stale), stale.talk.people, stale.talk.scene) == ([], (), "invited")
    assert stale.reply.step != asked.reply.step
    assert consents(person.send("1", tap=(stale.reply.tag, stale.reply.step)))


def test_a_survey_that_closes_meanwhile_takes_nobodys_consent() -> None:
    person, _ = arrived()
    person.house.surveys.clear()
    turn = person.say("2")
    assert (consents(turn), turn.talk.scene) == ([], "language")


@pytest.mark.parametrize("link", ["a-none", "s-none", "g-ABCDEFGH2345", ""])
def test_only_what_is_open_invites(link: str) -> None:
    assert talking.Person().send("start", start=link).talk.scene == "language"


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms", "web"])
def test_a_campaign_says_what_is_agreed_to_at_once_and_what_it_is_about_in_the_language_that_was_chosen(
    channel: str,
) -> None:
    person = talking.Person(channel=channel)
    asked = person.send("start", start="a-suu")
    assert (asked.talk.scene, asked.language) == ("invited", "")
    turn = person.say("2")
    assert consents(turn)
    assert "Ведём чистую воду" in said(turn)
    assert "тартабыз" not in said(turn)


def test_an_sms_asks_in_two_steps_for_that_is_fewer_segments() -> None:
    person, asked = arrived("sms")
    consent = person.say("1")
    in_two = sum(plain.sms_segments(said(turn)) for turn in (asked, consent))
    assert (asked.talk.scene, consent.talk.scene) == ("language", "consent")
    assert plain.sms_segments(said(arrived()[1])) > in_two


def test_who_has_a_language_reads_consent_in_it_alone() -> None:
    person = talking.Person(channel="telegram")
    person.say("салам", "2")
    turn = person.send("start", start="s-priorities")
    assert (turn.language, turn.talk.scene) == ("ru", "consent")


def test_consent_that_is_read_on_a_page_is_given_with_the_link() -> None:
    # The web chat keeps nothing of its readers, so link and answer come together.
    person = talking.Person()
    turn = person.send("Даю согласие (рус.)", start="s-priorities")
    assert [event.purpose for event in consents(turn)] == ["survey:priorities"]
    assert turn.language == "ru"


def test_a_link_alone_is_no_consent() -> None:
    for text in ("start", "ashar s-priorities", "", "1", "2"):
        assert not consents(talking.Person().send(text, start="s-priorities"))
