"""Numbers as people write them: digits of all kinds, words of both languages, misspelt and in Latin letters."""

from __future__ import annotations

from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.engine import commands
from bot.engine.understanding import numbers
from tests.engine import spelling_out

#: What is typed = what is meant.
DIGITS = """
5=5  0=0  007=7  1250=1250  1 250=1250  1\u00a0250=1250  1\u202f250=1250  1\u2009250=1250  1'250=1250
12 500 000=12500000  1.250.000=1250000  1,250,000=1250000  12,5=12.5  12.5=12.5  1250.50=1250.50  1 250,50=1250.50
1,250.50=1250.50  1.250,50=1250.50  0,125=0.125  0.500=0.5  1250,500=1250.5  1 250,500=1250.5  3,14159=3.14159
42.490737=42.490737  100,00=100  ５０=50  １２，５=12.5  ٣٤=34  ۱۲=12  १२=12  ½=0.5  2½=2.5  2 ½=2.5  3¼=3.25  ¾=0.75
-5=-5  −5=-5  –5=-5  - 5=-5  минус 5=-5  minus 5=-5  минус беш=-5  5.=5  5!=5  -12,5=-12.5  1000000000000=1000000000000
35те=35  35-те=35  35тен=35  35ти=35  35-ти=35  5-го=5  2-й=2  3-чү=3  3чү=3  5-инчи=5  20дай=20  35темин=35
"""
KYRGYZ = """
нөл=0  нол=0  бир=1  эки=2  үч=3  төрт=4  беш=5  алты=6  жети=7  сегиз=8  тогуз=9  он=10  он беш=15  жыйырма=20
жыйырма бир=21  отуз=30  отуз төрт=34  кырк=40  элүү=50  алтымыш=60  жетимиш=70  сексен=80  токсон=90
токсон тогуз=99  жүз=100  жүз элүү=150  эки жүз=200  2 жүз=200  тогуз жүз токсон тогуз=999  миң=1000  бир миң=1000
миң беш жүз=1500  беш миң=5000  5 миң=5000  5миң=5000  он миң=10000  жыйырма беш миң=25000  жүз миң=100000
беш миң беш жүз=5500  5 миң 500=5500  эки миллион үч жүз миң беш=2300005  миллион=1000000  2 миллиард=2000000000
бир жарым=1.5  эки жарым=2.5  жарым=0.5  бир жарым миң=1500  эки жарым миң=2500  жарым миң=500  1,5 миң=1500
бирөө=1  экөө=2  үчөө=3  төртөө=4  бешөө=5  алтоо=6  жетөө=7  биринчи=1
миңден=1000  5 миңге=5000  экинчи=2  экиде=2  жетиден=7  элүүдө=50  бешинчи=5  он бешинчи=15  жыйырманчы=20
отузда=30  бештен=5  кыркка=40  үчтү=3  он-беш=15  жыйырма-бир=21  Беш!=5  БЕШ=5
"""
RUSSIAN = """
ноль=0  нуль=0  один=1  одна=1  одну=1  два=2  две=2  двое=2  три=3  трое=3  четыре=4  четверо=4  пять=5  пятеро=5
шесть=6  семь=7  восемь=8  девять=9  десять=10  одиннадцать=11  двенадцать=12  пятнадцать=15  девятнадцать=19
двадцать=20  двадцать один=21  двадцать-один=21  тридцать четыре=34  сорок=40  пятьдесят=50  шестьдесят=60
семьдесят семь=77  восемьдесят=80  девяносто девять=99  сто=100  сотня=100  сто пятьдесят=150  двести=200  триста=300
четыреста=400  пятьсот=500  девятьсот девяносто девять=999  тысяча=1000  тысячу=1000  две тысячи=2000
пять тысяч=5000  тысяча один=1001  сто тысяч двести=100200  двадцать пять тысяч триста сорок=25340  5 тыс=5000
5 тыс.=5000  5тыс=5000  5 тыщ=5000  пять тыщ=5000  тыща=1000  5к=5000  5k=5000  5К=5000  1,5к=1500  5кк=5000000
2 млн=2000000  2,5 млн=2500000  5 лимонов=5000000  3 ляма=3000000  1 млрд=1000000000  миллион двести тысяч=1200000
полтора=1.5  полторы=1.5  полторы тысячи=1500  полтора миллиона=1500000  полтораста=150  два с половиной=2.5
две с половиной тысячи=2500  полтысячи=500  пол миллиона=500000  половина=0.5  первый=1  второе=2  третья=3
третьего=3  пятого=5  двадцатый=20  двадцать первое=21  пяти=5  двадцати пяти=25  двух=2  десяток=10
"""
MISSPELT = """
жыйрма=20  жийирма=20  жыырма=20  жийырма=20  елуу=50  элуу=50  уч=3  торт=4  тогус=9  сигиз=8  жуз=100  кырык=40
алтымиш=60  жетимыш=70  сексен=80  таксон=90  миллйон=1000000  одинадцать=11  двацать=20  дватцать=20  трицать=30
питнадцать=15  пятнацать=15  шеснадцать=16  пядь=5  пят=5  шест=6  сем=7  восем=8  девят=9  чытыре=4  четыри=4
пятдесят=50  писят=50  шисят=60  шесдесят=60  семдесят=70  восемдесят=80  девяноста=90  тысича=1000  дьвести=200
besh=5  on besh=15  jyiyrma=20  zhyiyrma bir=21  jiyirma bir=21  otuz tort=34  altymysh=60  eluu=50  elüü=50  jüz=100
5 ming=5000  besh ming=5000  jarym=0.5  bir jarym=1.5  pyat=5  piat=5  dvadcat odin=21  sto pyatdesyat=150
tysyacha=1000  poltora=1.5  poltory tysyachi=1500  sem=7  dva s polovinoy=2.5  odin=1  nol=0  üç=3  tört=4
"""
#: No one number: nothing, several, a span, a date, or what could be either.
NONE = (
    "", " ", "сан", "көп", "много", "жаш", "34-35", "35–40", "3 4", "34 35", "эки-үч", "беш-алты", "беш он",
    "он-он беш", "отуз-кырк", "тысяча-две", "бир миң эки миң", "миң жарым", "сто-двести", "--3", "5 00", "12 345 67",
    "1,2,3", "3,1,7", "5.000", "5,000", "12.500", "21.03.1990", "1.2.3.4", "5²", "①", "к", "тыс", "5 мин",
    "пять мин", "15 min", "мин",
    "деять", "алтын", "жетим", "бирге", "они", "5м", "10га", "нөл беш", "5 сом", "$5", "35 жашта", "3/4", "1e5",
    "0x10", "1_000",
    "Infinity",
    "NaN", "сто сто", "двадцать десять", "пятнадцать один", "миллион миллион", "9" * 19, "十", "не знаю", "5-10-15",
)  # fmt: skip


