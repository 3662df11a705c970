"""An e-mail is asked for once, where nothing can be pushed, and whatever is written there instead is no mishap."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import happenings, mailing, messages
from tests import talking


def pledged(*, channel: str = "web", mails: bool = True) -> talking.Person:
    """Somebody who has just said where they live, after a pledge; in Russian."""
    person = talking.Person(channel=channel)
    person.house.mails = mails
    person.send(start="a-suu")
    person.say("2", "5 дней", "1", "skip")
    return person


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("aibek@example.com", "aibek@example.com"),
        ("  Aibek.K+ashar@Mail.Example.CO.UK. ", "aibek.k+ashar@mail.example.co.uk"),
        ("моя почта aibek@mail.ru, пишите", "aibek@mail.ru"),
        ("<aibek@mail.ru>", "aibek@mail.ru"),
        ("mailto:aibek@mail.ru", "aibek@mail.ru"),
        ("aibek@mail.ru aibek@mail.ru", "aibek@mail.ru"),
        ("aibek@почта.рф", "aibek@почта.рф"),
        ("почта:aibek@mail.ru", "aibek@mail.ru"),
        (f"aibek@{'ж' * 64}.kg", ""),
        ("aibek@mail.ru же gulnara@mail.ru", ""),
        ("айбек@mail.ru", ""),
        ("aibek@mail", ""),
        ("aibek @ mail.ru", ""),
        ("@aibek", ""),
        ("aibek@@mail.ru", ""),
        ("aibek@-mail.ru", ""),
        ("aibek@mail..ru", ""),
        (".aibek@mail.ru", ""),
        ("ai..bek@mail.ru", ""),
        ("aibek@10.0.0.1", ""),
        ("a@b.kg\r\nBcc: c@d.kg", ""),
        ('"a b"@mail.ru', ""),
        (f"{'a' * 200}@mail.ru", ""),
        ("", ""),
    ],
)
def test_an_e_mail_is_read_as_people_write_it(written: str, read: str) -> None:
    assert mailing.read(written) == read


@hypothesis.given(st.text(max_size=60).map(lambda text: f"{text}@{text}.kg"))
def test_what_is_read_can_stand_in_a_header(text: str) -> None:
    found = mailing.read(text)
    assert len(found) <= 120
    assert found.isprintable()
    assert not set(found) & set(' <>,;:"()[]\\')
    assert found.count("@") == bool(found)


@pytest.mark.parametrize(("channel", "mails"), [("telegram", True), ("sms", True), ("terminal", True), ("web", False)])
def test_nobody_is_asked_where_they_can_be_told_or_no_letter_goes(channel: str, mails: bool) -> None:
    person = pledged(channel=channel, mails=mails)
    assert person.talk.scene == "home"
    assert person.send("почта").talk.scene == "home"


def test_nobody_is_asked_twice() -> None:
    person = pledged()
    assert person.talk.scene == "mail"
    person.say("skip", "2", "3 дня", "1")
    assert person.talk.scene == "home"
    assert not person.house.letters


@pytest.mark.parametrize("words", ["нет", "жок", "не надо", "skip", "назад", "продолжить", "меню"])
def test_a_no_in_any_words_is_enough(words: str) -> None:
    person = pledged()
    person.say(words)
    assert person.talk.scene == "home"


def test_a_word_about_the_pledge_is_no_e_mail() -> None:
    person = pledged()
    turn = person.send("отправил")
    assert [event for event in turn.events if isinstance(event, happenings.Stepped)]


def test_a_code_is_good_for_an_hour_and_read_with_its_blanks() -> None:
    person = pledged()
    person.say("aibek@mail.ru")
    code = person.house.letters[-1].code
    person.house.clock.forward(minutes=70)
    assert person.send(code).talk.scene == "mail"
    person.say("aibek@mail.ru")
    code = person.house.letters[-1].code
    turn = person.send(f" {code[:3]} {code[3:]} ")
    assert turn.talk.scene == "home"
    assert person.house.mailboxes == {turn.talk.person: messages.Mailbox("aibek@mail.ru", open=True)}


def test_codes_cannot_be_guessed_nor_letters_sent_without_end() -> None:
    person = pledged()
    person.say("aibek@mail.ru")
    code = person.house.letters[-1].code
    for number in range(5):
        person.say(f"{(int(code) + 1 + number) % 1_000_000:06}")
    # Also the right one is not looked at now.
    assert person.send(code).talk.scene == "mail_code"
    person.say("gulnara@mail.ru")
    assert len(person.house.letters) == 1
    assert not person.house.mailboxes


def test_the_language_can_change_on_the_way() -> None:
    person = pledged()
    person.say("aibek@mail.ru", "кыргызча", "тил", "1")
    assert person.talk.scene == "mail_code"
    person.say("өчүр", "3")
    assert person.talk.scene == "mail_code"
    person.say(person.house.letters[-1].code)
    assert person.house.mailboxes


def test_in_a_survey_the_word_is_an_answer() -> None:
    person = pledged()
    person.say("skip")
    person.send(start="s-priorities")
    person.say("1")
    assert person.talk.scene == "form"
    assert person.send("почта").talk.scene == "form"
