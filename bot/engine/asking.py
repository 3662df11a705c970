"""The question that waits: what is said before it, its options, and how to answer in a few words."""

from __future__ import annotations

from typing import NamedTuple

from bot.engine import form, judging, messages, offering, passage, state, telling
from bot.engine.form import Kind
from bot.engine.messages import phrase
from bot.engine.xpath import expressions

#: What is shown below "add another?" and below what is to be acknowledged.
_YES_NO = (form.Choice("yes", {}), form.Choice("no", {}))
_OK = (form.Choice("OK", {}),)
_LABELS = {"yes": phrase("Yes"), "no": phrase("No")}
_ONE, _FINE = phrase("Write one number (1–{max})."), phrase("Write 1 if it is all right.")
_MORE = phrase("For the next ones write “more”.")
_SKIP = phrase("If you would rather not answer, write “skip”.")
#: How to answer where one tap does: a button says it by itself.
_ON_BUTTONS = frozenset(line.msgid for line in (_ONE, _FINE, _MORE, _SKIP))


class Asking(NamedTuple):
    """The question that waits, ready to be put into a Reply."""

    lines: tuple[messages.Line, ...]
    options: tuple[messages.Option, ...] = ()
    foot: tuple[messages.Line, ...] = ()
    pick: int = 0
    actions: tuple[str, ...] = ()
    #: See `messages.Reply`.
    spare: tuple[messages.Line, ...] = ()


def asking(definition: form.Form, response: state.State, given: telling.Given) -> Asking:
    """The question at which the response stands. `given` fills references that are no questions."""
    view = passage.passage(definition, response)
    station = view.station(response.at)
    if station is None:
        return Asking(())
    question = station.question
    choices = options(view, station)
    page = offering.page(choices, response.narrowed, response.page)
    pick = wanted(question, choices)
    lines = [*_before(view, station, given), *_so_far(view, station, response)]
    number, total = progress(view, station)
    lines.append(_label(view, station, given, f"({number}/{total}) " if total > 1 else ""))
    if question.hint:
        lines.append(telling.written(question.hint, view, station, given))
    if page.total > offering.LONG and not page.narrowed:
        lines.append(phrase("Write a number (1–{max}), or the first letters.", max=page.total))
    foot = (*_how(question, page.total, pick, response.picked), *_also(view, station, page))
    return Asking(
        lines=tuple(lines),
        options=tuple(_option(view, station, each, n, response.picked, given) for n, each in page.options),
        foot=foot,
        spare=tuple(line for line in foot if isinstance(line, messages.Phrase) and line.msgid in _ON_BUTTONS),
        pick=pick,
        actions=_actions(view, station, response, page),
    )


def options(view: passage.Passage, station: passage.Station) -> tuple[form.Choice, ...]:
    """What can be chosen there, in the order this person sees."""
    match station.question.kind:
        case Kind.MORE:
            return _YES_NO
        case Kind.ACKNOWLEDGE:
            return _OK
        case kind if kind in form.CHOOSING:
            return offering.options(station.question, view.context(station), view.seed)
        case _:
            return ()


def progress(view: passage.Passage, station: passage.Station) -> tuple[int, int]:
    """(number of this question, of how many) among those this person is asked as things stand."""
    return view.asked.index(station) + 1, len(view.asked)


def wanted(question: form.Question, choices: tuple[form.Choice, ...]) -> int:
    """How many options make one answer; 0 where any number of them do, or words are asked for."""
    if question.kind is Kind.RANK:
        return min(question.pick or len(choices), len(choices))
    if question.kind is Kind.SELECT_MULTIPLE and len(choices) > 1:
        return 0
    return 1 if choices else 0


def attachments(
    view: passage.Passage, station: passage.Station, kind: str, language: str = ""
) -> tuple[form.Attachment, ...]:
    """The pictures ("image") or recordings ("audio") of a question, those of the notes right before it first."""
    if not view.definition.attachments:
        return ()
    asked = (each.question for each in (*_notes(view, station), station))
    return tuple(filter(None, (form.attached(view.definition, each, kind, language) for each in asked)))


def closing(definition: form.Form, response: state.State, given: telling.Given) -> tuple[messages.Line, ...]:
    """The notes behind the last question, said when all is answered."""
    view = passage.passage(definition, response)
    last = max((place for place, station in enumerate(view.stations) if station.asks), default=-1)
    return tuple(line for station in view.stations[last + 1 :] for line in _noted(view, station, given))


def _before(view: passage.Passage, station: passage.Station, given: telling.Given) -> list[messages.Line]:
    """What is read together with a question: the notes right before it, and the names of the groups that begin."""
    lines = [line for note in _notes(view, station) for line in _noted(view, note, given)]
    return [*lines, *_opened(view, station, given)]


def _notes(view: passage.Passage, station: passage.Station) -> tuple[passage.Station, ...]:
    here = view.stations.index(station)
    start = here
    while start > 0 and not view.stations[start - 1].asks:
        start -= 1
    return view.stations[start:here]


def _noted(view: passage.Passage, station: passage.Station, given: telling.Given) -> list[messages.Line]:
    lines = _opened(view, station, given)
    question = station.question
    value = view.values.get(station.key, "")
    told = any(f"${{{question.name}}}" in words for words in question.label.values())
    if question.kind is not Kind.NOTE and value != "" and not told:
        answer = telling.answer(view.definition, question, _chosen(question, value))
        lines.append(phrase("{question} {answer}", question=telling.asked(view, station, given), answer=answer))
    elif question.label:
        lines.append(telling.written(question.label, view, station, given))
    return lines