def rows(*tables: str) -> list[tuple[str, str]]:
    entries = [each for table in tables for line in table.splitlines() for each in line.split("  ") if each.strip()]
    return [(typed, meant) for typed, _, meant in (each.strip(" ").rpartition("=") for each in entries)]


@pytest.mark.parametrize(("typed", "meant"), rows(DIGITS, KYRGYZ, RUSSIAN, MISSPELT))
def test_a_number_is_read_as_people_write_it(typed: str, meant: str) -> None:
    assert numbers.read(typed) == Decimal(meant)
    assert numbers.read(f" {typed}. ") == Decimal(meant)


@pytest.mark.parametrize(("typed", "meant"), rows(KYRGYZ, RUSSIAN))
def test_capitals_missing_letters_and_latin_do_not_change_a_number(typed: str, meant: str) -> None:
    # Without ң a thousand could be minutes; that has its own test.
    plain = typed.replace("миң", "ming")
    for each in (typed.upper(), plain.translate(str.maketrans("өүңё", "оуне")), commands.fold(plain)):
        assert numbers.read(each) == Decimal(meant), each


@pytest.mark.parametrize("typed", NONE)
def test_what_is_no_single_number_is_none(typed: str) -> None:
    assert numbers.read(typed) is None


def found(text: str) -> list[tuple[str, tuple[Decimal, ...]]]:
    return [(numbers.plain(text)[each.start : each.end], each.readings) for each in numbers.find(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("5000 сом", [("5000", 5000)]),
        ("20 капчык цемент", [("20", 20)]),
        ("3 күн жумуш", [("3", 3)]),
        ("полторы тысячи рублей", [("полторы тысячи", 1500)]),
        ("бир кой жана эки кап ун", [("бир", 1), ("эки", 2)]),
        ("500 som, 2 kun", [("500", 500), ("2", 2)]),
        ("100$ жана 5 миң сом", [("100", 100), ("5 миң", 5000)]),
        ("трактор на два дня", [("два", 2)]),
        ("камаз кум", []),
        ("5к сом, бир жарым тонна", [("5к", 5000), ("бир жарым", "1.5")]),
        ("алтын, жетим, бирге, отун", []),
        ("12,5 метр труба 3 даана", [("12,5", "12.5"), ("3", 3)]),
        ("10м труба, 2га жер", [("10", 10), ("2", 2)]),
    ],
)
def test_numbers_are_found_among_other_words(text: str, parts: list[tuple[str, str]]) -> None:
    assert found(text) == [(said, (Decimal(value),)) for said, value in parts]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("5.000", "5000 5"), ("5,000", "5000 5"), ("12.500", "12500 12.5"), ("5 мин", "5000 5"),
        ("пять мин", "5000 5"),
        ("15 min", "15000 15"), ("-5.000", "-5000 -5"), ("1.500 миң", "1500000 1500"),
    ],
)  # fmt: skip
def test_what_could_be_either_is_given_as_both(text: str, readings: str) -> None:
    (only,) = numbers.find(text)
    assert only.readings == tuple(map(Decimal, readings.split()))


