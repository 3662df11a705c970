"""The bot's voice: what the mind wants said, in the words of locales/*.po and of the forms."""

from __future__ import annotations

import datetime as dt
import functools
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from babel import Locale, dates, numbers, support
from babel.messages import mofile, pofile

from bot.engine import form, messages

LOCALES = Path(__file__).resolve().parent.parent / "locales"
#: Formatting needs the country too: plain "ru" prints KGS where a Kyrgyz reader expects сом.
_FORMATS = {"ky": "ky_KG", "ru": "ru_KG"}
# "15-май, 2027-ж." is how a date is said; CLDR's own Kyrgyz pattern puts the year first.
_DATES = {"ky": "d-MMMM, y-'ж.'", "ru": "d MMMM y 'г.'"}
# Money in words, as it is spoken: CLDR writes RUB and TRY, which a villager reads as letters.
_MONEY: dict[str, dict[str, tuple[str, ...]]] = {
    "KGS": {"ky": ("сом",), "ru": ("сом", "сома", "сомов")},
    "RUB": {"ky": ("рубль",), "ru": ("рубль", "рубля", "рублей")},
    "KZT": {"ky": ("теңге",), "ru": ("тенге",)},
    "USD": {"ky": ("доллар",), "ru": ("доллар", "доллара", "долларов")},
    "EUR": {"ky": ("евро",), "ru": ("евро",)},
    "TRY": {"ky": ("лира",), "ru": ("лира", "лиры", "лир")},
    "KRW": {"ky": ("вон",), "ru": ("вона", "воны", "вон")},
}
_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")


class Voice:
    """Speaks every language of the house. Reading the catalogs takes some milliseconds; make one and keep it."""

    def __init__(self, folder: Path = LOCALES) -> None:
        self._catalogs: dict[str, support.NullTranslations] = {
            language: _read(folder / language / "LC_MESSAGES" / "messages.po") for language in form.LANGUAGES
        }
        # English stands in the code; operators and authors may ask for it, residents are never shown it.
        self._catalogs["en"] = support.NullTranslations()
        self._plurals = {language: Locale.parse(language).plural_form for language in form.LANGUAGES}

    def say(self, line: messages.Line, language: str) -> str:
        """One line in one language; "" says it in every language, a line each."""
        if not language:
            said = [self.say(line, each) for each in form.LANGUAGES]
            return "\n".join(dict.fromkeys(said))
        if isinstance(line, messages.Written):
            text = form.said(line.text, language, line.default)
            if "${" in text:
                filled = _REFERENCE.sub(lambda found: self._param(line.params.get(found[1], ""), language), text)
                text = _one_stop(filled)
            return line.prefix + text
        catalog = self._catalogs[language]
        if not line.params and not line.plural:
            return self._bare(catalog, line.msgid)
        several = catalog.ngettext(line.msgid, line.plural, line.number) if line.plural else ""
        text = several or catalog.gettext(line.msgid)
        return _one_stop(text.format(**{name: self._param(value, language) for name, value in line.params.items()}))

    @functools.lru_cache(maxsize=4096)  # noqa: B019  one voice lives as long as its process
    def _bare(self, catalog: support.NullTranslations, msgid: str) -> str:
        return _one_stop(catalog.gettext(msgid).format())

    def lines(self, lines: Iterable[messages.Line], language: str) -> str:
        """Several lines, one below the other; "" says all of them in one language, then in the next (`apart`)."""
        if not language:
            *apart, common = self.apart(lines).values()
            return "\n".join(filter(None, ("\n\n".join(filter(None, apart)), common)))
        return "\n".join(said for line in lines if (said := self.say(line, language)))

    def apart(self, lines: Iterable[messages.Line]) -> dict[str, str]:
        """All of them by language, and under "" what ends them in the same words in each, such as an address."""
        lines = tuple(lines)
        parts = {language: [self.say(line, language) for line in lines] for language in form.LANGUAGES}
        same = 0
        while same < len(lines) and len({part[-1 - same] for part in parts.values()}) == 1:
            same += 1
        end = len(lines) - same
        return {
            **{language: "\n".join(filter(None, part[:end])) for language, part in parts.items()},
            "": "\n".join(filter(None, parts[form.LANGUAGES[0]][end:])),
        }

    def _param(self, value: Any, language: str) -> str:
        match value:
            case messages.Quantity():
                return self._quantity(value, language)
            case messages.Written() | messages.Phrase():
                return self.say(value, language)
            case dt.date():
                return plain_spaces(dates.format_date(value, _DATES[language], locale=_FORMATS[language]))
            case Mapping():
                return form.said(value, language)
            case list() | tuple():
                # Options and sums have commas of their own.
                return "; ".join(self._param(each, language) for each in value)
            case _:
                return str(value)

    def _quantity(self, quantity: messages.Quantity, language: str) -> str:
        words = _MONEY.get(quantity.currency, quantity.words).get(language, (quantity.currency,))
        whole = quantity.value == quantity.value.to_integral_value()
        pattern = "#,##0.00" if quantity.currency and not whole else "#,##0.##"
        number = plain_spaces(numbers.format_decimal(quantity.value, pattern, locale=_FORMATS[language]))
        # The author gives the forms in CLDR's order; one form serves them all. A fraction goes with the second
        # ("1,5 мешка"), which CLDR calls "other".
        order: list[str] = [
            tag for tag in ("one", "few", "many", "other") if tag in {*self._plurals[language].rules, "other"}
        ]
        form_ = order.index(self._plurals[language](quantity.value)) if whole else 1
        return f"{number} {words[min(form_, len(words) - 1)]}".rstrip()


def _one_stop(text: str) -> str:
    """A date ends in a full stop ("2027 г."), and so may the sentence it closes."""
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", text) if ".." in text else text


def plain_spaces(text: str) -> str:
    """Babel's no-break spaces as plain ones: they would turn an SMS into another alphabet, and look the same."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _read(path: Path) -> support.Translations:
    # Straight from the .po: one file to keep, nothing to compile and forget.
    with path.open("rb") as file:
        catalog = pofile.read_po(file)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalog)
    compiled.seek(0)
    return support.Translations(compiled)
