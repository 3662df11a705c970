"""What is wanted with a promise, in a word or two from anywhere: "2000 жибердим", «перенести на 20 апреля», «снять»."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from bot.engine import commands


class Said(NamedTuple):
    """What is wanted: "sent", "amount", "date" or "withdraw", and the words beside it (how much, when, which)."""

    verb: str
    rest: str = ""


#: What means nothing but that, as a whole message.
_WHOLE = {
    "sent": "жөнөттүм, жөнөтүп койдум, которуп койдум, котордум, jonottum, отправлено, отправил, отправила, перевёл, "
    "перевела, переведено",
    "amount": "өзгөртүү, салымдын өлчөмүн өзгөртөм, изменить, изменить размер вклада",
    "date": "жылдыруу, жылдырам, күнүн жылдырам, кийинкиге, перенести, перенести срок, позже",
    "withdraw": "алып салуу, алып сал, алып салыңыз, убадамды алып салуу, убадамды алып сал, убадамды алып салыңыз, "
    "салымымды алып салыңыз, снять, снимите, снять обещание, снимите обещание, отменить обещание",
}
_BY_WORD = {commands.fold(word): verb for verb, words in _WHOLE.items() for word in words.split(",")}

_LATER = frozenset(
    commands.fold(word)
    for word in [
        "кийин",
        " кийинчерээк",
        " башка күнү",
        " бир аздан кийин",
        " позже",
        " попозже",
        " потом",
        " не сейчас",
        " в другой день",
    ]
)

#: Words of which one makes a message say it, whatever amount or day stands beside it.
_STEMS = {
    "sent": re.compile(
        r"j[oi]notu[mk]|jonottu[mk]|jiberdi[mk]|kotordu[mk]|tolodu[mk]|saldi[mk]|koidu[mk]|"
        r"otpravil[ai]?|otpravleno|perevel[ai]?|perevedeno|perechislil[ai]?|skinul[ai]?|vislal[ai]?|peredal[ai]?"
    ),
    "date": re.compile(r"jildir\w*|perenes[ti]\w*|otloji\w*"),
}
#: What stands beside them and changes nothing.
_BESIDE = (
    "мен, я, мы, биз, уже, акча, акчаны, акчамды, деньги, бүгүн, сегодня, кечээ, вчера, азыр, сейчас, жөнөтүп, "
    "которуп, жиберип, салып, төлөп, дагы, ещё, срок, мөөнөтүн, мөөнөтү, күнүн, кийинкиге, убадамды, обещание, на, "
    "до, пожалуйста, сураныч, код, потом, позже, эле, вам, сизге, сиздерге"
)
_DENIALS = "не, нет, жок, жокмун, эмес, элек, элекмин, ли, беле, белем"
_FILLERS, _NOT = (frozenset(map(commands.fold, words.split(","))) for words in (_BESIDE, _DENIALS))
#: Longer than this it is a story, and no word.
_LONGEST = 80


@functools.lru_cache(maxsize=256)
def read(text: str) -> Said | None:
    """What the whole message wants; None where it says something else, or that it is not so."""
    text = text.strip()
    if not text or len(text) > _LONGEST or text.startswith("/") or text.endswith("?"):
        return None
    if whole := _BY_WORD.get(commands.fold(text)):
        return Said(whole)
    words = [(word, commands.fold(word)) for word in text.split()]
    if any(folded in _NOT for _, folded in words):
        return None
    for verb, stem in _STEMS.items():
        if any(stem.fullmatch(folded) for _, folded in words):
            rest = [word for word, folded in words if folded not in _FILLERS and not stem.fullmatch(folded)]
            return Said(verb, " ".join(rest)) if _plain(rest) else None
    return None


def later(text: str) -> Said | None:
    """What is said below a reminder, and would mean nothing elsewhere; or None."""
    return Said("date") if commands.fold(text) in _LATER else None


def _plain(rest: list[str]) -> bool:
    """Whether what is left can be an amount, a day or a code: so much in so few words."""
    return not rest or (len(rest) <= 5 and any(c.isdigit() for word in rest for c in word)) or len(rest) <= 3
