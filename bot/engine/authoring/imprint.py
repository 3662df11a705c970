"""What a form says of itself: the settings sheet, from its name to the figures that are made of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from bot.engine import form
from bot.engine.authoring import lettering, naming, references, sheets, texts
from bot.engine.authoring.sheets import Row, Told
from bot.engine.form import Kind
from bot.engine.phrases import phrase

#: Names the engine fills in a form that emits a pledge: the campaign's title, what is offered, by when.
GIVEN = {"pledge": ("campaign", "offer", "deadline")}
#: The questions such a form must have, by which the engine knows what is pledged.
EXPECTED = {"pledge": ("gift", "confirm")}
#: What stood in its place in forms of an earlier program, which are still read.
_EARLIER = {"gift": "what"}
#: Breakdowns every form has anyway.
ALWAYS = ("channel", "language")
LONGEST_HOLDER = 30
LONGEST_WAVE = 32


class Reader:
    """Reads one row of settings into a form whose questions are there already."""

    def __init__(self, row: Row, names: naming.Names, scope: references.Scope, words: texts.Texts, told: Told) -> None:
        self.row = row
        self.names = names
        self.scope = scope
        self.words = words
        self.told = told
        self.emits = row.cell("ashar::emits")

    def read(self, body: tuple[form.Question | form.Group, ...], file: str) -> form.Form:
        """The form; `file` is what its file is called, for a form without a name."""
        row = self.row
        title = self.words.of(row, "form_title")
        name = self.name(title, file)
        made = form.Form(
            name=name,
            title=title or self.untitled(name),
            body=body,
            emits=self.emits,
            holder=self.text("ashar::holder"),
            term=self.text("ashar::term"),
            thanks=self.text("ashar::thanks"),
            wave=row.cell("ashar::wave") or "1",
            apart=self.scope.expression(row, "ashar::apart"),
            refuse=self.scope.expression(row, "ashar::refuse"),
            language=self.words.language,
            spoken=sheets.flag_of(row, "ashar::spoken", self.told),
        )
        self.judge(made)
        return dataclasses.replace(
            made, places=self.counted("ashar::places", made), margins=self.counted("ashar::margins", made)
        )

    def name(self, title: form.Text, file: str) -> str:
        """The form's name; made of its title or its file where the author gave none."""
        written = self.row.cell("form_id")
        if lettering.NAME.fullmatch(written):
            return written
        sources = (written, *(title[language] for language in ("en", "ru", "ky", "") if language in title), file)
        made = next((name for words in sources if (name := lettering.latin(words).lower())), "")
        mend = phrase("write a short name in Latin letters, such as “priorities”.")
        if not made:
            self.told.error(self.row, "form_id", phrase("The form has no name."), mend)
        elif written:
            what = phrase("“{name}” cannot be a form's name; “{new}” was taken.", name=written[:80], new=made)
            self.told.mended(self.row, "form_id", what, mend)
        else:
            self.told.mended(self.row, "form_id", phrase("The form has no name; “{new}” was taken.", new=made), mend)
        return made

    def untitled(self, name: str) -> form.Text:
        mend = phrase("write it in form_title::ky and form_title::ru.")
        if name:
            what = phrase("The form has no title, so its name “{name}” is shown.", name=name)
            self.told.mended(self.row, "form_title", what, mend)
            return {"": name}
        self.told.error(self.row, "form_title", phrase("The form has no title."), mend)
        return {}

    def text(self, column: str) -> form.Text:
        return self.scope.text(self.row, column, self.words.of(self.row, column))

    def judge(self, made: form.Form) -> None:
        """What the settings must say, and what makes no sense in them."""
        row = self.row
        if self.emits not in ("", *GIVEN):
            mend = phrase("leave it empty or write {words}.", words=", ".join(GIVEN))
            self.told.error(row, "ashar::emits", phrase("“{word}” is not known.", word=self.emits), mend)
        for expected in EXPECTED.get(self.emits, ()):
            if made.question(expected) is None and made.question(_EARLIER.get(expected, expected)) is None:
                what = phrase("A form that emits a {emits} needs a question “{name}”.", emits=self.emits, name=expected)
                self.told.error(row, "ashar::emits", what, phrase("add it; flows/pledge.yaml shows how."))
        if row.cell("ashar::order") not in ("", "fixed"):
            what = phrase("“{word}” is not known.", word=row.cell("ashar::order"))
            self.told.error(row, "ashar::order", what, phrase("leave it empty or write {words}.", words="fixed"))
        if len(row.cell("ashar::wave")) > LONGEST_WAVE:
            what, mend = phrase("The wave's name is too long."), phrase("write at most {n} characters.", n=LONGEST_WAVE)
            self.told.error(row, "ashar::wave", what, mend)
        if made.spoken and not any(question.audio for question in made.questions):
            what = phrase("The form is spoken, and no question names a recording.")
            mend = phrase("name them in media::audio, or leave ashar::spoken empty.")
            self.told.advice(row, "ashar::spoken", what, mend)
        consent = {"ashar::holder": made.holder, "ashar::term": made.term}
        unsaid = [column for column, said in consent.items() if not said]
        if unsaid and not self.emits:
            # A pledge is to its campaign's holder.
            what = phrase("People agree more readily when they know who asks and how long answers are kept.")
            wanted = ", ".join(f"{column}::{language}" for column in unsaid for language in form.LANGUAGES)
            self.told.advice(row, unsaid[0], what, phrase("fill {columns}.", columns=wanted))
        for column, said in consent.items():
            for language, words in said.items():
                if len(words) > LONGEST_HOLDER:
                    what = phrase("{n} characters in “{language}” are too many here.", n=len(words), language=language)
                    mend = phrase("write at most {n} characters.", n=LONGEST_HOLDER)
                    self.told.error(row, column, what, mend)

    def counted(self, column: str, made: form.Form) -> tuple[str, ...]:
        """Names of the questions by which figures are made."""
        renamed: Mapping[str, str] = self.names.renamed
        asked = {question.name for question in made.questions}
        written = sheets.names_of(self.row, column, [*asked, *renamed], self.told)
        names = tuple(renamed.get(name, name) for name in written)
        for name in names:
            question, node = made.question(name), self.names.nodes.get(name)
            if question is None or (node and not node.type.sure):
                continue  # told already
            if question.kind not in (Kind.SELECT_ONE, Kind.CALCULATE):
                what = phrase(
                    "Figures cannot be broken down by “{name}”, which is {kind}.", name=name, kind=str(question.kind)
                )
                self.told.error(
                    self.row, column, what, phrase("use a select_one, or a calculate that makes groups of it.")
                )
            elif question.repeats:
                what = phrase("Figures cannot be broken down by “{name}”, which is asked several times.", name=name)
                self.told.error(self.row, column, what, phrase("use a question that stands in no repeat."))
            if name in ALWAYS:
                what = phrase("Figures by {name} are made anyway.", name=name)
                self.told.error(self.row, column, what, phrase("give that question another name."))
        return names
