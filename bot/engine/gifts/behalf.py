"""In whose name a gift is offered: "атам үчүн", "за брата"; the words for it are taken out, the rest is the gift."""

from __future__ import annotations

import re

#: "My father's" and all who are spoken of so; a missing Kyrgyz letter does not count.
_KY = (
    r"(?:чо[ңн]\s+)?(?:атам|апам|энем)|агам|байкем|иним|эжем|сиңдим|синдим|карындашым|уулум|балам|кызым|к[үу]й[өо][өо]м|"
    r"жолдошум|аялым|келинчегим|таятам|таэнем|тайнем|жээним|к[үу]й[өо][өо]\s+балам|келиним|(?:бир\s+)?тууганым|досум|"
    r"курбум|кошунам|ко[ңн]шум|тайкем|таякем|абам|жездем|женем|жеңем"
)
_RU_FOR = (
    r"брата|братишку|отца|папу|маму|мать|сестру|сестр[её]нку|сына|дочь|дочку|мужа|жену|дядю|т[её]тю|деда|дедушку|бабушку|"
    r"племянника|племянницу|зятя|невестку|внука|внучку|друга|подругу|соседа|соседку|родственника|родственницу|родителей"
)
_RU_OF = (
    r"брата|братишки|отца|папы|мамы|матери|сестры|сына|дочери|дочки|мужа|жены|дяди|т[её]ти|деда|дедушки|бабушки|"
    r"племянника|племянницы|зятя|невестки|внука|внучки|друга|подруги|соседа|соседки|родственника|родственницы|родителей"
)
_OWN = r"(?:(?:моего|моей|мою|моих|своего|своей|свою|своих|старшего|старшей|старшую|младшего|младшей|младшую)\s+){0,2}"
#: A first name beside it is written large; (?-i:) holds it to that.
_NAME = r"(?-i:[А-ЯЁӨҮҢ][а-яёөүң]+)"
_PHRASE = re.compile(
    rf"(?<!\w)(?:(?:{_NAME}\s+)?(?:{_KY})(?:\s+{_NAME})?(?:\s+[үу]ч[үу]н|[дн][ыиуү]н\s+атынан)"
    rf"|за\s+{_OWN}(?:{_RU_FOR})(?:\s+{_NAME})?"
    rf"|от(?:\s+имени)?\s+{_OWN}(?:{_RU_OF})(?:\s+{_NAME})?)(?!\w)[,:;—–-]*",
    re.IGNORECASE,
)


#: For oneself and another at once: whose is how much, nobody can tell.
_SELF, _AND = r"(?:[өо]з[үу]м|мен)", r"\s+(?:жана|менен|дагы|и)\s+"
_RU_AND = r"(?:\s*,\s*(?:(?:и|да)\s+)?|\s+(?:и|да)\s+)"
_RU_WITH = (
    r"братом|братишкой|отцом|папой|мамой|матерью|сестрой|сестр[её]нкой|сыном|дочерью|дочкой|мужем|женой|дядей|т[её]тей|"
    r"дедом|дедушкой|бабушкой|другом|подругой|соседом|соседкой|родителями"
)
_TOGETHER = re.compile(
    rf"(?<!\w)(?:{_SELF}(?:\s+[үу]ч[үу]н)?{_AND}(?:{_NAME}\s+)?(?:{_KY})"
    rf"|(?:{_KY})(?:\s+{_NAME})?(?:\s+[үу]ч[үу]н)?(?:{_AND}{_SELF}|\s+эк[өо][өо]б[үу]з\w*)"
    rf"|(?:за|от)\s+(?:меня|себя){_RU_AND}(?:(?:за|от)\s+)?{_OWN}(?:{_RU_FOR}|{_RU_OF})"
    rf"|(?:за|от)\s+{_OWN}(?:{_RU_FOR}|{_RU_OF}){_RU_AND}(?:(?:за|от)\s+)?(?:меня|себя)"
    rf"|(?:за|от)\s+нас\s+с\s+{_OWN}(?:{_RU_WITH}))(?!\w)",
    re.IGNORECASE,
)
#: Of the two, oneself; "менден" is "from me".
_FOR_SELF = re.compile(
    r"(?<!\w)(?:(?:за|от)\s+(?:меня|себя)|[өо]з[үу]м(?:\s+[үу]ч[үу]н|д[өо]н)|мен(?:ин\s+атыман|ден))(?!\w)",
    re.IGNORECASE,
)


def together(text: str) -> bool:
    """Whether it is offered for oneself and for another in one: "за меня и брата", "за брата 3000, и за меня"."""
    if _TOGETHER.search(text):
        return True
    mine, theirs = [*_FOR_SELF.finditer(text)], [*_PHRASE.finditer(text)]
    pairs = [(mine[0], theirs[-1]), (theirs[0], mine[-1])] if mine and theirs else []
    # Side by side, "от меня за брата", it is one gift.
    return any(text[one.end() : other.start()].strip() for one, other in pairs)


def without(text: str) -> str:
    """The message without such words; the same where there are none."""
    return " ".join(_PHRASE.sub(" ", text).split()) if _PHRASE.search(text) else text
