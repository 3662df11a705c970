"""What surrounds the questions: language, the menu, greeting, who is answering, stopping, erasing, one's own data."""

from __future__ import annotations

from bot.engine import (
    asking,
    confiding,
    form,
    giving,
    happenings,
    inviting,
    joining,
    mailing,
    messages,
    naming,
    opining,
    passage,
    promising,
    state,
    telling,
    treasury,
    vowing,
    whereabouts,
)
from bot.engine.commands import Command
from bot.engine.messages import phrase
from bot.engine.turning import LISTED, Turning, options, yes_no

_GREETING = phrase(
    "Hello! This is Ashar. We ask what your village or town needs, and tell you yourself what came of it."
)
# A language is named in itself, whatever the reader's language is.
_KY = messages.Written({"ky": "Кыргызча", "ru": "Кыргызча"})
_RU = messages.Written({"ky": "Русский", "ru": "Русский"})


# -- language ----------------------------------------------------------------------------------------------


def before_language(turning: Turning, command: Command | None, link: str) -> None:
    """Nobody is asked anything before their language is known."""
    scene, pending = turning.talk.scene, link or turning.talk.pending
    if scene in ("language", "invited") and not link and command in (Command.START, Command.HELP):
        # A greeting is greeted, and a call for help is helped; then the language comes first.
        turning.to("language", pending=pending)
        if command is Command.HELP:
            help_(turning)
        else:
            turning.say(_GREETING)
    elif scene == "language" and not link:
        take_language(turning, command)
    elif not inviting.fits(turning, pending):
        turning.to("language", pending=pending)
        turning.say(_GREETING)
    elif scene != "invited" or link:
        inviting.invite(turning, pending)
    else:
        inviting.take(turning, command)


def ask_language(turning: Turning) -> None:
    """Which language, from wherever the person is."""
    talk = turning.talk
    if talk.scene != "language":
        turning.to("language", before=talk.scene, pending=talk.pending, listed=talk.listed)


def take_language(turning: Turning, command: Command | None) -> None:
    """The choice, and back to where the person was."""
    if command is Command.BACK and turning.talk.language:
        speak(turning, turning.talk.language)
    elif number := turning.number(2):
        speak(turning, "ky" if number == 1 else "ru")


def speak(turning: Turning, language: str, link: str = "") -> None:
    """Go on in that language."""
    first, scene, pending = not turning.talk.language, turning.talk.scene, link or turning.talk.pending
    turning.change(language=language)
    if first:
        if scene not in ("language", "invited"):
            turning.say(_GREETING)
        if pending:
            joining.follow(turning, pending)
        else:
            turning.go_home()
    elif scene == "language":
        turning.go_back()
    elif scene == "stopped":
        wake(turning)


def show_language(turning: Turning) -> messages.Reply:
    """Said in both languages while none is known."""
    back = ("back",) if turning.talk.language else ()
    return messages.Reply((phrase("Which language is easier for you?"),), options(_KY, _RU), pick=1, actions=back)


# -- the menu ----------------------------------------------------------------------------------------------


def menu(turning: Turning) -> dict[str, messages.Line]:
    """What there is to do now, by name."""
    lines: dict[str, messages.Line] = {}
    if turning.facts.surveys:
        lines["surveys"] = phrase("Answer the survey")
    if any(giving.takes(each, turning.incoming.now.date()) for each in turning.facts.campaigns.values()):
        lines["campaigns"] = phrase("Give to the ashar")
    if treasury.is_for(turning):
        lines["treasury"] = phrase("Treasury: what has arrived")
    return lines | {"pledges": phrase("My promises and results"), "language": phrase("Language and help")}


def show_home(turning: Turning) -> messages.Reply:
    """At most four lines, and one more for whoever holds an office."""
    return messages.Reply((phrase("What would you like to do?"),), options(*menu(turning).values()), pick=1)


def take_home(turning: Turning, command: Command | None) -> None:
    """One line of the menu."""
    if command in (Command.BACK, Command.SKIP, Command.CONTINUE):
        turning.go_on()
        return
    if command is None and (links := [f"a-{name}" for name in vowing.offered_to(turning)]):
        # They know already what they give. Before consent nothing of it is kept: then it is asked for again.
        _list(turning, links)
        if turning.talk.scene == "form":
            vowing.take(turning, None, paused=False)
        return
    # What the numbers stood for when they were shown, whatever has opened or closed since.
    listed = turning.talk.listed or tuple(menu(turning))
    number = turning.number(len(listed))
    match listed[number - 1] if number else "":
        case "surveys":
            _list(turning, [f"s-{name}" for name in turning.facts.surveys])
        case "campaigns":
            links = [f"a-{name}" for name in turning.facts.campaigns]
            _list(turning, [link for link in links if joining.is_open(turning, link)])
        case "treasury":
            treasury.enter(turning)
        case "pledges":
            promising.say_results(turning)
            promising.list_pledges(turning)
        case "language":
            help_(turning)
            ask_language(turning)


