"""Times of the day as people write them; what may be morning or afternoon is not guessed."""

from __future__ import annotations

import datetime as dt

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine.understanding import dates, times
from bot.engine.understanding.times import Lack

NOW = dt.datetime(2026, 11, 22, 10, 7, 33, tzinfo=dt.timezone(dt.timedelta(hours=6)))


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("14:30", "14:30"), ("14.30", "14:30"), ("14 30", "14:30"), ("14-30", "14:30"), ("1430", "14:30"),
        ("0930", "09:30"),
        ("930", "09:30"), ("7:00", "07:00"), ("07:00", "07:00"), ("0:15", "00:15"), ("24:00", "00:00"),
        ("14:30:15", "14:30"),
        ("１４:３０", "14:30"), ("саат 14:30", "14:30"), ("саат 15:00дө", "15:00"), ("в 14:30", "14:30"),
        ("14", "14:00"),
        ("0", "00:00"), ("саат 14тө", "14:00"), ("саат 20да", "20:00"), ("в 18 часов", "18:00"),
        ("15 часов 20 минут", "15:20"),
        ("15ч20", "15:20"), ("15 саат 20 мүнөт", "15:20"), ("он төрт", "14:00"), ("жыйырма эки отуз", None),
        # morning
        ("эртең менен 8де", "08:00"), ("эртең мененки 8", "08:00"), ("таңкы 6", "06:00"), ("таңкы саат 5те", "05:00"),
        ("8 утра", "08:00"), ("в 8 часов утра", "08:00"), ("утром в 9", "09:00"), ("восемь утра", "08:00"),
        ("11 am", "11:00"), ("түшкө чейин 11де", "11:00"), ("7:30 утра", "07:30"),
        # day
        ("в 3 часа дня", "15:00"), ("три часа дня", "15:00"), ("түшкү 2", "14:00"), ("түшкү саат 2де", "14:00"),
        ("түштөн кийин 3", "15:00"), ("күндүзгү 4", "16:00"), ("12 дня", "12:00"), ("час дня", None),
        ("1 час дня", "13:00"),
        ("11 дня", "11:00"), ("2 pm", "14:00"), ("2:30pm", "14:30"), ("12 pm", "12:00"), ("полдень", "12:00"),
        ("в полдень", "12:00"), ("чак түштө", "12:00"), ("түштө", "12:00"), ("түш маалы", "12:00"), ("noon", "12:00"),
        # evening
        ("кечки 7", "19:00"), ("кечки жети", "19:00"), ("кечки саат 7де", "19:00"), ("кечинде 8де", "20:00"),
        ("7 вечера", "19:00"), ("в семь вечера", "19:00"), ("кечки сегиз жарым", "20:30"), ("кечки 7:30", "19:30"),
        ("7.30 вечера", "19:30"), ("половина восьмого вечера", "19:30"), ("пол восьмого вечера", "19:30"),
        ("kechki 7", "19:00"), ("19:00 вечера", "19:00"),
        # night
        ("түнкү 2", "02:00"), ("түнкү 11", "23:00"), ("3 часа ночи", "03:00"), ("12 ночи", "00:00"),
        ("полночь", "00:00"),
        ("түн ортосу", "00:00"), ("кечки 12", "00:00"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(typed: str, time: str | None) -> None:
    assert times.read(typed) == (dt.time.fromisoformat(time) if time else Lack.NO_TIME)


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [("2 саат", 2, 0), ("саат 3тө", 3, 0), ("саат үчтө", 3, 0), ("в 3 часа", 3, 0), ("7", 7, 0), ("жети", 7, 0),
     ("саат 12де", 0, 0), ("үч жарым", 3, 30), ("саат үч жарымда", 3, 30), ("половина третьего", 2, 30),
     ("полтретьего", 2, 30), ("3 саат 20 мүнөт", 3, 20), ("в 9", 9, 0)],
)  # fmt: skip
def test_morning_and_afternoon_are_not_guessed(typed: str, hour: int, minute: int) -> None:
    assert times.read(typed) == (dt.time(hour, minute), dt.time(hour + 12, minute))


@pytest.mark.parametrize(
    ("typed", "lack"),
    [("25:00", Lack.IMPOSSIBLE), ("14:60", Lack.IMPOSSIBLE), ("99", Lack.IMPOSSIBLE), ("12 утра", Lack.NO_TIME),
     ("", Lack.NO_TIME), ("азыр", Lack.NO_TIME), ("кеч", Lack.NO_TIME), ("утром", Lack.NO_TIME),
     ("3 күн", Lack.NO_TIME),
     ("21.03.1990", Lack.NO_TIME), ("билбейм", Lack.NO_TIME), ("2,25", Lack.NO_TIME),
     ("1" * 100, Lack.NO_TIME)],
)  # fmt: skip
def test_what_is_no_time_is_told(typed: str, lack: Lack) -> None:
    assert times.read(typed) is lack


