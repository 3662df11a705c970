"""What the mind remembers between two messages, and its way to JSON and back.

`Talk` belongs to a contact (the phone), `State` to a response (one passage through one form version). Both are
tuples, for a turn makes a dozen of them, each out of the last; `to_plain` and `from_plain` are exact inverses, and
the version number lets a later program read older rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

VERSION = 1


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a sound that was sent as an answer: its id in the house, and "image" or "audio"."""

    id: str
    kind: str


#: What an answer is: text (also an amount, a date, a place in digits), a whole number, the names of chosen options,
#: or something that was sent.
Answer = str | int | tuple[str, ...] | Media


class State(NamedTuple):
    """One response under way."""

    #: Version hash of the form it runs on; a running response never changes its form.
    form: str
    #: Fixes the order of options for this person.
    seed: str
    #: When it was begun, ISO 8601 in UTC: what `today()` means in its expressions, so that it always counts alike.
    begun: str
    #: Where and in which language it was begun; figures are broken down by them.
    channel: str = ""
    language: str = ""
    #: The campaign it pledges to, or "".
    campaign: str = ""
    #: Key of the question that waits for an answer (`form.key`); "" when all are answered.
    at: str = ""
    #: By key, in the order in which they were given first.
    answers: tuple[tuple[str, Answer], ...] = ()
    #: Questions that were passed over on purpose.
    skipped: tuple[str, ...] = ()
    #: Options picked so far in a ranking that is answered one at a time.
    picked: tuple[str, ...] = ()
    #: Of a long list: which ten are shown, from 0, and the names to which typing has narrowed it (empty: all).
    page: int = 0
    narrowed: tuple[str, ...] = ()
    #: True while one earlier answer is changed: after it only what is still open is asked.
    changing: bool = False
    #: By key, in whole seconds: how long each question waited for its answer, a pause counting five minutes at most.
    spent: tuple[tuple[str, int], ...] = ()
    #: When it was finished, ISO 8601 in UTC.
    ended: str = ""
    #: Of a pledge: what was chosen where its words were in doubt, in the order in which it was asked (`drafting`); and
    #: the version of its campaign as it was shown last.
    settled: tuple[str, ...] = ()
    seen: str = ""

    def answer(self, name: str) -> Answer | None:
        """The answer to that question, or None."""
        return dict(self.answers).get(name)


class Person(NamedTuple):
    """One respondent behind a phone."""

    id: str
    #: Purposes consented to: "survey:<form name>", "pledge:<campaign>".
    consents: tuple[str, ...] = ()
    #: Surveys finished: "<form name>/<wave>".
    finished: tuple[str, ...] = ()
    #: Responses under way; the last is the current one. A finished one is among them while it is changed.
    open: tuple[str, ...] = ()
    #: The survey response finished last, which may be looked at and changed while its form version is current.
    last: str = ""
    #: Campaigns of which they took an office; whether they hold it still, the house knows.
    offices: tuple[str, ...] = ()
    #: Where they said they live, as in `whereabouts`; "" before they were asked.
    country: str = ""
    #: Whether they were asked for an e-mail: nobody is asked twice.
    mailed: bool = False


class Talk(NamedTuple):
    """Where the conversation with one phone stands."""

    language: str = ""
    scene: str = "new"
    #: The scene to go back to from a short one (language, erase, who).
    before: str = ""
    #: Counts what was asked; a button carries it, so that an old one is known for what it is.
    step: int = 0
    people: tuple[Person, ...] = ()
    #: Id of the person who answers now; "" before anybody consented.
    person: str = ""
    #: A link or menu choice that waits for language or consent: "s-priorities", "a-suu".
    pending: str = ""
    #: What the numbers of the list shown last stand for.
    listed: tuple[str, ...] = ()
    #: Misunderstandings in a row.
    misses: int = 0
    #: When the person last wrote, ISO 8601 in UTC.
    heard: str = ""
    #: Wrong codes in a row, and when the last of them came, ISO 8601 in UTC.
    tries: int = 0
    tried: str = ""
    #: What went over the line on the way to a response that has not begun: messages in and out, bytes in and out.
    line: tuple[int, ...] = ()
    #: Something waits to be told that could not be sent: it is when they write.
    held: bool = False


def to_plain(value: State | Talk) -> dict[str, Any]:
    """A dict of JSON types, with the version number."""
    plain = value._asdict()
    if isinstance(value, Talk):
        plain["people"] = [_plain_person(person) for person in value.people]
    else:
        plain["answers"] = [
            (key, {"media": answer.id, "kind": answer.kind} if isinstance(answer, Media) else answer)
            for key, answer in value.answers
        ]
    # What is empty is left out: most of a state is, and every turn reads and writes one.
    return {"v": VERSION} | {field: content for field, content in plain.items() if content}


def state_from(plain: dict[str, Any]) -> State:
    """The State that `to_plain` (and JSON) made of it."""
    fields = _fields(plain)
    fields["answers"] = tuple((name, _answer(value)) for name, value in fields.get("answers", ()))
    for name in ("skipped", "picked", "narrowed", "settled"):
        fields[name] = tuple(fields.get(name, ()))
    fields["spent"] = tuple((key, seconds) for key, seconds in fields.get("spent", ()))
    return State(**fields)


def talk_from(plain: dict[str, Any]) -> Talk:
    """The Talk that `to_plain` (and JSON) made of it."""
    fields = _fields(plain)
    fields["people"] = tuple(_person(person) for person in fields.get("people", ()))
    for name in ("listed", "line"):
        fields[name] = tuple(fields.get(name, ()))
    return Talk(**fields)


def _fields(plain: dict[str, Any]) -> dict[str, Any]:
    version = plain["v"]
    if version != VERSION:
        raise ValueError(f"a state of version {version}; this program reads {VERSION}")
    return {name: value for name, value in plain.items() if name != "v"}


def _plain_person(person: Person) -> dict[str, Any]:
    plain = person._asdict()
    # Nearly nobody holds an office, and only on a page is somebody asked for an e-mail.
    return {name: value for name, value in plain.items() if value or name not in ("offices", "mailed")}


def _person(plain: dict[str, Any]) -> Person:
    lists = {name: tuple(plain.get(name, ())) for name in ("consents", "finished", "open", "offices")}
    return Person(
        id=plain["id"],
        last=plain.get("last", ""),
        country=plain.get("country", ""),
        mailed=plain.get("mailed", False),
        **lists,
    )


def _answer(value: Any) -> Answer:
    if isinstance(value, dict):
        return Media(value["media"], value["kind"])
    return tuple(value) if isinstance(value, list | tuple) else value
