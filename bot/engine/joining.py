"""Joining in: a link or a menu line -> consent -> the questions of a survey or a pledge -> done, and led back."""

from __future__ import annotations

import datetime as dt

from bot.engine import (
    asking,
    commands,
    confiding,
    consenting,
    flow,
    form,
    giving,
    happenings,
    holding,
    messages,
    passage,
    reciting,
    state,
    telling,
    vouching,
    vowing,
)
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.turning import Turning, options

NOTHING_KEPT = phrase("All right, nothing has been kept. If you change your mind, write any time.")


# -- links -------------------------------------------------------------------------------------------------


def purpose(link: str) -> str:
    """The consent that a link's target needs: "survey:<form>" or "pledge:<campaign>"."""
    return f"{'survey' if link.startswith('s-') else 'pledge'}:{link[2:]}"


def title(turning: Turning, link: str) -> form.Text:
    """What a link leads to, by name."""
    if link.startswith("s-"):
        return turning.facts.forms[turning.facts.surveys[link[2:]]].title
    return turning.facts.campaigns[link[2:]].title


def is_open(turning: Turning, link: str) -> bool:
    """True while the survey or campaign takes answers."""
    if link.startswith("s-"):
        return link[2:] in turning.facts.surveys
    campaign = turning.facts.campaigns.get(link[2:])
    return link.startswith("a-") and campaign is not None and giving.takes(campaign, turning.incoming.now.date())


def follow(turning: Turning, link: str) -> None:
    """Go to a survey or a campaign, at once or after consent, or say why not; to an office; to a relative's promise."""
    if holding.wanted(link):
        holding.follow(turning, link)
        return
    if vouching.is_link(link):
        vouching.follow(turning, link)
        return
    if confiding.is_link(link):
        confiding.follow(turning, link)
        return
    leave = turning.go_on if turning.talk.scene == "form" else turning.go_home
    turning.change(pending="", before="")
    person = turning.person()
    if not is_open(turning, link):
        turning.say(phrase("This is closed already."))
        leave()
        return
    if person and link.startswith("s-") and _finished_key(turning, link) in person.finished:
        turning.say(phrase("This phone has answered already. If you are another person, write “another person”."))
        leave()
        return
    running = next((rid for rid in person.open if _leads_to(turning, rid, link)), "") if person else ""
    if person and running:
        others = tuple(rid for rid in person.open if rid != running)
        turning.change_person(person._replace(open=(*others, running)))
        turning.say(messages.Written(title(turning, link)))
        turning.to("form")
    elif person and purpose(link) in person.consents:
        turning.say(messages.Written(title(turning, link)))
        begin(turning, person, link)
    else:
        turning.to("consent", pending=link)


def _finished_key(turning: Turning, link: str) -> str:
    definition = turning.facts.forms[turning.facts.surveys[link[2:]]]
    return f"{definition.name}/{definition.wave}"


def _leads_to(turning: Turning, rid: str, link: str) -> bool:
    response = turning.responses[rid]
    if link.startswith("a-"):
        return response.campaign == link[2:]
    return not response.campaign and turning.facts.forms[response.form].name == link[2:]


def show_list(turning: Turning) -> messages.Reply:
    """Which survey, which campaign."""
    titles = [messages.Written(title(turning, link)) for link in turning.talk.listed]
    return messages.Reply((phrase("Which one?"),), options(*titles), pick=1, actions=("back",))


def take_list(turning: Turning, command: Command | None) -> None:
    """One of the list."""
    links = turning.talk.listed
    if command is Command.BACK:
        turning.go_home()
    elif command is Command.CONTINUE:
        turning.go_on()
    elif number := turning.number(len(links)):
        follow(turning, links[number - 1])


# -- consent -----------------------------------------------------------------------------------------------


def show_consent(turning: Turning) -> messages.Reply:
    """What is asked, by whom and why; for a campaign, how it stands."""
    link = turning.talk.pending
    lines = (messages.Written(title(turning, link)), *about(turning, link))
    choices = options(phrase("I agree"), phrase("I do not agree"))
    return messages.Reply((*lines, consenting.text(turning, link), consenting.more(turning)), choices, pick=1)


