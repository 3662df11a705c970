"""Dates as people write them, and what is said to be lacking where one is not whole."""

from __future__ import annotations

import datetime as dt

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine.understanding import dates
from bot.engine.understanding.dates import Lack, Part

#: A Sunday.
TODAY = dt.date(2026, 11, 22)
MARCH = dt.date(1990, 3, 21)

MONTHS = {
    "ky": ("январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь",
           "декабрь"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
           "декабря"),
    "own": ("үчтүн айы", "бирдин айы", "жалган куран", "чын куран", "бугу", "кулжа", "теке", "баш оона", "аяк оона",
            "тогуздун айы", "жетинин айы", "бештин айы"),
    "latin": ("yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avgust", "sentyabr", "oktyabr", "noyabr",
              "dekabr"),
    "short": ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    "of": ("январдын", "февралдын", "марттын", "апрелдин", "майдын", "июндун", "июлдун", "августтун", "сентябрдын",
           "октябрдын", "ноябрдын", "декабрдын"),
    "in": ("январе", "феврале", "марте", "апреле", "мае", "июне", "июле", "августе", "сентябре", "октябре", "ноябре",
           "декабре"),
}  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        "21.03.1990", "21.3.1990", "21/03/1990", "21/3/90", "21-03-1990", "21.03.90", "21 03 1990", "21,03,1990",
        "1990-03-21", "1990.03.21", "1990/3/21", "1990 03 21", "21031990", "210390", "19900321", " 21.03.1990. ",
        "２１.０３.１９９０", "21.03.1990г.", "21.03.1990 г.", "21.03.1990 г.р.", "21.03.1990ж.", "21.03.1990-ж.",
        "21.03.1990 жыл", "21.03.1990-жылы", "21 март 1990", "21-март 1990", "21-март, 1990-жыл", "21-март 1990-жыл",
        "1990-жыл, 21-март", "1990-жылдын 21-марты", "1990-жылдын 21-мартында", "1990-жылы 21-март",
        "1990-ж. 21-март", "1990 21 март", "март 21 1990", "март 21, 1990", "21 мартта 1990-жылы",
        "1990-жылы 21-мартта туулгам", "21 марта 1990", "21 марта 1990 г.", "21 марта 1990 года", "21 марта 1990г",
        "21-го марта 1990", "21-е марта 1990 года", "21ое марта 1990", "1990 год, 21 марта", "1990 года 21 марта",
        "родилась 21 марта 1990", "21 марта 90", "21 март 90", "21 mart 1990", "21 mart 1990 jyl", "21 march 1990",
        "March 21, 1990", "21 МАРТА 1990", "21март1990", "21 мар 1990", "21 мар. 1990", "21 жалган куран 1990",
        "1990-жылдын 3-айынын 21и", "21-число 3-ай 1990-жыл", "двадцать первое марта 1990",
        "жыйырма биринчи март 1990",
        "двадцать первого марта тысяча девятьсот девяностого года",
        "бир миң тогуз жүз токсонунчу жылдын жыйырма биринчи марты",
    ],
)  # fmt: skip
def test_a_date_is_read_as_people_write_it(typed: str) -> None:
    assert dates.read(typed) == MARCH


@pytest.mark.parametrize("names", MONTHS.values(), ids=MONTHS)
def test_every_month_has_all_its_names(names: tuple[str, ...]) -> None:
    for number, name in enumerate(names, 1):
        for typed in (f"5 {name} 1987", f"5-{name}, 1987-жыл", f"1987-жылдын 5-{name}", f"05 {name.upper()} 87"):
            assert dates.read(typed) == dt.date(1987, number, 5), typed


@pytest.mark.parametrize(
    ("typed", "month"),
    [("фивраль", 2), ("апрел", 4), ("сентебрь", 9), ("сентебря", 9), ("сентябр", 9), ("октабрь", 10), ("нояб", 11),
     ("дикабря", 12), ("декабрда", 12), ("авгус", 8), ("августа", 8), ("янвор", 1), ("мартында", 3), ("юля", 7),
     ("феваль", 2), ("мартобря", None)],
)  # fmt: skip
def test_a_slip_in_a_month_is_forgiven(typed: str, month: int | None) -> None:
    assert dates.read(f"5 {typed} 2001") == (dt.date(2001, month, 5) if month else Lack.NO_DATE)


