"""Yes and no in every common form, and the few other answers that lists of all kinds end with."""

from __future__ import annotations

from bot.engine import commands
from bot.engine.understanding import spelling

# With what `commands` knows as yes and no. Some of it answers questions only (`_STATING`): "бар" and "есть" say yes
# to "Суу барбы?".
_WORDS = {
    "yes": "бар, бар экен, каалайм, кошулам, туура айтасыз, ошондой, мейли, жакшы, ава, албетте, есть, имеется, хочу, "
    "согласен, согласна, правильно, точно, так точно, так, разумеется, безусловно, хорошо, ладно, окей, ok, okay, yep, "
    "yeah, y, true, plus, плюс, ооба мен, ооба биз, ова, ооп, хоп",
    "no": "жок экен, каалабайм, кошулбайм, туура эмес, андай эмес, макул эмес, нету, не имеется, не хочу, не согласен, "
    "не согласна, неправильно, нет нету, не так, нельзя, n, nope, not, false, минус, minus, йок, yok, joq, жоқ",
    "dont_know": "билбедим, так билбейм, айта албайм, эсимде жок, трудно сказать, затрудняюсь ответить, не помню, хз, "
    "я не знаю, мен билбейм, билбейбиз, не знаем, dont know, i dont know",
    "none": "эч бири, эч кайсы, эч кайсынысы, эч нерсе, эч кандай, эч нерсе жок, булардын эч бири, ничего, ничего нет, "
    "никакой, никакая, никакие, эч ким, никто, никого, ни один, ни одна, ни одно, ни одного, ничто, "
    "ничего из этого, none, nothing",
    "all": "баары, баарын, баарысы, бардыгы, баардыгы, бардыгын, бары, барын, баары керек, все, всё, все это, "
    "все перечисленное, все нужно, all",
    "other": "башка, башкасы, башка нерсе, другое, другой, другая, прочее, иное, other",
    "refuse": "айткым келбейт, жооп бергим келбейт, айтпайм, не хочу отвечать, не скажу, отказываюсь, без ответа",
}
#: Names that authors give to such options.
NAMES = {
    "yes": frozenset({"yes", "y", "ooba", "da", "true"}),
    "no": frozenset({"no", "n", "jok", "net", "false"}),
    "dont_know": frozenset({"dont_know", "dontknow", "don't_know", "dk", "dnk", "do_not_know", "idk", "unknown"}),
    "none": frozenset({"none", "none_of_these", "nothing", "no_one"}),
    "all": frozenset({"all", "all_of_these", "everything"}),
    "other": frozenset({"other", "others", "other_specify"}),
    "refuse": frozenset({"refuse", "refused", "pnts", "no_answer"}),
}
#: What makes an option one of them whatever its name, standing first in its label.
LABELS = {
    "yes": frozenset({"oba", "da", "yes"}),
    "no": frozenset({"jok", "net", "no"}),
}
_POLITE = (
    "рахмат, ырахмат, спасибо, спс, пожалуйста, албетте, конечно, чоң, большое, суранам, эми, ну, балам, кызым, уулум, "
    "сиз, вам, сизге, thanks, please"
)
_SIGNS = {"yes": frozenset("👍👌✅✔☑➕+🆗💯"), "no": frozenset("👎❌✖➖🚫⛔-−–")}
_TONES = dict.fromkeys([*range(0x1F3FB, 0x1F400), 0xFE0F, 0x200D, 0x20])


def _set(words: str) -> frozenset[str]:
    return frozenset(spelling.squeeze(commands.fold(word)) for word in words.split(","))


_KNOWN = {"yes": commands.YES, "no": commands.NO, "dont_know": commands.DONT_KNOW}
_MEANINGS = {
    word: meaning
    for meaning, words in reversed(_WORDS.items())
    for word in _set(words) | frozenset(map(spelling.squeeze, _KNOWN.get(meaning, ())))
}
_COURTESIES = _set(_POLITE)
_STATING = _set("бар, бар экен, есть, имеется, нету, не имеется, true, false, y, n, not")
#: Behind a no it makes a yes, perhaps.
_NOT = commands.fold("эмес")


def says(folded: str) -> str:
    """What these words, folded and as they are, say; or ""."""
    return _MEANINGS.get(spelling.squeeze(folded), "")


def meaning(text: str) -> str:
    """ "yes", "no", "dont_know", "none", "all", "other" or "refuse", if the whole text says that; or ""."""
    if len(text) > 80:
        return ""
    signs = set(text.translate(_TONES))
    for meant, those in _SIGNS.items():
        if signs and signs <= those:
            return meant
    words = spelling.squeeze(" ".join(spelling.words(text))).split()
    if " ".join(words) in _MEANINGS:
        return _MEANINGS[" ".join(words)]
    # "да, да, конечно", "жок, рахмат": courtesies and repetition say nothing else.
    kept = [word for word in words if word not in _COURTESIES]
    found = _MEANINGS.get(" ".join(dict.fromkeys(kept)), "")
    if found or _NOT in kept:
        return found
    # "Ооба, бар", "нет, не надо": each word of it says the same.
    said = {_MEANINGS.get(word, "") for word in kept}
    return said.pop() if len(said) == 1 and said <= {"yes", "no"} else ""


def agrees(text: str) -> bool | None:
    """Whether the whole text says yes or no; None if neither."""
    return {"yes": True, "no": False}.get(meaning(text))


def consents(text: str) -> bool | None:
    """The same where something is proposed: whoever only says that there is something agrees to nothing."""
    words = spelling.squeeze(" ".join(spelling.words(text)))
    return None if words in _STATING else agrees(text)