def _list(turning: Turning, links: list[str]) -> None:
    if not links:
        turning.say(phrase("This is closed already."))
    elif len(links) == 1:
        joining.follow(turning, links[0])
    else:
        turning.to("list", listed=tuple(links[:LISTED]))


def help_(turning: Turning) -> None:
    """What the author says of the question that waits, how to answer, and whom to call."""
    station = turning.station()
    if station and station.question.guidance:
        response = turning.responses[turning.current()]
        view = passage.passage(turning.definition(response), response)
        turning.say(telling.written(station.question.guidance, view, station, turning.given(response)))
    if turning.facts.phone:
        turning.say(
            phrase(
                "To answer, write its number. Also: back, skip, stop, language. The helper's telephone: {phone}",
                phone=turning.facts.phone,
            )
        )
    else:
        turning.say(phrase("To answer, write its number. Also: back, skip, stop, language."))
    if station and turning.incoming.attaches:
        if joining.attachments(turning, "image"):
            turning.say(joining.WAYS["show"])
        if joining.attachments(turning, "audio"):
            turning.say(joining.WAYS["listen"])


# -- greeting, going on ------------------------------------------------------------------------------------


def greet(turning: Turning) -> None:
    """On a shared phone, first who it is; then where they stood."""
    if turning.shared():
        ask_who(turning)
    elif turning.current():
        turning.to("resume")
    else:
        turning.say(_GREETING)
        turning.go_home()


def wake(turning: Turning) -> None:
    """Whatever they write after having stopped, they are back."""
    greet(turning)
    if turning.talk.scene == "resume":
        turning.say(phrase("Welcome back!"))
        turning.to("form")


def show_resume(turning: Turning) -> messages.Reply:
    """Where they stood."""
    response = turning.responses[turning.current()]
    if response.campaign:
        line = phrase("Welcome back! You were about to give to the ashar. Shall we go on?")
        return messages.Reply((line,), yes_no(), pick=1)
    view = passage.passage(turning.definition(response), response)
    station = next((station for station in view.asked if station.key == response.at), None)
    number, total = asking.progress(view, station) if station else (1, 1)
    line = phrase("Welcome back! Your answers are kept: {n}/{total}. Shall we go on?", n=number - 1, total=total)
    return messages.Reply((line,), yes_no(), pick=1)


def take_resume(turning: Turning, command: Command | None) -> None:
    """Yes goes on at the same question, no goes to the menu; the answers stay."""
    answer = True if command in (Command.CONTINUE, Command.SKIP) else turning.yes_or_no()
    if answer:
        turning.go_on()
    elif answer is False:
        turning.go_home()


# -- who is answering --------------------------------------------------------------------------------------


def another(turning: Turning) -> None:
    """Another person takes the phone; nothing of the former one is shown."""
    if turning.shared() and turning.talk.scene != "who":
        ask_who(turning)
    else:
        turning.change(person="")
        turning.say(_GREETING)
        turning.go_home()


def ask_who(turning: Turning, link: str = "") -> None:
    """From here on it is nobody, until they say; a link waits so long."""
    turning.change(person="")
    turning.to("who", pending=link)


def show_who(turning: Turning) -> messages.Reply:
    """People are told apart by the order in which they began, never by what they said."""
    people = [phrase("Person {n}", n=n) for n in range(1, len(turning.talk.people[:LISTED]) + 1)]
    if len(people) == 1:
        people = [phrase("The same person")]
    return messages.Reply((phrase("Hello! Who is answering?"),), options(*people, phrase("Another person")), pick=1)


def take_who(turning: Turning) -> None:
    """One of them, or somebody new."""
    people, link, erasing = turning.talk.people[:LISTED], turning.talk.pending, turning.talk.before == "erase"
    number = turning.number(len(people) + 1)
    if not number:
        return
    turning.change(person=people[number - 1].id if number <= len(people) else "")
    if erasing and turning.talk.person:
        turning.to("erase", before="home")
    elif erasing:
        tell_data(turning)
        turning.go_home()
    elif link:
        joining.follow(turning, link)
    else:
        turning.go_on()


# -- stopping, erasing, one's own data ---------------------------------------------------------------------


def stop(turning: Turning) -> None:
    """Nothing more is sent until they write again."""
    turning.to("stopped")
    turning.events.append(happenings.Stopped())
    turning.say(phrase("We have stopped and will not write any more. Whenever you like, write “continue”."))


