"""Telling answers and texts: an author's words with their references filled, an answer in the person's own words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from bot.engine import form, messages, passage, state
from bot.engine.form import Kind
from bot.engine.messages import phrase
from bot.engine.xpath import expressions

#: Fills ${name} references that are no questions (the offer of a pledge).
Given = Mapping[str, object]

_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
#: More decimals than anybody reads; the time of a moment.
_LONG, _CLOCK = re.compile(r"-?[0-9]+\.[0-9]{4,}"), re.compile(r"[0-9]{2}:[0-9]{2}")
#: Of a question and of an answer in a list, where each has one line.
_QUESTION, _ANSWER = 60, 60


def written(
    text: form.Text, view: passage.Passage, station: passage.Station | None, given: Given, prefix: str = ""
) -> messages.Written:
    """A text of the form, as it is said at that question."""
    return messages.Written(text, references(text, view, station, given), prefix, view.definition.language)


def references(
    text: form.Text, view: passage.Passage, station: passage.Station | None, given: Given
) -> dict[str, object]:
    """What the ${name} references of a text stand for; a chosen option is shown by its label."""
    referring = [words for words in text.values() if "${" in words]
    if not referring:
        return {}
    names = dict.fromkeys(name for words in referring for name in _REFERENCE.findall(words))
    known = view.context(station).answers
    found: dict[str, object] = {}
    for name in names:
        if name in given:
            found[name] = given[name]
        elif name in known:
            found[name] = _value(view, name, known[name])
    return found


def _value(view: passage.Passage, name: str, value: expressions.Value) -> object:
    question = view.definition.question(name)
    said = expressions.text(value)
    if question is None or question.kind in form.WORKED_OUT:
        return _figure(said)
    if question.kind in form.CHOOSING:
        return _labels(view.definition, question, tuple(said.split(" "))) or said
    return answer(view.definition, question, view.sent.get(said, said))


def answer(definition: form.Form, question: form.Question, given: state.Answer) -> object:
    """An answer as it is said back: a parameter of a phrase."""
    if isinstance(given, state.Media):
        return phrase("voice message") if given.kind == "audio" else phrase("photo")
    match question.kind:
        case Kind.SELECT_ONE | Kind.SELECT_MULTIPLE | Kind.RANK | Kind.CALCULATE if question.choices:
            names = given if isinstance(given, tuple) else (str(given),)
            labels: list[object] = [*_labels(definition, question, names)]
            return labels or list(names)
        case Kind.MORE | Kind.ACKNOWLEDGE:
            return phrase("No") if given == "no" else phrase("Yes")
        case Kind.DATE | Kind.CALCULATE:
            return _date(question, str(given))
        case Kind.DATETIME:
            day, _, time = str(given).partition("T")
            whole = date(day)
            return f"{whole:%d.%m.%Y} {time[:5]}" if whole else given
        case Kind.GEOPOINT:
            # Latitude and longitude are what tells a place; height and precision come from the phone.
            parts = str(given).split(" ")
            return " ".join(parts[:2]) if len(parts) == 4 else given
        case Kind.CALCULATE:
            return _figure(str(given))
        case _:
            return given


def _figure(said: str) -> object:
    """What was worked out, as people write it: no 33.333333333333336, no NaN, a date with its points."""
    if said in ("NaN", "Infinity", "-Infinity"):
        return "—"
    if _LONG.fullmatch(said):
        return f"{float(said):.2f}".rstrip("0").rstrip(".")
    day, mark, time = said.partition("T")
    if (whole := date(day)) and (not mark or _CLOCK.match(time)):
        return f"{whole:%d.%m.%Y} {time[:5]}" if mark else whole
    return said


def _labels(definition: form.Form, question: form.Question, names: tuple[str, ...]) -> list[messages.Written]:
    found = (question.choice(name) for name in names)
    return [messages.Written(choice.label, default=definition.language) for choice in found if choice]


def date(text: str) -> dt.date | None:
    """The day an ISO text names, or None."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _date(question: form.Question, text: str) -> object:
    day = date(text)
    if day is None:
        return text
    if "year" in question.appearance:
        return str(day.year)
    return f"{day:%m.%Y}" if "month-year" in question.appearance else day


def line(
    view: passage.Passage, station: passage.Station, given: state.Answer, filling: Given, *, short: bool = False
) -> messages.Phrase:
    """A question with its answer, in one line."""
    said = answer(view.definition, station.question, given)
    if short:
        said = brief(said)
    return phrase("{question} {answer}", question=asked(view, station, filling, short=short), answer=said)


def brief(said: object) -> object:
    """An answer as it is said, a long text cut to one line."""
    return _short(said, _ANSWER) if isinstance(said, str) else said


def asked(view: passage.Passage, station: passage.Station, filling: Given, *, short: bool = False) -> messages.Line:
    """A question as the head of a line."""
    question = station.question
    if question.kind is Kind.MORE:
        return more(view, station, filling)
    label = question.label or {"": question.name}
    cut = {language: _short(words, _QUESTION) for language, words in label.items()} if short else label
    # In a repeat the same question stands there once a round.
    prefix = f"№{'.'.join(map(str, station.at))} " if short and station.at else ""
    return written({language: _closed(words) for language, words in cut.items()}, view, station, filling, prefix)


def more(view: passage.Passage, station: passage.Station, filling: Given) -> messages.Line:
    """Whether there is one, or another, of what a repeat asks about."""
    another = station.at[-1] > 1
    if not station.question.label:
        return phrase("Add another?") if another else phrase("Add one?")
    label = written(station.question.label, view, station, filling)
    return phrase("{label}: add another?", label=label) if another else phrase("{label}: add one?", label=label)


def _closed(words: str) -> str:
    """Ready for an answer to stand behind it."""
    return words if words.endswith(("?", "…")) else words.rstrip(" .:") + ":"


def _short(words: str, longest: int) -> str:
    """The first line, cut between two words and never within a reference."""
    first = words.partition("\n")[0].strip()
    if len(first) <= longest:
        return first if len(first) == len(words.strip()) else f"{first.rstrip(' .:')}…"
    cut = first[: longest - 1].rpartition(" ")[0] or first[: longest - 1]
    if cut.rfind("${") > cut.rfind("}"):
        cut = cut[: cut.rfind("${")]
    return cut.rstrip(" .,:;—-") + "…"