@pytest.mark.parametrize(
    ("year", "full"), [("00", 2000), ("05", 2005), ("29", 2029), ("30", 1930), ("45", 1945), ("99", 1999)]
)
def test_two_digits_of_a_year_are_of_a_birth(year: str, full: int) -> None:
    assert dates.read(f"9.5.{year}") == dates.read(f"9 мая {year}") == dt.date(full, 5, 9)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("бүгүн", 0), ("бугун", 0), ("Бүгүн!", 0), ("сегодня", 0), ("bugun", 0), ("segodnya", 0), ("бүгүнкү", 0),
        ("кечээ", -1), ("кечээки күнү", -1), ("бүгүнкү күн", 0), ("кече", -1), ("вчера", -1), ("vchera", -1),
        ("эртең", 1), ("эртен", 1), ("завтра", 1),
        ("бүрсүгүнү", 2), ("бурсугуну", 2), ("послезавтра", 2), ("мурдагы күнү", -2), ("мурда күнү", -2),
        ("позавчера", -2), ("3 күн мурун", -3), ("3 күн мурда", -3), ("үч күн мурун", -3), ("мындан 3 күн мурун", -3),
        ("3 дня назад", -3), ("три дня назад", -3), ("3 дня тому назад", -3), ("5 дней назад", -5),
        ("день назад", -1),
        ("неделю назад", -7), ("2 недели назад", -14), ("бир жума мурун", -7), ("эки апта мурун", -14),
        ("через 2 дня", 2), ("через неделю", 7), ("2 күндөн кийин", 2), ("бир жумадан кийин", 7),
        ("он күн мурун", -10),
        ("3 kun murun", -3),
    ],
)  # fmt: skip
def test_a_date_may_be_counted_from_today(typed: str, days: int) -> None:
    assert dates.read(typed, TODAY) == TODAY + dt.timedelta(days=days)
    assert dates.read(typed) is Lack.NO_DATE, "nobody knows the day"


@pytest.mark.parametrize(
    ("typed", "lack"),
    [
        ("1990", Lack.DAY), ("1990-жыл", Lack.DAY), ("в 1990 году", Lack.DAY), ("90-жыл", Lack.DAY),
        ("март", Lack.DAY),
        ("март 1990", Lack.DAY), ("1990-жылдын марты", Lack.DAY), ("03.1990", Lack.DAY), ("1990-03", Lack.DAY),
        ("031990", Lack.DAY), ("21 март", Lack.YEAR), ("21-мартта", Lack.YEAR), ("21.03", Lack.YEAR),
        ("21/3", Lack.YEAR),
        ("31.02.2000", Lack.IMPOSSIBLE), ("29.02.2023", Lack.IMPOSSIBLE), ("31 апреля 2000", Lack.IMPOSSIBLE),
        ("32.01.2000", Lack.IMPOSSIBLE), ("0.1.2000", Lack.IMPOSSIBLE), ("12.13.1990", Lack.IMPOSSIBLE),
        ("21.03.0990", Lack.IMPOSSIBLE), ("21.03.990", Lack.IMPOSSIBLE), ("21.03.3990", Lack.IMPOSSIBLE),
        ("03/21/1990", Lack.IMPOSSIBLE), ("99999999", Lack.IMPOSSIBLE),
        ("", Lack.NO_DATE), ("5", Lack.NO_DATE), ("21", Lack.NO_DATE), ("дүйшөмбү", Lack.NO_DATE),
        ("среда", Lack.NO_DATE),
        ("билбейм", Lack.NO_DATE), ("давно", Lack.NO_DATE), ("14:30", Lack.NO_DATE), ("1.2.3.4", Lack.NO_DATE),
        ("2 жыл мурун", Lack.NO_DATE), ("месяц назад", Lack.NO_DATE), ("май айында эле", Lack.NO_DATE),
        ("1" * 100, Lack.NO_DATE), ("күн мурун", Lack.NO_DATE),
    ],
)  # fmt: skip
def test_what_is_lacking_of_a_date_is_told(typed: str, lack: Lack) -> None:
    assert dates.read(typed) is lack


