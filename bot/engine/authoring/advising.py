"""What would hurt in a chat, though it is no mistake: words too long for a phone, forms too long for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.engine import form
from bot.engine.authoring import listing, problems
from bot.engine.authoring.sheets import Row, Told
from bot.engine.phrases import phrase, phrases
from bot.engine.xpath import expressions

#: Characters of a row in WhatsApp's lists, and of its buttons; how many options have a list or buttons at all.
LIST_ROW, BUTTON = 24, 20
LIST_ROWS, BUTTONS = 10, 3
LONGEST_QUESTION = 160
MOST_QUESTIONS = 12
DEEPEST = 3

#: Words in names and labels that ask who somebody is.
_PERSONAL = re.compile(
    r"(?:^|_)(?:name|names|surname|firstname|lastname|fullname|fio|phone|telephone|tel|mobile|whatsapp|email|passport"
    r"|inn|pin|address)(?:$|_)",
    re.IGNORECASE,
)
_PERSONAL_WORDS = re.compile(
    r"\b(?:ваше имя|как вас зовут|фамили\w+|фио|телефон\w*|паспорт\w*|инн|аты-жөнү\w*|атыңыз\w*|фамилияңыз\w*"
    r"|your name|full name|phone number|passport)\b",
    re.IGNORECASE,
)
#: What is made of the answers of all rounds.
_OVER_ROUNDS = re.compile(r"(?<![\w-])(?:sum|min|max|count|count-non-empty)\(\s*\$\{([^}]*)\}\s*\)")
_CONSENT = re.compile(r"consent|(?:^|_)agree|макулдук|soglasi|makuld", re.IGNORECASE)


def advise(made: form.Form, lists: listing.Lists, told: Told) -> None:
    """Tell of everything that would hurt."""
    asked = [question for question in made.questions if question.kind not in form.SILENT and not question.read_only]
    for question in asked:
        _long(question, told)
    _many(asked, told)
    _personal(asked, told)
    _deep(made, told)
    _alone(made, told)
    _attached(made, asked, told)
    used = {choice for question in asked for choice in map(id, question.choices)}
    counts = {id(choice): len(question.choices) for question in asked if not question.choice_filter
              for choice in question.choices}  # fmt: skip
    for each in lists.used():
        _shown(each, told)
        for row, choice in zip(each.placed, each.choices, strict=True):
            if id(choice) in used and not each.filtered:
                _label(row, choice, counts.get(id(choice), 0), told)


def _at(question: form.Question) -> problems.At:
    return problems.At("survey", question.row)


def _long(question: form.Question, told: Told) -> None:
    longest = max(map(len, question.label.values()), default=0)
    if longest > LONGEST_QUESTION:
        what = phrase("The question has {n} characters; on a small phone {most} are read.",
                      n=longest, most=LONGEST_QUESTION)  # fmt: skip
        told.advice(_at(question), "label", what, phrase("say it shorter, or put what can wait into the hint."))
    many = len(question.choices)
    if many > LIST_ROWS and not question.choice_filter and question.kind in form.CHOOSING:
        what = phrase("There are {n} options; more than {most} come in pages.", n=many, most=LIST_ROWS)
        told.advice(_at(question), "type", what, phrase("ask in two steps, with a choice_filter, or drop some."))


def _many(asked: list[form.Question], told: Told) -> None:
    if len(asked) > MOST_QUESTIONS:
        what = phrases(
            "{n} question is asked; after {most} many people stop.",
            "{n} questions are asked; after {most} many people stop.",
            len(asked),
            n=len(asked),
            most=MOST_QUESTIONS,
        )
        told.advice(_at(asked[MOST_QUESTIONS]), "", what, phrase("ask what matters first, and leave out the rest."))


def _personal(asked: list[form.Question], told: Told) -> None:
    consents = [question for question in asked if _CONSENT.search(question.name)]
    for question in asked:
        if question.kind in form.CHOOSING or not _is_personal(question):
            continue
        if not question.personal:
            what = phrase("“{name}” seems to ask who somebody is.", name=question.name)
            mend = phrase("write yes in ashar::personal: it is then kept sealed and left out of exports.")
            told.advice(_at(question), "ashar::personal", what, mend)
        if consents and consents[0].row > question.row:
            what = phrase("It is asked who somebody is before consent, which comes in row {row}.", row=consents[0].row)
            told.advice(_at(question), "name", what, phrase("move that question before this one."))


def _is_personal(question: form.Question) -> bool:
    if _PERSONAL.search(question.name):
        return question.kind in (form.Kind.TEXT, form.Kind.INTEGER, form.Kind.DECIMAL)
    return question.kind is form.Kind.TEXT and any(map(_PERSONAL_WORDS.search, question.label.values()))


def _deep(made: form.Form, told: Told) -> None:
    for group in _groups(made.body, 1):
        what = phrase("The groups stand more than {n} deep in one another.", n=DEEPEST)
        told.advice(problems.At("survey", group.row), "type", what, phrase("put some of them one after the other."))


def _groups(body: tuple[form.Question | form.Group, ...], depth: int) -> Iterator[form.Group]:
    for each in body:
        if isinstance(each, form.Group):
            if depth == DEEPEST + 1:
                yield each
            yield from _groups(each.body, depth + 1)


def _alone(made: form.Form, told: Told) -> None:
    """Sums over a repeat, worked out within it: there ${...} is the answer of one round, here as in ODK."""
    asked = {question.name: question for question in made.questions}
    for question in made.questions:
        if not question.repeats:
            continue
        for column in ("calculation", "relevant", "constraint"):
            written: expressions.Expression | None = getattr(question, column)
            for name in _OVER_ROUNDS.findall(written.source) if written else ():
                summed = asked.get(name)
                if summed and summed.repeats and summed.repeats[-1] in question.repeats:
                    what = phrase("Within the repeat “{repeat}”, {answer} is the answer of this round alone.",
                                  repeat=summed.repeats[-1], answer=f"${{{name}}}")  # fmt: skip
                    mend = phrase("work it out in a calculate behind the end of the repeat.")
                    told.advice(_at(question), column, what, mend)


def _attached(made: form.Form, asked: list[form.Question], told: Told) -> None:
    last = made.questions.index(asked[-1]) if asked else -1
    for place, question in enumerate(made.questions):
        if place > last and (question.image or question.audio):
            what = phrase("Nobody can ask for a picture or a recording when all is answered.")
            column = "media::image" if question.image else "media::audio"
            told.advice(_at(question), column, what, phrase("put it before the last question."))
        elif question.image:
            what = phrase("The picture is sent only to those who ask for it.")
            told.advice(_at(question), "media::image", what, phrase("let the words say all that is needed."))


def _shown(each: listing.List, told: Told) -> None:
    """Of a list once: ten pictures at once help nobody to choose on a small phone."""
    for row, choice in zip(each.placed, each.choices, strict=True):
        if choice.image or choice.audio:
            what = phrase("Pictures and recordings of options are not sent.")
            mend = phrase("put all the options into one picture or recording of the question.")
            told.advice(row, "media::image" if choice.image else "media::audio", what, mend)
            return


def _label(row: Row, choice: form.Choice, options: int, told: Told) -> None:
    longest = max(map(len, choice.label.values()), default=0)
    if BUTTONS < options <= LIST_ROWS and longest > LIST_ROW:
        what = phrase("The text has {n} characters; a list in WhatsApp shows {most}.", n=longest, most=LIST_ROW)
    elif 0 < options <= BUTTONS and longest > BUTTON:
        what = phrase("The text has {n} characters; a button in WhatsApp shows {most}.", n=longest, most=BUTTON)
    else:
        return
    told.advice(row, "label", what, phrase("say it shorter, and the rest in ashar::description."))
