"""One message of one person for one form: begin(), advance(), and changing an answer given before."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from bot.engine import asking, commands, form, judging, messages, offering, passage, state, telling
from bot.engine.form import Kind
from bot.engine.messages import phrase
from bot.engine.passage import Passage, Station
from bot.engine.understanding import agreeing, answers
from bot.engine.xpath import expressions

#: A pause counts so many seconds at most: nobody thinks about one question for a night.
LONGEST = 300
#: What is asked of a kind of message, by the questions it can answer.
_SENT = {"image": (Kind.IMAGE,), "audio": (Kind.AUDIO, Kind.TEXT), "place": (Kind.GEOPOINT,)}
_OF_ITS_OWN = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.GEOPOINT})


class Sent(NamedTuple):
    """What a person has sent for the question that waits."""

    text: str
    command: commands.Command | None = None
    #: As `messages.Incoming.kind`, and the id that a picture or sound gets where it is an answer.
    kind: str = "text"
    media: str = ""
    #: When, in whatever zone.
    now: dt.datetime = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Step(NamedTuple):
    """What one message came to."""

    state: state.State
    #: Said before the next question.
    lines: tuple[messages.Line, ...] = ()
    finished: bool = False
    #: The form's own condition ended it and nothing may be kept.
    refused: bool = False
    #: The message was no answer.
    missed: bool = False
    #: The change of an earlier answer is done, or given up.
    reviewed: bool = False


def begin(definition: form.Form, fresh: state.State) -> state.State:
    """Stand before the first question that is asked; at none where nothing is."""
    kept = _keep_once(definition, fresh)
    asked = passage.passage(definition, kept).asked
    return _stand(kept, asked[0].key if asked else "")


def advance(definition: form.Form, response: state.State, sent: Sent) -> Step:
    """Take one message for the question that waits."""
    view = passage.passage(definition, response)
    station = next((station for station in view.asked if station.key == response.at), None)
    if station is None:
        # The question went away under a condition: on to what is open.
        return _arrive(definition, view, response, _first_open(view, response))
    match _command(sent, station):
        case commands.Command.BACK:
            return _back(view, station, response)
        case commands.Command.SKIP:
            answered = response.answer(station.key) is not None and station.key in view.values
            if answered and (commands.fold(sent.text) in commands.FORWARD or judging.is_required(view, station)):
                return _go_on(definition, response, station.key)
            return _skip(definition, view, station, response)
        case commands.Command.MORE if _page(view, station, response).turns:
            return Step(response._replace(page=response.page + 1))
        case commands.Command.MORE if response.narrowed:
            return Step(response._replace(page=0, narrowed=()))
    if passing := _passing_over(view, station, response, sent):
        return _skip(definition, view, station, response, passing)
    return _take(definition, view, station, response, sent)


def waited(response: state.State, key: str, seconds: float) -> state.State:
    """That question has waited so much longer."""
    spent = dict(response.spent)
    total = min(LONGEST, spent.get(key, 0) + round(max(0.0, min(seconds, LONGEST))))
    return response._replace(spent=tuple((spent | {key: total}).items())) if total else response


def names_option(definition: form.Form, response: state.State, text: str) -> bool:
    """True where the whole message is the label of an option: "Башка" may be one, and a command too."""
    view = passage.passage(definition, response)
    station = view.station(response.at)
    if station is None or station.question.kind not in form.CHOOSING:
        return False
    return answers.named(asking.options(view, station), answers.clean(text)) is not None


def reopen(response: state.State, key: str) -> state.State:
    """Ask once more what was answered before."""
    return _stand(response, key)._replace(changing=True)


def leave(definition: form.Form, response: state.State) -> state.State:
    """Give up a change: back to where the response stood."""
    view = passage.passage(definition, response)
    at = "" if response.ended else _first_open(view, response) or (view.asked[-1].key if view.asked else "")
    return _stand(response, at)._replace(changing=False)


# -- understanding -----------------------------------------------------------------------------------------


def _command(sent: Sent, station: Station) -> commands.Command | None:
    """ "More!" is a yes where it is asked whether there is another."""
    more = sent.command is commands.Command.MORE and station.question.kind is Kind.MORE
    return None if more else sent.command


def _page(view: Passage, station: Station, response: state.State) -> offering.Page:
    return offering.page(asking.options(view, station), response.narrowed, response.page)


#: What passes a question over, unless it is an option; of lists and pictures also "none".
_PASSING = frozenset({"dont_know", "refuse"})
_PASSING_MORE = {Kind.SELECT_ONE: _PASSING | {"none"}} | dict.fromkeys(
    (Kind.SELECT_MULTIPLE, *_OF_ITS_OWN), _PASSING | {"none", "no"}
)


def _passing_over(view: Passage, station: Station, response: state.State, sent: Sent) -> str:
    """What the message says instead of an answer, "dont_know" for one; "" where it may be one, as all words may."""
    kind = station.question.kind
    # Most messages are a number, and looked at no further.
    if sent.kind != "text" or kind is Kind.TEXT or any(map(str.isdigit, sent.text[:40])):
        return ""
    meaning = agreeing.meaning(sent.text)
    if meaning not in _PASSING_MORE.get(kind, _PASSING):
        return ""
    if kind in _OF_ITS_OWN:
        return meaning  # "I have none" is no picture, though other words would stand for one
    reading = _read(view, station, response, sent)
    picking = isinstance(reading, answers.Picking) and reading.picked != response.picked
    return "" if picking or isinstance(reading, answers.Understood | answers.Doubtful) else meaning


def _take(definition: form.Form, view: Passage, station: Station, response: state.State, sent: Sent) -> Step:
    if sent.kind != "text":
        return _take_sent(definition, view, station, response, sent)
    reading = _read(view, station, response, sent)
    match reading:
        case answers.Misunderstood():
            return Step(response, (reading.line,), missed=True)
        case answers.Doubtful():
            narrowed = response._replace(narrowed=reading.names, page=0)
            # Who types the same again is not helped by the same few.
            line = answers.NOT_UNDERSTOOD if narrowed == response else _WHICH
            return Step(narrowed, (line,), missed=narrowed == response)
        case answers.Picking():
            lines = (reading.line,) if reading.line else ()
            missed = bool(lines) and reading.picked == response.picked
            after = response._replace(picked=reading.picked)
            if not missed:
                after = after._replace(page=0, narrowed=())
            return Step(after, lines, missed=missed)
    wrong = judging.broken(view, station, reading.answer)
    return Step(response, (wrong,), missed=True) if wrong else _answered(definition, station, response, reading.answer)


_WHICH = phrase("Did you mean one of these?")


def _read(view: Passage, station: Station, response: state.State, sent: Sent) -> answers.Reading:
    now = sent.now.astimezone(passage.KYRGYZ_TIME)
    # Yes, no and all right are known by their words; only an author's lists are chosen from.
    chosen = station.question.kind in form.CHOOSING
    shown = asking.options(view, station) if chosen else ()
    return answers.understand(station.question, shown, sent.text, response.picked, now)


def _take_sent(definition: form.Form, view: Passage, station: Station, response: state.State, sent: Sent) -> Step:
    """A picture, a voice, a place; a caption is no answer."""
    question = station.question
    if question.kind not in _SENT.get(sent.kind, ()):
        line = phrase("Thank you! But here something else is asked.")
        return Step(response, (line if question.kind in _OF_ITS_OWN else answers.NO_WORDS,), missed=True)
    if sent.kind == "place":
        wrong = judging.broken(view, station, sent.text)
        return Step(response, (wrong,), missed=True) if wrong else _answered(definition, station, response, sent.text)
    return _answered(definition, station, response, state.Media(sent.media, sent.kind))


# -- going on ----------------------------------------------------------------------------------------------


def _stand(response: state.State, at: str) -> state.State:
    """Before another question nothing is picked and every list begins at its beginning."""
    return response._replace(at=at, picked=(), page=0, narrowed=())


def _answered(definition: form.Form, station: Station, response: state.State, answer: state.Answer) -> Step:
    given = dict(response.answers) | {station.key: answer}
    skipped = tuple(key for key in response.skipped if key != station.key)
    after = response._replace(answers=tuple(given.items()), skipped=skipped)
    return _go_on(definition, after, station.key)


def _go_on(definition: form.Form, after: state.State, from_: str) -> Step:
    after = _keep_once(definition, after)
    view = passage.passage(definition, after)
    if definition.refuse and expressions.truth(definition.refuse.evaluate(view.context())):
        return Step(after, refused=True)
    if after.changing:
        return _review(definition, view, after)
    return _arrive(definition, view, after, _next(view, after, from_))


def _arrive(definition: form.Form, view: Passage, after: state.State, at: str) -> Step:
    return Step(_stand(after, at), finished=not at and not after.ended, reviewed=not at and bool(after.ended))


def _keep_once(definition: form.Form, response: state.State) -> state.State:
    """What `once()` has worked out stays what it is."""
    given = dict(response.answers)
    fresh = tuple(each for each in passage.passage(definition, response).once if each[0] not in given)
    return response._replace(answers=(*response.answers, *fresh)) if fresh else response


def _next(view: Passage, response: state.State, after: str) -> str:
    """The question behind `after`; "" at the end.

    An answer given before a way back is asked again on the way forward: the person sees what they pass.
    """
    keys = [station.key for station in view.asked]
    if after not in keys:
        return _first_open(view, response)
    place = keys.index(after) + 1
    return keys[place] if place < len(keys) else ""


def _open(view: Passage, response: state.State) -> list[bool]:
    """Of each question that is asked, whether it still waits for an answer."""
    closed = set(response.skipped)
    return [station.key not in view.values and station.key not in closed for station in view.asked]


def _first_open(view: Passage, response: state.State) -> str:
    waiting = _open(view, response)
    return view.asked[waiting.index(True)].key if True in waiting else ""


def _review(definition: form.Form, view: Passage, after: state.State) -> Step:
    """An earlier answer has changed: whatever it opens is asked, and nothing else."""
    waiting = _open(view, after)
    # Of a response under way what lies ahead is no gap; it will be asked in its turn.
    end = len(waiting) if after.ended else next((n for n in range(len(waiting), 0, -1) if not waiting[n - 1]), 0)
    gap = next((station.key for station, open_ in zip(view.asked[:end], waiting, strict=False) if open_), "")
    if gap:
        return Step(_stand(after, gap))
    at = "" if after.ended else _first_open(view, after)
    done = _stand(after, at)._replace(changing=False)
    return Step(done, reviewed=bool(at or after.ended), finished=not at and not after.ended)


def _back(view: Passage, station: Station, response: state.State) -> Step:
    if response.picked:
        return Step(response._replace(picked=response.picked[:-1]))
    if response.narrowed:
        return Step(_stand(response, response.at))
    if response.changing:
        return Step(leave(view.definition, response), reviewed=True)
    here = view.asked.index(station)
    if here == 0:
        return Step(response, (phrase("This is the first question."),))
    return Step(_stand(response, view.asked[here - 1].key))


def _skip(definition: form.Form, view: Passage, station: Station, response: state.State, passing: str = "") -> Step:
    """The question is passed over, in so many words or by saying what is no answer: then no default is taken."""
    usual = None if passing else judging.default(view, station)
    if usual is not None:
        return _answered(definition, station, response, usual)
    if judging.is_required(view, station):
        message = station.question.required_message
        line: messages.Line = (
            telling.written(message, view, station, {}) if message else _needed(station.question, passing)
        )
        return Step(response, (line,), missed=True)
    after = response._replace(
        answers=tuple(pair for pair in response.answers if pair[0] != station.key),
        skipped=(*(key for key in response.skipped if key != station.key), station.key),
    )
    return _go_on(definition, after, station.key)


def _needed(question: form.Question, passing: str) -> messages.Line:
    """Why it cannot be passed over; whoever does not know is helped on."""
    if passing not in ("", "refuse") and question.kind not in _OF_ITS_OWN:
        nearest = phrase("Please choose whatever comes nearest.")
        return nearest if question.kind in form.CHOOSING else phrase("Roughly is fine too.")
    return phrase("This question needs an answer. You can also write “back” or “stop”.")
