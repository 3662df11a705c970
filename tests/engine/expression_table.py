"""What expressions give, by function: values, operators, choosing, text and numbers; and one situation to ask in.

The expected values are JavaRosa's (`XPathFuncExpr` and its tests), since facilitators try their forms there. Where
ours differ, or engines differ among themselves, the row says why. Dates, repeats and lists: `expression_series.py`.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple

from bot.engine.xpath import expressions

NAN = math.nan
INFINITE = math.inf


class Row(NamedTuple):
    """One expression and what it gives in CONTEXT."""

    source: str
    expected: expressions.Value
    #: Why other engines give something else.
    differs: str = ""


_VILLAGES = (
    {"name": "kara", "label": "Кара-Суу", "raion": "KG0201", "people": "1200"},
    {"name": "ak", "label": "Ак-Суу", "raion": "KG0202", "people": "800"},
    {"name": "kyzyl", "label": "Кызыл-Суу", "raion": "KG0201", "people": ""},
)
_RAIONS = ({"name": "KG0201", "label": "Ак-Суу району"}, {"name": "KG0202", "label": "Жети-Өгүз району"})
_LABELS = {("sex", "woman"): "аял", ("top", "work"): "Жумуш", ("top", "health"): "Ден соолук"}

CONTEXT = expressions.Context(
    answers={
        "age": 17.0,
        "sex": "woman",
        "top": "work health water",
        "amount": "12,5",
        "born": "1990-03-21",
        "met": "2027-03-20T15:30",
        "woken": "06:45",
        "name": "Айгүл",
        "agreed": True,
        "zero": 0.0,
        "raion": "KG0201",
        "child": "",
        "child_name": "Бек",
        "child_age": 7.0,
    },
    current=7.0,
    columns={"parent": "KG02", "level": "2"},
    now=dt.datetime(2027, 3, 21, 9, 5, tzinfo=dt.timezone(dt.timedelta(hours=6))),
    series={
        "child": ("", "", ""),
        "child_name": ("Айша", "Бек", "Жан"),
        "child_age": (4.0, 7.0, ""),
        "child_sex": ("girl", "boy", "girl"),
        "weight": (1.0, 2.0, 4.0),
        "debt": (-3.0, -1.5),
        "cow": (),
        "toy": ("мяч", "топ", "конь"),
        "toy#1": ("мяч",),
        "toy#2": ("топ", "конь"),
    },
    at=(2,),
    seed="a seed",
    lists={"villages.csv": _VILLAGES, "raions": _RAIONS, "numbers": ({"n": "5"}, {"n": "x"}, {"n": "7,5"})},
    label=lambda question, choice: _LABELS.get((question, choice), choice),
)

VALUES = (
    Row("1", 1.0),
    Row("1.50", 1.5),
    Row(".5", 0.5),
    Row("5.", 5.0),
    Row("555555.555", 555555.555),
    Row("1230000000000000000000", 1.23e21),
    Row("'яблоко'", "яблоко"),
    Row('"it\'s"', "it's"),
    Row("'\"'", '"'),
    Row("'   '", "   "),
    Row("${age}", 17.0),
    Row("${ age }", 17.0),
    Row("${never}", ""),
    Row(".", 7.0),
    Row("parent", "KG02"),
    Row("nowhere", ""),
    Row("parent = 'KG02' and level = 2", True),
    Row("div", ""),
    Row("mod mod mod", NAN),
    Row("5-3", 2.0),
    Row("3 -1", 2.0),
    Row("\u00a01\n+\t1 ", 2.0, "JavaRosa refuses a no-break space, which spreadsheets are full of"),
)

PATHS = (
    Row("../age", 17.0),
    Row("../../person/age", 17.0),
    Row("/data/person/age", 17.0),
    Row("current()/../age", 17.0),
    Row("current()/../../group/age", 17.0),
    Row("current()/.", 7.0),
    Row("current()", 7.0),
    Row("./age", 17.0, "a path is taken for its last step, wherever it leads"),
    Row("person/age", 17.0, "a path is taken for its last step, wherever it leads"),
    Row("${person}/age", 17.0),
    Row("../div", ""),
    Row(". = 7", True),
    Row("../age * 2", 34.0),
)

ARITHMETIC = (
    Row("5.5 + 5.5", 11.0),
    Row("6.1 - 7.8", -1.7),
    Row("3 + -4", -1.0),
    Row("1 + 2 * 3", 7.0),
    Row("(1 + 2) * 3", 9.0),
    Row("10 - 3 - 2", 5.0),
    Row("1 - (2 - 3)", 2.0),
    Row("100 div 10 div 2", 5.0),
    Row("2 * 3 div 8 * 2", 1.5),
    Row("7 div 2", 3.5),
    Row("7 DIV 2", 3.5),
    Row("7 mod 4", 3.0),
    Row("-5 mod 2", -1.0),  # Java's %: the sign of the dividend
    Row("5 mod -2", 1.0),
    Row("-5 mod -3", -2.0),
    Row("1.5 mod 1", 0.5),
    Row("5 mod 3.1", 1.9),
    Row("1 div 0", INFINITE),
    Row("-1 div 0", -INFINITE),
    Row("0 div 0", NAN),
    Row("5 mod 0", NAN),
    Row("${zero} mod ${zero}", NAN),
    Row("(1 div 0) mod 2", NAN),
    Row("2 mod (1 div 0)", 2.0),
    Row("--5", 5.0),
    Row("-${age}", -17.0),
    Row("-'19'", -19.0),
    Row("- 2 + 3", 1.0),
    Row("-(8*5)", -40.0),
    Row("'' + 1", NAN),
    Row("'123' * '456'", 56088.0),
    Row("${amount} * 2", 25.0),  # a decimal comma is a decimal point
    Row("true() + true()", 2.0),
    Row("true() + 8", 9.0),
)

COMPARISON = (
    Row("1 = 1.0", True),
    Row("3 != 4", True),
    Row("'1' = 1", True),
    Row("'0017.' = 17", True),
    Row("'1' = '1.0'", False),  # two texts are compared as texts
    Row("'a' = 'A'", False),
    Row("'abc' != 'def'", True),
    Row("'' = ''", True),
    Row("${never} = ''", True),
    Row("${never} != ''", False),
    Row("${never} = 0", False, "Excel and Enketo's forms of old: nothing is not nought"),
    Row("${never} > 5", False),
    Row("${never} < 5", False, "elementpath raises"),
    Row("'b' > 'a'", False),  # order is of numbers only
    Row("'10' > '9'", True),
    Row("'-17' > '-172'", True),
    Row("4 <= 5", True),
    Row("5 >= 6", False),
    Row("0.1 + 0.2 = 0.3", True),  # as near as 1e-12 is equal
    Row("6.1 - 7.8 = -1.7", True),
    Row("1 div 0 = 1 div 0", True, "JavaRosa subtracts, and infinity from infinity is no number"),
    Row("true() = 'false'", True),  # any text is true
    Row("true() = 1", True),
    Row("true() = 17", True),
    Row("false() = ''", True),
    Row("0 = false()", True),
    Row("number('x') = number('x')", False),
    Row("number('x') != number('x')", True),
    Row("1 < 2 = true()", True),
    Row("-3 < 3 = 6 >= 6", True),
    Row("3 > 2 > 1", False),  # (3 > 2) is 1, and 1 > 1 is not
    Row("3 < 4 < 5", True),
    Row("6 < 7 - 4", False),
    Row("true() > 0.9999", True),
    Row("${age} >= 14 and ${age} <= 120", True),
    Row("${age}<18", True),
)

LOGIC = (
    Row("true() or false() and false()", True),
    Row("(true() or false()) and false()", False),
    Row("1 and 'x'", True),
    Row("1 AND 'x'", True),
    Row("0 Or ''", False),
    Row("'false' and 1", True),
    Row("${agreed} and not(${zero})", True),
    Row("0 or 0 or 0 or ${age}", True),
    Row("1 and 1 and 1 and ''", False),
    Row("false() or 0 + 2", True),
    Row("(false() or 0) + 2", 2.0),
    Row("false() and true() != true()", False),
    Row("not('')", True),
    Row("not('false')", False),
    Row("boolean(0.0001)", True),
    Row("boolean(-0)", False),
    Row("boolean(0 div 0)", False),
    Row("boolean('  ')", True),
    Row("boolean-from-string('true')", True),
    Row("boolean-from-string('TRUE')", True),
    Row("boolean-from-string(1.0)", True),
    Row("boolean-from-string(1.0001)", False),
    Row("boolean-from-string('whatever')", False),
)

CHOOSING = (
    Row("if(${age} < 18, 'minor', 'adult')", "minor"),
    Row("if(${never}, 1, 2)", 2.0),
    Row("if(${age} < 30, if(${age} < 18, '14-17', '18-29'), '30+')", "14-17"),
    Row("coalesce(${never}, ${name})", "Айгүл"),
    Row("coalesce(${never}, '')", ""),
    Row("coalesce('', 0 div 0)", NAN),  # the last one, whatever it is
    Row("coalesce(${zero}, 5)", 0.0),
    Row("coalesce('', '', 'c')", "c", "JavaRosa takes two values only"),
    Row("once('new')", 7.0),
    Row("selected(${top}, 'health')", True),
    Row("selected(${top}, ' health ')", True),
    Row("selected(${top}, 'heal')", False),
    Row("selected(${never}, 'health')", False),
    Row("selected(${sex}, 'woman')", True),
    Row("selected(${top}, concat('wat', 'er'))", True),
    Row("selected(${never}, '')", True),  # an empty name is chosen where nothing is
    Row("selected(${top}, '')", False),
    Row("selected(${age}, 17)", True, "JavaRosa wants the name in quotes, and fails while the form is filled in"),
    Row("is-selected(${top}, 'work')", True),
    Row("selected-at(${top}, 0)", "work"),
    Row("selected-at(${top}, 2)", "water"),
    Row("selected-at(${top}, 3)", ""),
    Row("selected-at(${top}, -1)", ""),
    Row("count-selected(${top})", 3.0),
    Row("count-selected(${never})", 0.0),
    Row("count-selected('  a  b ')", 2.0),
    Row("count-selected(.) <= 3", True),
    Row("jr:choice-name(${sex}, '${sex}')", "аял"),
    Row("jr:choice-name(selected-at(${top}, 1), '/data/top')", "Ден соолук"),
    Row("jr:choice-name(selected-at(${top}, 9), '${top}')", ""),
    Row("jr:choice-name('work', ${top})", "Жумуш", "ODK knows only the quoted form"),
    Row("jr:choice-name('work', 'top')", "Жумуш", "ODK knows only the quoted form of ${top}"),
)

CONVERSION = (
    Row("string(17)", "17"),
    Row("string(1.50)", "1.5"),
    Row("string(-0.2 * 0)", "0"),
    Row("string(-123456)", "-123456"),
    Row("string(.557586)", "0.557586"),
    Row("string(true())", "true"),
    Row("string(0 div 0)", "NaN"),
    Row("string(-1 div 0)", "-Infinity"),
    Row("string(5000000000)", "5000000000", "JavaRosa prints 5.0E9, which number() cannot read"),
    Row("string(1230000000000000000000)", "1230000000000000000000", "JavaRosa prints 1.23E21, and calls it broken"),
    Row("string(0.00001)", "0.00001", "JavaRosa prints 1.0E-5"),
    Row("number(' 12 ')", 12.0),
    Row("number('-.5')", -0.5),
    Row("number('1e3')", NAN),  # XPath knows no exponents
    Row("number('+5')", NAN),
    Row("number('')", NAN),
    Row("number('  ')", NAN),
    Row("number('- 17')", NAN),
    Row("number('--5')", NAN),
    Row("number('34.56.7')", NAN),
    Row("number('Infinity')", NAN),
    Row("number('1 250')", NAN),
    Row("number('4,6')", 4.6),
    Row("number(true())", 1.0),
    Row("int(2.9)", 2.0),
    Row("int(-2.9)", -2.0),
    Row("int('x')", NAN),
    Row("int(1 div 0)", INFINITE),
)

NUMBERS = (
    Row("round(1.5)", 2.0),
    Row("round(2.5)", 3.0, "Python and .NET round a half to the even neighbour"),
    Row("round(-1.5)", -1.0, "C and Excel go away from zero; XPath goes up, also below zero"),
    Row("round(-1.6)", -2.0),
    Row("round('14,6')", 15.0),
    Row("round('14.29123456789', 1)", 14.3),
    Row("round('14.29123456789', 1.5)", 14.3),
    Row("round('12345.15', 1)", 12345.2),
    Row("round('-12345.15', 1)", -12345.1),
    Row("round(2.345, 2)", 2.35),
    Row("round(1234, -2)", 1200.0),
    Row("round('12350.12345', -2)", 12400.0),
    Row("round(-12360, -2)", -12400.0, "JavaRosa cuts off below zero and gives -12300"),
    Row("round(1, 31)", NAN),
    Row("round('x')", NAN),
    Row("abs(-3.5)", 3.5),
    Row("abs('')", NAN),
    Row("floor(-1.5)", -2.0, "Enketo has it, JavaRosa has not"),
    Row("ceiling(1.2)", 2.0, "Enketo has it, JavaRosa has not"),
    Row("floor(1 div 0)", INFINITE),
    Row("ceiling('x')", NAN),
    Row("pow(2, 0)", 1.0),
    Row("pow(2.5, 2)", 6.25),
    Row("pow(4, 0.5)", 2.0),
    Row("pow(-1, 3)", -1.0),
    Row("pow(-8, 0.5)", NAN),
    Row("pow(0, -1)", INFINITE),
    Row("pow(10, 400)", INFINITE),
    Row("pow(-10, 401)", -INFINITE),
    Row("sqrt(9)", 3.0),
    Row("sqrt(-1)", NAN),
    Row("exp(0)", 1.0),
    Row("exp(1000)", INFINITE),
    Row("exp10(2)", 100.0),
    Row("log(exp(2))", 2.0),
    Row("log(0)", -INFINITE),
    Row("log10(1000)", 3.0),
    Row("log10(-1)", NAN),
    Row("sin(0)", 0.0),
    Row("cos(0)", 1.0),
    Row("round(tan(pi() div 4), 6)", 1.0),
    Row("sin(1 div 0)", NAN),
    Row("asin(1) * 2", math.pi),
    Row("acos(2)", NAN),
    Row("atan(1) * 4", math.pi),
    Row("atan2(1, 1) * 4", math.pi),
)

TEXT = (
    Row("string-length(${name})", 5.0),
    Row("string-length(${age})", 2.0),
    Row("string-length('')", 0.0),
    Row("string-length()", 1.0),
    Row("string-length('👍')", 1.0, "Java counts a sign outside the first plane twice"),
    Row("contains(${name}, 'гү')", True),
    Row("contains(${name}, '')", True),
    Row("starts-with(${name}, 'Ай')", True),
    Row("starts-with('', 'a')", False),
    Row("ends-with(${name}, 'Ай')", False),
    Row("ends-with('', '')", True),
    Row("substr('Каракол', 0, 4)", "Кара"),
    Row("substr('Каракол', 4)", "кол"),
    Row("substr('Каракол', -3)", "кол"),
    Row("substr('Каракол', 1, -1)", "арако"),
    Row("substr('Каракол', 5, 2)", ""),
    Row("substr('Каракол', 0 div 0, 1 div 0)", "Каракол"),
    Row("substr('hello', -9, 2)", "he"),
    Row("substring-before('hello', 'l')", "he"),
    Row("substring-before('hello', 'q')", ""),
    Row("substring-before('hello', '')", ""),
    Row("substring-after('hello', 'l')", "lo"),
    Row("substring-after('hello', 'q')", ""),
    Row("substring-after('hello', '')", "hello"),
    Row("substring-after('1.5', '.')", "5"),
    Row("translate('hello', 'l', 'L')", "heLLo"),
    Row("translate('hello', '', 'L')", "hello"),
    Row("translate('hello', 'l', '')", "heo"),
    Row("translate('hello world', 'hello', '')", " wrd"),
    Row("translate('hello wor,ld', ' ,', ', ')", "hello,wor ld"),
    Row("translate('aa', 'aa', 'xy')", "xx"),  # the first mention counts
    Row("normalize-space('  a \n b ')", "a b"),
    Row("normalize-space()", "7"),
    Row("concat(${age}, ' жаш')", "17 жаш"),
    Row("concat('a', 1 + 1, true())", "a2true"),
    Row("concat('ab', 'cde', '', 'fgh', 1, false(), 'ijklmnop')", "abcdefgh1falseijklmnop"),
    Row("join(', ', 'a', 2, '')", "a, 2, "),
    Row("digest('some text', 'MD5')", "VS4hzUzZkYZ448Gg30kbww=="),
    Row("digest('some text', 'SHA-1', 'base64')", "N6pjx3OY2VRHMmLhoAV8HmMu2nc="),
    Row("digest('some text', 'md5', 'hex')", "552e21cd4cd9918678e3c1a0df491bc3"),
)

REGEX = (
    Row("regex('123', '[0-9]{3}')", True),
    Row("regex('1234', '[0-9]{3}')", False, "XPath 2 and JavaScript find it anywhere; JavaRosa wants all of the text"),
    Row("regex('ab', '^a$|^ab$')", True),
    Row("regex(${name}, '[А-Яа-яӨөҮүҢң]+')", True),
    Row(r"regex(${name}, '[\u0400-\u04FF]+')", True),
    Row(r"regex(${name}, '\p{IsCyrillic}+')", True),
    Row(r"regex(${name}, '\p{L}+')", True),
    Row("regex('ө', '.')", True),
    Row(r"regex('ө', '\w')", False, "Python's \\w knows Cyrillic, Java's does not"),
    Row(r"regex('+996700123456', '\+?\d{9,15}')", True),
    Row(r"regex('(=', '\(?=')", True),
    Row(r"regex('a\u0041', 'a\\u0041')", True),
    Row("regex('', '')", True),
    Row("regex('ABC', '(?i)abc')", True),
    Row("regex('a', concat('(', 'a'))", False, "JavaRosa fails while the form is filled in"),
)

GROUPS = {
    "values": VALUES,
    "paths": PATHS,
    "arithmetic": ARITHMETIC,
    "comparison": COMPARISON,
    "logic": LOGIC,
    "choosing": CHOOSING,
    "conversion": CONVERSION,
    "numbers": NUMBERS,
    "text": TEXT,
    "regex": REGEX,
}
