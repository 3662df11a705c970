"""What is agreed to: who asks and why, what is kept of what this form asks, who sees it, for how long."""

from __future__ import annotations

from bot.engine import form, happenings, messages, state
from bot.engine.form import Kind
from bot.engine.messages import phrase
from bot.engine.turning import Turning

_MESSENGERS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "sms": "Twilio"}
#: Said in the middle of the sentence, where an author names nobody.
HOLDER, TERM = phrase("the survey's author"), phrase("2 years")
#: Names that authors give to such questions. Of others no more is said than that answers are kept.
_AGE = frozenset(
    {"age", "age_group", "age_years", "birthdate", "birthday", "birth_date", "birth_year", "date_of_birth", "dob"}
    | {"jash", "jashy", "zhash", "zhashy", "vozrast"}
)
_SEX = frozenset({"sex", "gender", "jynys", "jynysy", "zhynys", "zhynysy", "pol"})
_PLACE = frozenset({"place", "address", "oblast", "raion", "district", "village", "town", "city", "aiyl", "selo"})


def messenger(turning: Turning) -> str | None:
    """Through whose hands messages to this person go abroad; None where through nobody's."""
    return _MESSENGERS.get(turning.incoming.channel)


def text(turning: Turning, link: str) -> messages.Phrase:
    """What is agreed to by following this link: it is kept as it was said."""
    messenger_ = messenger(turning)
    if not link.startswith("s-"):
        return _SHORT if turning.incoming.channel == "sms" else _to_pledge(messenger_)
    definition = turning.facts.forms[turning.facts.surveys[link[2:]]]
    holder, term, kept = definition.holder or HOLDER, definition.term or TERM, _kept(definition)
    if messenger_:
        return phrase(
            "{holder} asks what people need. Seen by the organisers alone, kept for {term}: {kept}; the number of your "
            "chat is encrypted. Messages pass through {messenger} abroad. The results carry no names. It is of your "
            "own free will. “my data” shows what is kept, “erase” takes your consent back and erases. Do you agree?",
            holder=holder,
            term=term,
            kept=kept,
            messenger=messenger_,
        )
    return phrase(
        "{holder} asks what people need. Seen by the organisers alone, kept for {term}: {kept}. The results carry no "
        "names. It is of your own free will. “my data” shows what is kept, “erase” takes your consent back and erases. "
        "Do you agree?",
        holder=holder,
        term=term,
        kept=kept,
    )


#: Where each seventy letters are paid for, in two languages; the page behind it says the same at length.
_SHORT = phrase(
    "We write down what you promise. Everybody sees sums alone; the treasurer the promise, who sends a transfer, the "
    "receipt. Through Twilio abroad. Of your own free will, “erase” erases. Do you agree?"
)


def _to_pledge(messenger: str | None) -> messages.Phrase:
    """Who sees what of a promise: everybody the sums, the treasurer the rest, nobody the name unless it is wished."""
    if messenger:
        return phrase(
            "We write down what you promise. Everybody sees sums alone, and your name only if you want it shown. The "
            "treasurer sees the promise by its code, who sends a transfer, and the photo of a receipt if you send one. "
            "Messages pass through {messenger} abroad. It is of your own free will: you can take a promise back, and "
            "“erase” erases. Do you agree?",
            messenger=messenger,
        )
    return phrase(
        "We write down what you promise. Everybody sees sums alone, and your name only if you want it shown. The "
        "treasurer sees the promise by its code, who sends a transfer, and the photo of a receipt if you send one. It "
        "is of your own free will: you can take a promise back, and “erase” erases. Do you agree?"
    )


def give(turning: Turning, purpose: str, link: str) -> state.Person:
    """They agreed to what this link asks; whoever is nobody yet becomes a person."""
    person = turning.person()
    if person is None:
        person = state.Person(turning.draw("person"))
        turning.change(people=(*turning.talk.people, person), person=person.id)
        turning.events.append(happenings.Joined(person.id))
    turning.events.append(happenings.Consented(person.id, purpose, text(turning, link)))
    person = person._replace(consents=(*person.consents, purpose))
    turning.change_person(person)
    return person


def more(turning: Turning) -> messages.Line:
    """Where all of it is said at length: a page in both languages."""
    return messages.Written({"": f"{turning.facts.site}/privacy"})


def _kept(definition: form.Form) -> messages.Phrase:
    """What the form asks of the person that could tell who it is, and the answers: "your age, your answers"."""
    # In a repeat it is asked of others: children, neighbours, animals.
    own = [question for question in definition.questions if not question.repeats]
    names = {question.name.casefold() for question in own}
    placed = definition.places or names & _PLACE or any(question.kind is Kind.GEOPOINT for question in own)
    kept = phrase("your answers")
    asked = (phrase("where you live"), placed), (phrase("your sex"), names & _SEX), (phrase("your age"), names & _AGE)
    for each, is_asked in asked:
        kept = phrase("{each}, {others}", each=each, others=kept) if is_asked else kept
    return kept