def test_a_thousand_without_its_letter_is_none_of_minutes_where_the_words_are_kyrgyz() -> None:
    assert numbers.read("беш мин") == 5000
    assert numbers.read("жүз мин") == 100_000


@hypothesis.given(st.integers(0, 999_999))
@hypothesis.example(0)
@hypothesis.example(999_999)
def test_every_number_spelt_out_is_read_back(n: int) -> None:
    assert numbers.read(spelling_out.kyrgyz(n)) == n
    assert numbers.read(spelling_out.russian(n)) == n


@pytest.mark.parametrize("spell", [spelling_out.kyrgyz, spelling_out.russian])
def test_every_number_below_two_thousand_is_read_back_in_latin_letters(spell: object) -> None:
    assert callable(spell)
    for n in range(2000):
        words = commands.fold(spell(n).replace("миң", "ming"))
        assert numbers.read(words) == n, words


@hypothesis.given(
    st.decimals(0, 10**9, places=2), st.sampled_from([" ", "\u00a0", "\u202f", ""]), st.sampled_from(",.")
)
def test_every_amount_printed_with_two_places_is_read_back(amount: Decimal, space: str, point: str) -> None:
    printed = f"{amount:,.2f}".replace(".", "|").replace(",", space).replace("|", point)
    assert numbers.read(printed) == amount


@hypothesis.given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_two_numbers_are_never_made_one(one: int, other: int) -> None:
    hypothesis.assume(other >= 1000 or len(str(other)) != 3)
    assert numbers.read(f"{one} жана {other}") is None
    assert numbers.read(f"{one}-{other}") is None


@hypothesis.settings(max_examples=400)
@hypothesis.given(
    st.text(max_size=60)
    | st.text(alphabet="0123456789 ,.-'½²мкңиңбешжүзтыс", max_size=30)
    | st.lists(st.sampled_from([typed for typed, _ in rows(DIGITS, KYRGYZ, RUSSIAN)]), max_size=6).map(" ".join)
)
def test_whatever_is_typed_every_part_found_lies_in_the_text(text: str) -> None:
    ends = [0]
    for each in numbers.find(text, slips=True):
        assert ends[-1] <= each.start < each.end <= len(numbers.plain(text))
        assert 1 <= len(each.readings) <= 2
        assert all(value.is_finite() for value in each.readings)
        ends.append(each.end)
    numbers.read(text)