def ask_erase(turning: Turning) -> None:
    """Erasing, or only silence? The word means both."""
    talk = turning.talk
    if talk.people and not talk.person:
        # Several may stand behind this phone, and nobody has said who they are: whose data?
        turning.to("who", before="erase")
    elif talk.scene != "erase":
        turning.to("erase", before=talk.scene, pending=talk.pending, listed=talk.listed)


def show_erase(_turning: Turning) -> messages.Reply:
    """Asked once."""
    choices = options(phrase("Erase everything (for good)"), phrase("Only stop the messages"), phrase("Nothing"))
    return messages.Reply((phrase("What shall we do?"),), choices, pick=1)


def take_erase(turning: Turning, command: Command | None) -> None:
    """Erase the person who answers; others behind the same phone stay."""
    talk = turning.talk
    match 3 if command in (Command.BACK, Command.SKIP, Command.CONTINUE) else turning.number(3):
        case 1:
            others = tuple(person for person in talk.people if person.id != talk.person)
            turning.events.append(happenings.Erased(talk.person, last=not others))
            language = talk.language if others else ""
            turning.talk = state.Talk(language, "stopped", step=talk.step, people=others, heard=talk.heard)
            turning.changed.clear()
            turning.say(
                phrase(
                    "Your data are erased. A gift that has been received stays in the accounts, without your name. "
                    "Thank you for your trust."
                )
            )
        case 2:
            stop(turning)
        case 3:
            turning.go_back()


def tell_data(turning: Turning) -> None:
    """All that is kept about the person, in their own words and options."""
    person = turning.person()
    running = [turning.responses[rid] for rid in person.open] if person else []
    promises = turning.facts.promises
    kept = [*turning.facts.finished, *(response for response in running if not response.ended)]
    opinions = opining.told(turning)
    kin = confiding.told(turning.facts)
    others = promises or opinions or turning.facts.duties or turning.facts.mailbox or kin or turning.facts.broadcasts
    if not any(response.answers for response in kept) and not others:
        turning.say(phrase("Nothing is kept about you, only the language of this chat."))
        return
    turning.say(phrase("This is kept about you:"))
    for response in kept:
        turning.lines += _answers_told(turning, response)
    for text in turning.facts.heard:
        turning.say(phrase("Written down from your voice message: {text}", text=text))
    for promise in promises:
        said = giving.described(promise, turning.facts.campaigns)
        if giving.stands(promise):
            turning.lines.append(said)
        else:
            turning.say(phrase("No longer in force: {promise}", promise=said))
        if promise.mine and promise.name:
            turning.say(phrase("Name: {name}", name=naming.said(promise.shown, promise.name)))
        if promise.id in turning.facts.photographed:
            turning.say(phrase("With it, for the treasurer: a photo of the receipt."))
    turning.lines += opinions
    if turning.facts.mailbox:
        turning.say(mailing.told(turning.facts.mailbox))
    turning.lines += kin
    for duty in turning.facts.duties:
        turning.say(phrase("Your office: {title}, {office}", title=duty.title, office=treasury.OFFICE[duty.role]))
    for told in turning.facts.broadcasts:
        turning.say(phrase("Also for you, as for many others: “{text}”", text=told))
    if person and person.country in whereabouts.COUNTRIES:
        turning.say(phrase("Where you live: {country}", country=whereabouts.COUNTRIES[person.country]))
    if person and person.consents:
        titles = [_title(turning, *purpose.partition(":")[::2]) for purpose in person.consents]
        turning.say(phrase("You agreed to: {titles}", titles=titles))
    turning.say(phrase("Kept encrypted: your number or chat, and for 30 days what we wrote to you."))
    turning.say(phrase("To have it erased, write “erase”."))


def _title(turning: Turning, kind: str, name: str) -> form.Text:
    """What somebody agreed to take part in, by its title."""
    if kind == "pledge" and name in turning.facts.campaigns:
        return turning.facts.campaigns[name].title
    return next((each.title for each in turning.facts.forms.values() if each.name == name), {"": name})


def _answers_told(turning: Turning, response: state.State) -> list[messages.Line]:
    definition = turning.definition(response)
    view, given = passage.passage(definition, response), turning.given(response)
    lines: list[messages.Line] = []
    for key, answer in response.answers:
        question = definition.question(key)
        # What a finished pledge promises stands below, in one line; here only what was written for it.
        if question is None or (definition.emits and not response.at and question.kind is not form.Kind.TEXT):
            continue
        if question.kind in form.WORKED_OUT:
            continue
        at = form.place(key)[1]
        # Also what has lost its place in the form is still kept.
        station = view.station(key) or passage.Station(key, question, at, (), asks=True)
        said = telling.answer(definition, question, answer)
        lines.append(phrase("— {question} {answer}", question=telling.asked(view, station, given), answer=said))
    return lines