def about(turning: Turning, link: str) -> tuple[messages.Line, ...]:
    """Of a campaign what it is about, how it stands and until when."""
    if not link.startswith("a-"):
        return ()
    campaign = turning.facts.campaigns[link[2:]]
    until = phrase("Until: {date}", date=campaign.deadline)
    return messages.Written(campaign.story), *giving.standing(campaign), until


def take_consent(turning: Turning, command: Command | None) -> None:
    """Yes begins; no keeps nothing."""
    link = turning.talk.pending
    if command is Command.BACK:
        turning.lead_back()
    elif not is_open(turning, link):
        follow(turning, link)
    elif (agreed := turning.yes_or_no()) is False:
        turning.say(NOTHING_KEPT)
        turning.lead_back()
    elif agreed:
        agree(turning, link)


def agree(turning: Turning, link: str) -> None:
    """They agreed to what waits, and begin."""
    begin(turning, consenting.give(turning, purpose(link), link), link)


def begin(turning: Turning, person: state.Person, link: str) -> None:
    """The first question."""
    campaign = link[2:] if link.startswith("a-") else ""
    version = turning.facts.campaigns[campaign].form if campaign else turning.facts.surveys[link[2:]]
    rid = turning.draw("response")
    fresh = state.State(
        form=version,
        seed=turning.draw("seed")[:16],
        begun=turning.incoming.now.isoformat(timespec="seconds"),
        channel=turning.incoming.channel,
        language=turning.talk.language,
        campaign=campaign,
    )
    definition = turning.facts.forms[version]
    response = vowing.begin(fresh) if definition.emits else flow.begin(definition, fresh)
    turning.keep(rid, response)
    turning.change_person(person._replace(open=(*person.open, rid)))
    turning.to("form")
    turning.events.append(happenings.Begun(person.id, rid))
    if not response.at:
        # Nothing is asked, as things stand: what there is to read is read.
        _finish(turning, rid, definition)


# -- the questions -----------------------------------------------------------------------------------------


def show_form(turning: Turning) -> messages.Reply:
    """The question that waits."""
    response = turning.responses[turning.current()]
    if turning.definition(response).emits:
        return reciting.show(turning)
    asked = asking.asking(turning.definition(response), response, turning.given(response))
    # No button for what would only be answered with regret.
    actions = tuple(each for each in asked.actions if each not in WAYS or turning.incoming.attaches)
    # In words too, for WhatsApp has no room for such buttons beside those of the options.
    ways = tuple(WAYS[each] for each in actions if each in WAYS and turning.attaches != _KINDS[each])
    return messages.Reply(
        lines=asked.lines,
        options=asked.options,
        foot=(*asked.foot, *ways),
        spare=(*asked.spare, *ways),
        pick=asked.pick,
        actions=actions,
        attachments=attachments(turning, turning.attaches) if turning.attaches else (),
    )


#: How to ask for what a question shows or says, and which kind of attachment that is.
WAYS = {
    "show": phrase("To see the picture, write “show”."),
    "listen": phrase("To hear the question, write “listen”."),
}
_KINDS = {"show": "image", "listen": "audio"}


def attachments(turning: Turning, kind: str) -> tuple[form.Attachment, ...]:
    """What can be seen or heard with the question that waits, as `asking.attachments` has it."""
    response = turning.responses[turning.current()]
    view = passage.passage(turning.definition(response), response)
    station = view.station(response.at)
    return asking.attachments(view, station, kind, turning.talk.language) if station else ()


def attach(turning: Turning, kind: str) -> None:
    """The question's own picture or recording, where its author gave one and this channel can bring it."""
    none, never = _REGRETS[kind]
    if not attachments(turning, kind):
        turning.say(none)
    elif not turning.incoming.attaches:
        turning.say(never)
    else:
        turning.attaches = kind


_REGRETS = {
    "image": (
        phrase("There is no picture with this question, I am sorry."),
        phrase("I am sorry, pictures cannot be sent here."),
    ),
    "audio": (
        phrase("There is no recording of this question, I am sorry."),
        phrase("I am sorry, sound cannot be sent here."),
    ),
}


