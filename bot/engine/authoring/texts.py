"""The human words of a form, by language: which languages it speaks, and where a translation is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from bot.engine import form
from bot.engine.authoring import headings, markup, problems
from bot.engine.authoring.sheets import Row, Told
from bot.engine.phrases import phrase

#: Words of the house in a form's own languages, where an author leaves them to us ("or_other").
OTHER = {"ky": "Башка", "ru": "Другое", "en": "Other", "fr": "Autre", "es": "Otro", "": "Other"}
WHICH = {
    "ky": "Так эмне экенин жазыңызчы.",
    "ru": "Напишите, что именно.",
    "en": "Please say what.",
    "fr": "Précisez, s'il vous plaît.",
    "es": "¿Cuál?",
    "": "Please say what.",
}


class Texts:
    """Reads the texts of one form's rows."""

    def __init__(self, rows: Iterable[Row], named: str, told: Told) -> None:
        self._told = told
        #: The language of texts that name none, "" where it is not known either.
        self.unnamed = (headings.language_of(named) or "") if named else ""
        labelled = [(row, self.of(row, "label", judge=False)) for row in rows]
        spoken = Counter(language for _, said in labelled for language in said)
        total = sum(bool(said) for _, said in labelled)
        #: The languages of the questions, in the order of the headings; a few texts in one more are a slip.
        self.languages = tuple(each for each, count in spoken.items() if each and 2 * count >= total)
        self._rare = {
            language: next(row for row, said in labelled if language in said)
            for language in spoken
            if language and language not in self.languages
        }
        self._silent = "" in spoken
        #: (sheet, row) -> the columns that should be filled there.
        self._missing: dict[tuple[str, int], list[str]] = {}

    @property
    def language(self) -> str:
        """What is shown where a person's language is missing."""
        return self.unnamed or ("" if self._silent else next(iter(self.languages), ""))

    def of(self, row: Row, column: str, *, judge: bool = True) -> form.Text:
        """The text in all its languages; {} where there is none."""
        said = dict(row.texts.get(column, {}))
        if self.unnamed and "" in said:
            nameless = said.pop("")
            said.setdefault(self.unnamed, nameless)
        bare = {language: markup.plain(words) for language, words in said.items()}
        if bare != said and judge:
            what = phrase("A chat shows plain words: what dresses them was left out.")
            self._told.mended(row, column, what, phrase("write the text without HTML and stars."))
        said = bare
        if judge and said and not (row.sheet == "settings" and "" in said):
            missing = [f"{column}::{language}" for language in self.languages if language not in said]
            if missing:
                self._missing.setdefault((row.sheet, row.number), []).extend(missing)
        return said

    def media(self, row: Row, column: str) -> form.Text:
        """Names of files by language."""
        files = dict(row.texts.get(column, {}))
        if self.unnamed and "" in files:
            files.setdefault(self.unnamed, files.pop(""))
        return {language: file.removeprefix("jr://").partition("/")[2] or file for language, file in files.items()}

    def made(self, words: Mapping[str, str]) -> dict[str, str]:
        """Words of ours in the languages of the form."""
        spoken = [*self.languages, *([""] if self._silent or not self.languages else [])]
        return {language: words.get(language, words[""]) for language in spoken}

    def told(self) -> None:
        """Tell of every translation that is missing, and of languages nobody here would read."""
        for (sheet, number), columns in self._missing.items():
            wanted = ", ".join(dict.fromkeys(columns))
            what = phrase("A translation is missing: {columns}.", columns=wanted)
            self._told.advice(problems.At(sheet, number), columns[0], what, phrase("fill {columns}.", columns=wanted))
        for language, row in self._rare.items():
            what = phrase("Most questions have no text in “{language}”.", language=language)
            self._told.advice(row, f"label::{language}", what, phrase("translate all of them, or leave it out."))
        absent = [each for each in form.LANGUAGES if each not in self.languages and each not in self._rare]
        first = problems.At("survey", 1)
        if self._silent and not self.unnamed and not self.languages:
            what = phrase("The texts name no language.")
            self._told.advice(first, "label", what, phrase("write them as label::ky and label::ru."))
        elif absent and (self.languages or self.unnamed):
            lacking = ", ".join(f"label::{language}" for language in absent)
            what = phrase("There is no column {columns}.", columns=lacking)
            self._told.advice(first, "label", what, phrase("write the questions in Kyrgyz and in Russian."))
