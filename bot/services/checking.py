"""What was found in files, put into words for their author: what must be mended, what was mended, what is advised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot import wording
from bot.engine.authoring.problems import Severity
from bot.engine.phrases import phrase
from bot.services import loading

_HEADINGS = {
    Severity.ERROR: phrase("Must be mended before it can be published:"),
    Severity.MENDED: phrase("It was clear what was meant, so it was mended in reading:"),
    Severity.ADVICE: phrase("Advice, for it would be troublesome in a chat:"),
}


def lines(faults: Sequence[loading.Fault], voice: wording.Voice, language: str) -> Iterator[str]:
    """Every fault under the heading of its severity, then how many there are."""
    for severity, heading in _HEADINGS.items():
        here = [fault for fault in faults if fault.problem.severity is severity]
        if here:
            yield voice.say(heading, language)
            for fault in here:
                yield f"  {fault.file}: {voice.say(fault.problem.line, language)}"
            yield ""
    yield total(faults, voice, language)


def total(faults: Sequence[loading.Fault], voice: wording.Voice, language: str) -> str:
    """How many there are, in one line."""
    count = Counter(fault.problem.severity for fault in faults)
    if not faults:
        return voice.say(phrase("Nothing to mend."), language)
    said = phrase(
        "To mend: {errors}. Mended in reading: {mended}. Advice: {advice}.",
        errors=count[Severity.ERROR],
        mended=count[Severity.MENDED],
        advice=count[Severity.ADVICE],
    )
    return voice.say(said, language)