@pytest.mark.parametrize(
    ("typed", "year"),
    [("1990", 1990), ("1990-жыл", 1990), ("1990-жылы", 1990), ("в 1990 году", 1990), ("90", 1990), ("90-жыл", 1990),
     ("05", 2005), ("21.03.1990", 1990), ("март 1990", 1990), ("2 жыл мурун", 2024), ("год назад", 2025),
     ("былтыр", 2025), ("быйыл", 2026), ("в прошлом году", 2025), ("1200", Lack.IMPOSSIBLE),
     ("билбейм", Lack.NO_DATE)],
)  # fmt: skip
def test_a_year_alone_is_a_date_where_a_year_is_asked_for(typed: str, year: int | Lack) -> None:
    assert dates.read(typed, TODAY, Part.YEAR) == (dt.date(year, 1, 1) if isinstance(year, int) else year)


@pytest.mark.parametrize(
    ("typed", "month"),
    [("03.1990", (1990, 3)), ("3/1990", (1990, 3)), ("1990-03", (1990, 3)), ("март 1990", (1990, 3)),
     ("03.90", (1990, 3)),
     ("1990-жылдын марты", (1990, 3)), ("марте 1990 года", (1990, 3)), ("март 90", Lack.YEAR),
     ("21.03.1990", (1990, 3)),
     ("031990", (1990, 3)), ("2 месяца назад", (2026, 9)), ("12 ай мурун", (2025, 11)), ("бүгүн", (2026, 11)),
     ("1990", Lack.MONTH), ("март", Lack.YEAR), ("13.1990", Lack.IMPOSSIBLE)],
)  # fmt: skip
def test_a_month_and_year_are_a_date_where_they_are_asked_for(typed: str, month: tuple[int, int] | Lack) -> None:
    assert dates.read(typed, TODAY, Part.MONTH) == (dt.date(*month, 1) if isinstance(month, tuple) else month)


@pytest.mark.parametrize(
    "typed", ["күн мурун", "2 жыл мурун", "месяц назад", "3 күн", "мурун", "0 күн мурун", "50000 күн мурун"]
)
def test_what_names_no_day_is_none_even_where_today_is_known(typed: str) -> None:
    assert dates.read(typed, TODAY) is Lack.NO_DATE


@pytest.mark.parametrize("today", [dt.date.min, dt.date.max])
def test_the_ends_of_the_calendar_are_no_error(today: dt.date) -> None:
    for typed in ("кечээ", "эртең", "бүрсүгүнү", "3 күн мурун", "через 2 недели"):
        assert dates.read(typed, today) is Lack.NO_DATE


FORMATS = (
    "{d:02}.{m:02}.{y}", "{d}.{m}.{y}", "{d}/{m}/{y}", "{d}-{m}-{y}", "{y}-{m:02}-{d:02}", "{d:02}{m:02}{y}",
    "{d} {ky} {y}", "{d}-{ky}, {y}-жыл", "{y}-жылдын {d}-{ky}", "{d} {ru} {y} г.", "{d} {ru} {y} года",
    "{y} {d} {ky}",
    "{d} {latin} {y}", "{d} {own} {y}", "{d}-{short} {y}",
)  # fmt: skip


@hypothesis.given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(FORMATS))
def test_every_date_is_read_back_from_every_way_to_write_it(date: dt.date, pattern: str) -> None:
    names = {language: those[date.month - 1] for language, those in MONTHS.items()}
    typed = pattern.format(d=date.day, m=date.month, y=date.year, **names)
    assert dates.read(typed) == date, typed


@hypothesis.settings(max_examples=400)
@hypothesis.given(
    st.text(max_size=40)
    | st.text(alphabet="0123456789.-/ мартжылкүнгода", max_size=24)
    | st.lists(st.sampled_from(["21", "03", "1990", "март", "марта", "жыл", "жылдын", "3", "күн", "мурун", "назад",
    "кечээ", "эки", "года", "32", "айы"]), max_size=6)
    .map(" ".join),
    st.sampled_from(Part),
    st.dates() | st.none(),
)  # fmt: skip
def test_whatever_is_typed_a_date_is_one_or_something_is_lacking(typed: str, part: Part, today: dt.date | None) -> None:
    found = dates.read(typed, today, part)
    assert isinstance(found, dt.date | Lack)
    if isinstance(found, dt.date) and part is not Part.DAY:
        assert found.day == 1
