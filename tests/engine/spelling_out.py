"""Numbers in words, Kyrgyz and Russian, to be read back: a speller of the tests' own."""

from __future__ import annotations

_KY_UNITS = ("", "бир", "эки", "үч", "төрт", "беш", "алты", "жети", "сегиз", "тогуз")
_KY_TENS = ("", "он", "жыйырма", "отуз", "кырк", "элүү", "алтымыш", "жетимиш", "сексен", "токсон")

_RU_UNITS = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
_RU_TEENS = (
    "десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать",
    "восемнадцать", "девятнадцать",
)  # fmt: skip
_RU_TENS = (
    "", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто",
)  # fmt: skip
_RU_HUNDREDS = (
    "", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот",
)  # fmt: skip


def kyrgyz(n: int) -> str:
    """0 to 999,999 in Kyrgyz."""
    thousands, rest = divmod(n, 1000)
    words = [_ky_below(thousands), "миң"] if thousands else []
    return " ".join([*words, _ky_below(rest)]).strip() or "нөл"


def _ky_below(n: int) -> str:
    hundreds, rest = divmod(n, 100)
    words = [_KY_UNITS[hundreds], "жүз"] if hundreds else []
    return " ".join(filter(None, [*words, _KY_TENS[rest // 10], _KY_UNITS[rest % 10]]))


def russian(n: int) -> str:
    """0 to 999,999 in Russian."""
    thousands, rest = divmod(n, 1000)
    words = []
    if thousands:
        last = thousands % 100
        noun = "тысяч" if last in range(5, 21) else {1: "тысяча", 2: "тысячи", 3: "тысячи", 4: "тысячи"}.get(last % 10)
        words = [_ru_below(thousands, feminine=True), noun or "тысяч"]
    return " ".join(filter(None, [*words, _ru_below(rest)])) or "ноль"


def _ru_below(n: int, *, feminine: bool = False) -> str:
    hundreds, rest = divmod(n, 100)
    if 10 <= rest < 20:
        return f"{_RU_HUNDREDS[hundreds]} {_RU_TEENS[rest - 10]}".strip()
    unit = {1: "одна", 2: "две"}.get(rest % 10) if feminine else None
    return " ".join(filter(None, [_RU_HUNDREDS[hundreds], _RU_TENS[rest // 10], unit or _RU_UNITS[rest % 10]]))