@pytest.mark.parametrize("typed", ["азыр", "сейчас", "Азыр!", "now"])
def test_now_is_a_time_where_the_clock_is_known(typed: str) -> None:
    assert times.read(typed, NOW) == dt.time(10, 7)
    assert times.read_both(typed, NOW) == dt.datetime(2026, 11, 22, 10, 7)  # noqa: DTZ001 - a form's time has no zone


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ("21.03.2026 14:30", "2026-03-21T14:30"), ("14:30 21.03.2026", "2026-03-21T14:30"),
        ("2026-03-21T14:30", "2026-03-21T14:30"), ("21.03.2026, 14.30", "2026-03-21T14:30"),
        ("21.03.2026 14 30", "2026-03-21T14:30"), ("21 март 2026, саат 14:30", "2026-03-21T14:30"),
        ("2026-жылдын 21-марты, саат 14:30да", "2026-03-21T14:30"),
        ("21 марта 2026 года в 14:30", "2026-03-21T14:30"),
        ("21 марта 2026 в 7 вечера", "2026-03-21T19:00"), ("кечээ кечки 7де", "2026-11-21T19:00"),
        ("вчера в 7 вечера", "2026-11-21T19:00"), ("бүгүн 14:30", "2026-11-22T14:30"),
        ("эртең түштө", "2026-11-23T12:00"),
        ("завтра в полдень", "2026-11-23T12:00"), ("3 дня назад в 8 утра", "2026-11-19T08:00"),
        ("кечки 7де кечээ", "2026-11-21T19:00"), ("эртең эртең менен 8де", "2026-11-23T08:00"),
    ],
)  # fmt: skip
def test_date_and_time_are_read_together(typed: str, when: str) -> None:
    assert times.read_both(typed, NOW) == dt.datetime.fromisoformat(when)


@pytest.mark.parametrize(
    ("typed", "lack"),
    [("21.03.2026", Lack.TIME), ("кечээ", Lack.TIME), ("14:30", Lack.DATE), ("саат 3тө", Lack.DATE),
     ("21.03.2026 25:00", Lack.IMPOSSIBLE), ("31.02.2026 14:30", dates.Lack.IMPOSSIBLE),
     ("21.03 14:30", dates.Lack.YEAR),
     ("21 март", dates.Lack.YEAR), ("1990", dates.Lack.DAY), ("билбейм", Lack.NO_TIME), ("", Lack.NO_TIME),
     ("1 " * 100, Lack.NO_TIME)],
)  # fmt: skip
def test_what_is_lacking_of_the_two_is_told(typed: str, lack: Lack | dates.Lack) -> None:
    assert times.read_both(typed, NOW) is lack


def test_of_date_and_time_too_the_half_of_the_day_is_not_guessed() -> None:
    found = times.read_both("кечээ саат 3тө", NOW)
    assert isinstance(found, tuple)
    assert [each.isoformat(timespec="minutes") for each in found] == ["2026-11-21T03:00", "2026-11-21T15:00"]


@hypothesis.given(
    st.times(), st.sampled_from(["{h:02}:{m:02}", "{h}.{m:02}", "саат {h}:{m:02}", "в {h}:{m:02}", "{h:02}{m:02}"])
)
def test_every_time_is_read_back(time: dt.time, pattern: str) -> None:
    assert times.read(pattern.format(h=time.hour, m=time.minute)) == dt.time(time.hour, time.minute)


@hypothesis.settings(max_examples=400)
@hypothesis.given(
    st.text(max_size=40)
    | st.text(alphabet="0123456789.:- саткечиутрадня", max_size=20)
    | st.lists(st.sampled_from(["14", "30", "саат", "кечки", "үч", "жарым", "утра", "дня", "7", "21.03.2026",
    "кечээ", "минут", "99", "pm"]), max_size=6)
    .map(" ".join)
)  # fmt: skip
def test_whatever_is_typed_a_time_is_one_or_something_is_lacking(typed: str) -> None:
    assert isinstance(times.read(typed, NOW), dt.time | tuple | Lack)
    assert isinstance(times.read_both(typed, NOW), dt.datetime | tuple | Lack | dates.Lack)
