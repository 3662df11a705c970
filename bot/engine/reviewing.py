"""Looking back: one's answers in a list, one of them changed; and starting over with a clean sheet."""

from __future__ import annotations

from bot.engine import commands, flow, happenings, joining, messages, offering, passage, state, telling
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.turning import Turning, yes_no
from bot.engine.understanding import agreeing


def wanted(talk: state.Talk, text: str) -> str:
    """Id of the finished response that must be at hand for this message, or ""."""
    if "answers" not in (talk.scene, talk.before) and commands.recognise(text) is not Command.ANSWERS:
        return ""
    return next((person.last for person in talk.people if person.id == talk.person), "")


# -- the list ----------------------------------------------------------------------------------------------


def ask(turning: Turning) -> None:
    """To the answers of what is under way, or of the survey finished last."""
    person = turning.person()
    rid = turning.current() or (person.last if person else "")
    response = turning.responses.get(rid)
    if response is None:
        turning.say(_NOTHING)
        return
    if response.campaign:
        # What is promised is said back as it stands, and changed there.
        turning.go_on()
        return
    if response.changing:
        response = flow.leave(turning.definition(response), response)
        turning.keep(rid, response)
        if response.ended:
            turning.close(rid)
    if not turning.may_change(response):
        turning.say(joining.STAYS)
        turning.go_on()
    elif not _told(turning, response):
        turning.say(_NOTHING)
    else:
        turning.to("answers", pending=rid)


_NOTHING = phrase("There are no answers of yours here yet.")


def show(turning: Turning) -> messages.Reply:
    """Ten of them, each with the number by which it is changed."""
    told = _told(turning, turning.responses[turning.talk.pending])
    first = _first(turning, told)
    shown = told[first : first + offering.PAGE]
    turning.change(listed=tuple(station.key for station, _ in shown))
    options = tuple(messages.Option(line, number=n) for n, (_, line) in enumerate(shown, start=first + 1))
    pages = len(told) > offering.PAGE
    return messages.Reply(
        lines=(phrase("Your answers:"),),
        options=options,
        foot=(
            *((phrase("For the next ones write “more”."),) if pages else ()),
            phrase("Write the number of the answer you want to change, or “continue”."),
        ),
        pick=1,
        actions=(*(("more",) if pages else ()), "continue"),
    )


def _told(turning: Turning, response: state.State) -> list[tuple[passage.Station, messages.Line]]:
    view, given = passage.passage(turning.definition(response), response), turning.given(response)
    answers = dict(response.answers)
    return [
        (station, telling.line(view, station, answers[station.key], given, short=True))
        for station in view.asked
        if station.key in view.values and station.key in answers
    ]


def _first(turning: Turning, told: list[tuple[passage.Station, messages.Line]]) -> int:
    """Where the page begins that was shown last."""
    keys = [station.key for station, _ in told]
    listed = turning.talk.listed
    return keys.index(listed[0]) // offering.PAGE * offering.PAGE if listed and listed[0] in keys else 0


def take(turning: Turning, command: Command | None) -> None:
    """A number opens that question again."""
    rid = turning.talk.pending
    response = turning.responses[rid]
    told = _told(turning, response)
    if command is Command.MORE:
        after = _first(turning, told) + offering.PAGE
        turning.change(listed=(told[after if after < len(told) else 0][0].key,))
    elif command in (Command.CONTINUE, Command.BACK, Command.SKIP) or _enough(turning):
        turning.go_on()
    elif not turning.may_change(response):
        turning.say(joining.STAYS)
        turning.go_on()
    elif number := turning.number(len(told)):
        turning.keep(rid, flow.reopen(response, told[number - 1][0].key))
        person = turning.person()
        if person:
            others = tuple(each for each in person.open if each != rid)
            turning.change_person(person._replace(open=(*others, rid)))
        turning.to("form")


def _enough(turning: Turning) -> bool:
    if turning.incoming.kind != "text":
        return False
    # "Жок" and "баары туура" say that there is nothing to change.
    said = commands.fold(turning.incoming.text[:40])
    return said in commands.DONE or said in _ALL_RIGHT or agreeing.agrees(turning.incoming.text) is not None


_ALL_RIGHT = frozenset(
    map(
        commands.fold,
        (
            *("баары туура", "баары жакшы", "баары дурус", "өзгөртпөйм", "эч нерсе", "эч кайсы", "эч бири"),
            *("все верно", "все правильно", "все хорошо", "все так", "ничего", "ничего не менять", "не менять"),
        ),
    )
)


# -- starting over -----------------------------------------------------------------------------------------


def ask_restart(turning: Turning) -> None:
    """Asked once: a whole survey hangs on one word."""
    rid = turning.current()
    if turning.responses[rid].ended:
        # Finished it stays; one answer after another may be changed.
        ask(turning)
    elif not joining.is_open(turning, _link(turning, rid)):
        turning.say(phrase("This is closed already."))
    else:
        turning.to("restart", before="form", pending=rid)


def _link(turning: Turning, rid: str) -> str:
    response = turning.responses[rid]
    return f"a-{response.campaign}" if response.campaign else f"s-{turning.definition(response).name}"


def show_restart(_turning: Turning) -> messages.Reply:
    """Really?"""
    return messages.Reply((phrase("Start over? The answers given so far will be erased."),), yes_no(), pick=1)


def take_restart(turning: Turning, command: Command | None) -> None:
    """Yes begins again on what is current now."""
    rid, person = turning.talk.pending, turning.person()
    agreed = False if command in (Command.BACK, Command.SKIP, Command.CONTINUE) else turning.yes_or_no()
    if agreed is None:
        return
    link = _link(turning, rid)
    if agreed and person and joining.is_open(turning, link):
        turning.events.append(happenings.Discarded(rid))
        turning.say(phrase("All right, let us begin again."))
        joining.begin(turning, person._replace(open=tuple(o for o in person.open if o != rid)), link)
    else:
        turning.go_on()