def speak(turning: Turning) -> None:
    """A form that is spoken says each question that is new, in the language that is spoken now."""
    asked = turning.talk.scene == "form" and turning.current() and turning.incoming.attaches
    if asked and turning.definition(turning.responses[turning.current()]).spoken:
        turning.attaches = "audio"


def take_form(turning: Turning, command: Command | None, *, paused: bool) -> None:
    """An answer, or a step back or past."""
    incoming, rid = turning.incoming, turning.current()
    response = turning.responses[rid]
    definition, station = turning.definition(response), turning.station()
    if definition.emits:
        vowing.take(turning, command, paused=paused)
        return
    if not turning.may_change(response):
        # Closed while an answer was being changed.
        turning.keep(rid, flow.leave(definition, response))
        turning.close(rid)
        turning.say(STAYS)
        turning.go_on()
        return
    # «дальше» is "skip" inside a survey and "go on" after a pause.
    if command is Command.CONTINUE or (paused and command is Command.SKIP):
        return
    words = station is not None and station.question.kind in form.IN_WORDS
    if paused and command is None and words and incoming.kind in ("text", "audio"):
        # After weeks a greeting must not become the answer to a question nobody remembers.
        turning.to("resume")
        return
    media = turning.draw("media") if incoming.kind in ("image", "audio") else ""
    sent = flow.Sent(incoming.text, command, incoming.kind, media, incoming.now)
    step = flow.advance(definition, response, sent)
    if step.missed and paused and incoming.kind == "text":
        turning.to("resume")
        return
    if step.missed and _names_picture(turning):
        turning.attaches = "image"
        return
    turning.missed = step.missed
    turning.lines += step.lines
    after = flow.waited(step.state, response.at, _silence(turning))
    turning.keep(rid, after)
    answer = after.answer(response.at)
    if isinstance(answer, state.Media) and answer.id == sent.media:
        turning.events.append(happenings.Attached(rid, response.at, answer))
    if step.refused:
        turning.close(rid)
        turning.take_back(definition)
        turning.events.append(happenings.Discarded(rid))
        turning.say(phrase("All right, nothing has been kept. Thank you!"))
        turning.lead_back()
    elif step.reviewed:
        if after.ended:
            turning.close(rid)
        turning.to("answers", pending=rid)
    elif step.finished:
        _finish(turning, rid, definition)


def _names_picture(turning: Turning) -> bool:
    """ "Picture" is no answer here and there is one: they want to see it. Where it may be an answer, it is."""
    incoming = turning.incoming
    named = incoming.kind == "text" and commands.fold(incoming.text[:40]) in commands.PICTURE
    return named and incoming.attaches and bool(attachments(turning, "image"))


STAYS = phrase("This survey is closed, so its answers stay as they are. “my data” shows them.")


def _silence(turning: Turning) -> float:
    """Seconds since the person last wrote."""
    heard = turning.heard
    return (turning.incoming.now - dt.datetime.fromisoformat(heard)).total_seconds() if heard else 0.0


def _finish(turning: Turning, rid: str, definition: form.Form) -> None:
    turning.end(rid)
    response, person = turning.responses[rid], turning.person()
    if person:
        key = f"{definition.name}/{definition.wave}"
        turning.change_person(person._replace(finished=(*person.finished, key), last=rid))
    turning.lines += asking.closing(definition, response, {})
    view = passage.passage(definition, response)
    thanks = telling.written(definition.thanks, view, None, {}) if definition.thanks else None
    turning.say(thanks or phrase("Many thanks, we have your answers!"))
    if not turning.current() and view.asked:
        turning.to("done")
    else:
        turning.lead_back()


def show_done(_turning: Turning) -> messages.Reply:
    """Below the thanks, two words rather than the whole menu: it would be a third of what the message weighs."""
    ways = (phrase("“answers”: see or change your answers; “menu”: everything else."),)
    return messages.Reply((), foot=ways, spare=ways, actions=("answers", "menu"))
