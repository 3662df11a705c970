"""One's own pledges: what may be done is offered, what may not is said kindly, and a second tap writes nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from bot import wording
from bot.channels import composing, plain
from bot.engine import conversation, doubting, drafting, giving, happenings, messages
from bot.engine.gifts import pieces, whens
from bot.engine.pledging import campaigns, events, wishes
from tests import talking

VOICE = wording.Voice()
OF_TREASURER = {"by": events.Role.TREASURER, "hand": "hand-1"}


def text(turn: conversation.Turn) -> str:
    return plain.numbered(composing.compose(VOICE, turn.reply, turn.language))


def steps(turn: conversation.Turn) -> list[str]:
    return [each.step.value for event in turn.events if isinstance(event, happenings.Stepped) for each in event.steps]


@pytest.fixture
def person() -> talking.Person:
    """Somebody who has promised ten bags and looks at that pledge, in Russian."""
    person = talking.Person()
    person.send("start", start="a-suu")
    person.say("2", "1", "10 мешков цемента", "1", "мои обещания", "1")
    return person


def happened(person: talking.Person, step: events.Step, quantity: str, **more: object) -> None:
    """Something that somebody else did to the pledge meanwhile."""
    ((name, (of, promise)),) = person.house.pledges.items()
    made = events.Event(step, Decimal(quantity), person.house.clock.now, **more)  # type: ignore[arg-type]  # the fields' own types
    person.house.pledges[name] = (of, giving.stepped(promise, [made]))


def test_what_may_be_done_is_done_once(person: talking.Person) -> None:
    assert steps(person.say("2", "12")) == ["changed"]
    assert steps(person.say("3", "20 апреля")) == ["postponed"]
    assert steps(person.say("1")) == ["sent"]
    assert steps(person.say("отправила")) == []
    turn = person.say("снять", "да")
    assert steps(turn) == ["withdrawn"]
    assert turn.talk.scene == "home"


def test_what_is_not_another_amount_or_day_writes_nothing(person: talking.Person) -> None:
    for said in ("10", "-5", "0", "9000000", "много", "5000 сом", "👍"):
        assert steps(person.say("мои обещания", "1", "2", said)) == []
    for said in ("вчера", "30 февраля", "после зарплаты", "каждый месяц полгода", "никогда", "👍"):
        assert steps(person.say("мои обещания", "1", "3", said)) == []


def test_in_other_money_it_is_another_promise() -> None:
    person = talking.Person()
    person.send("start", start="a-suu")
    person.say("2", "1", "500 рублей", "1", "мои обещания", "1")
    assert "новое обещание" in text(person.say("2", "700 сом"))
    # The number alone stays in the money it was.
    turn = person.say("700")
    assert steps(turn) == ["changed"]
    assert "700 рублей" in text(turn)


def test_what_changed_meanwhile_is_looked_at_first(person: talking.Person) -> None:
    happened(person, events.Step.RECEIVED, "4", **OF_TREASURER)
    turn = person.say("4")
    assert (steps(turn), turn.talk.scene) == ([], "pledge")
    assert "что-то изменилось" in text(turn)
    assert "Пока дошло: 4 мешка цемента" in text(turn)


def test_a_withdrawal_on_an_old_page_does_not_undo_what_came(person: talking.Person) -> None:
    person.say("4")
    happened(person, events.Step.RECEIVED, "10", **OF_TREASURER)
    turn = person.say("1")
    assert steps(turn) == []
    assert "Большое спасибо" in text(turn)


def test_under_a_threshold_nobody_is_asked_to_send() -> None:
    person = talking.Person()
    suu = person.house.campaigns["suu"]
    person.house.campaigns["suu"] = dataclasses.replace(suu, model=campaigns.Model.THRESHOLD)
    person.send("start", start="a-suu")
    turn = person.say("2", "1", "5000 сом", "1", "мои обещания", "1")
    assert "Отправлено" not in text(turn)
    assert "только если наберётся нужное" in text(turn)
    turn = person.say("отправлено")
    assert steps(turn) == []
    assert "Пока рано" in text(turn)


def test_once_it_is_due_the_amount_stays_and_the_day_may_move(person: talking.Person) -> None:
    happened(person, events.Step.DUE, "10", by=events.Role.CLOCK, due=dt.date(2027, 3, 1))
    turn = person.say("мои обещания", "1")
    assert "Изменить" not in text(turn)
    assert "мы поймём" in text(turn)
    turn = person.say("изменить")
    assert steps(turn) == []
    assert "размер остаётся прежним" in text(turn)
    assert steps(person.say("перенести", "1")) == ["postponed"]


def test_whatever_ends_the_campaign_a_pledge_can_be_taken_back(person: talking.Person) -> None:
    person.house.close("suu")
    turn = person.say("мои обещания", "1")
    assert "1. Снять обещание\n2. Чьё имя указать\n3. Назад" in text(turn)
    assert steps(person.say("1", "1")) == ["withdrawn"]


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_reason_is_said_in_words(language: str) -> None:
    _, _, campaign = talking.flows()
    said: list[messages.Line] = [doubting.REFUSED[reason] for reason in wishes.Reason]
    for why in pieces.Why:
        said += doubting.aside(pieces.Misread(why, "5 жылдыз"), campaign)
    said += doubting.aside(pieces.Unasked("sheep", Decimal(1), "бир кой"), campaign)
    said += [doubting.unclear(whens.Misread(each)) for each in whens.Why]
    abouts = ("salary", "pension", "season", "holiday", "part", "year", "week", "after", "event", "any", "date")
    said += [doubting.unclear(whens.Asked(about)) for about in (*abouts, "times", "often")]
    for line in said:
        words = VOICE.say(line, language)
        assert words.strip()
        assert "{" not in words


def test_every_doubt_has_a_question_and_something_to_choose_or_write() -> None:
    _, _, campaign = talking.flows()
    facts = messages.Facts({}, {}, {})
    ear = drafting.Ear(campaign, facts, talking.START.date())
    for words in (
        "5000",
        "20",
        "цемент",
        "5 тонна цемент",
        "5 киши",
        "100$ же 3 күн",
        "1 жума",
        "пару тысяч",
        "до 5000 сом",
    ):
        doubt = ear.heard(words).doubt
        assert doubt is not None, words
        assert all(VOICE.say(line, "ky") for line in doubting.question(doubt, campaign))
        for kept, label in doubting.choices(doubt, campaign):
            assert VOICE.say(label, "ky")
            # Whatever is chosen settles something: the same is not asked again.
            assert not kept or ear.heard(words, (kept,)).doubt != doubt, (words, kept)


def test_what_is_no_longer_needed_stays_promised_and_can_be_sent(person: talking.Person) -> None:
    suu = person.house.campaigns["suu"]
    person.say("2")
    person.house.campaigns["suu"] = dataclasses.replace(suu, needs=tuple(n for n in suu.needs if n.kind == "money"))
    # Asked how much while the need was there, answered when it was not.
    turn = person.say("12")
    assert steps(turn) == []
    assert turn.talk.scene == "pledge"
    assert "Изменить размер" not in text(turn)
    assert steps(person.say("изменить")) == []
    assert steps(person.say("отправила")) == ["sent"]


def test_a_slip_in_other_money_is_seen_by_the_rate_of_the_promise() -> None:
    person = talking.Person()
    person.house.worth["RUB"] = messages.Rate(Decimal("0.98"), dt.date(2027, 2, 27))
    person.send("start", start="a-suu")
    person.say("2", "1", "500 рублей", "1", "мои обещания", "1")
    # The rates of those days are too old by now.
    person.house.worth.clear()
    assert steps(person.say("2", "99 000 000 000")) == []
    assert steps(person.say("2", "700")) == ["changed"]