def _chosen(question: form.Question, value: expressions.Value) -> state.Answer:
    said = expressions.text(value)
    return tuple(said.split(" ")) if question.choices else said


def _opened(view: passage.Passage, station: passage.Station, given: telling.Given) -> list[messages.Line]:
    lines: list[messages.Line] = []
    for opened in station.opened:
        if not opened.group.label:
            continue
        label = telling.written(opened.group.label, view, station, given)
        if not opened.round:
            lines.append(label)
        elif opened.total:
            lines.append(phrase("{label}: {n}/{total}", label=label, n=opened.round, total=opened.total))
        else:
            lines.append(phrase("{label}: {n}", label=label, n=opened.round))
    return lines


def _so_far(view: passage.Passage, station: passage.Station, response: state.State) -> list[messages.Line]:
    """Whoever changes an answer, or has come back to it, sees what it was."""
    answer = response.answer(station.key)
    if answer is None or station.key not in view.values or response.picked or response.narrowed or response.page:
        return []
    said = telling.answer(view.definition, station.question, answer)
    if response.changing:
        return [phrase("Your answer so far: {answer}", answer=said)]
    return [phrase("Your answer so far: {answer}. To keep it, write “next”.", answer=telling.brief(said))]


def _label(view: passage.Passage, station: passage.Station, given: telling.Given, prefix: str) -> messages.Line:
    question = station.question
    if question.kind is Kind.MORE:
        return telling.more(view, station, given)
    return telling.written(question.label or {"": question.name}, view, station, given, prefix)


def _option(
    view: passage.Passage,
    station: passage.Station,
    choice: form.Choice,
    number: int,
    picked: tuple[str, ...],
    given: telling.Given,
) -> messages.Option:
    label: messages.Line
    if station.question.kind in form.CHOOSING:
        label = telling.written(choice.label or {"": choice.name}, view, station, given)
    else:
        label = _LABELS[choice.name] if station.question.kind is Kind.MORE else phrase("All right")
    return messages.Option(
        label=label,
        description=telling.written(choice.description, view, station, given) if choice.description else None,
        picked=picked.index(choice.name) + 1 if choice.name in picked else 0,
        number=number,
    )


# -- how to answer -----------------------------------------------------------------------------------------


def _how(question: form.Question, total: int, pick: int, picked: tuple[str, ...]) -> tuple[messages.Line, ...]:
    """How to answer, in a few words. Of a long list that is said above it."""
    match question.kind:
        case Kind.RANK if picked:
            return (phrase("{n} of {pick} chosen. Now the number of the next one.", n=len(picked), pick=pick),)
        case Kind.RANK if pick == 3:
            return (phrase("Write three numbers, the most important first. For example: 3 1 7"),)
        case Kind.RANK if pick > 1:
            return (phrase("Write {pick} numbers, the most important first.", pick=pick),)
        case Kind.SELECT_MULTIPLE if total > 1:
            return (phrase("Write one or more numbers, for example: 1 3"),)
        case Kind.SELECT_ONE | Kind.MORE | Kind.RANK | Kind.SELECT_MULTIPLE:
            return () if total > offering.LONG else (_ONE._replace(params={"max": total}),)
        case Kind.ACKNOWLEDGE:
            return (_FINE,)
        case _:
            return _how_to_write(question)


def _how_to_write(question: form.Question) -> tuple[messages.Line, ...]:
    match question.kind:
        case Kind.INTEGER | Kind.DECIMAL:
            return (phrase("Write it as a number."),)
        case Kind.RANGE:
            start, end = map(expressions.text, question.range[:2])
            return (phrase("Write a number from {min} to {max}.", min=start, max=end),)
        case Kind.DATE if "year" in question.appearance:
            return (phrase("Write the year, for example: 1990"),)
        case Kind.DATE if "month-year" in question.appearance:
            return (phrase("Write the month and the year, for example: 03.1990"),)
        case Kind.DATE:
            return (phrase("Write the date, for example: 21.03.1990"),)
        case Kind.TIME:
            return (phrase("Write the time, for example: 14:30"),)
        case Kind.DATETIME:
            return (phrase("Write the date and the time, for example: 21.03.2027 14:30"),)
        case Kind.GEOPOINT:
            return (phrase("Send your location, or write the name of the place."),)
        case Kind.IMAGE:
            return (phrase("Send a photo, or say it in words."),)
        case Kind.AUDIO:
            return (phrase("Send a voice message, or write it in words."),)
        case _:
            return ()


def _also(view: passage.Passage, station: passage.Station, page: offering.Page) -> list[messages.Line]:
    """What else can be done: turn the page, pass the question over."""
    lines: list[messages.Line] = []
    if page.turns:
        lines.append(_MORE)
    elif page.narrowed:
        lines.append(phrase("To see all of them again write “back”."))
    default = judging.default(view, station)
    if default is not None:
        said = telling.answer(view.definition, station.question, default)
        lines.append(phrase("If you skip it: {value}", value=said))
    elif station.question.kind is Kind.TEXT and not judging.is_required(view, station):
        lines.append(_SKIP)
    return lines


def _actions(
    view: passage.Passage, station: passage.Station, response: state.State, page: offering.Page
) -> tuple[str, ...]:
    back = progress(view, station)[0] > 1 or response.picked or response.narrowed or response.changing
    skip = not judging.is_required(view, station) or judging.default(view, station) is not None
    # What belongs to the question first: of too many WhatsApp shows the first.
    offered = {
        "show": attachments(view, station, "image"),
        "listen": attachments(view, station, "audio"),
        "back": back,
        "more": page.turns,
        "skip": skip,
    }
    return tuple(action for action, possible in offered.items() if possible)
