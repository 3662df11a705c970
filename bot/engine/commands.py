"""The few words that are commands, and only as a whole message, in whatever spelling people use."""

from __future__ import annotations

import enum
import functools
import re
import unicodedata


class Command(enum.StrEnum):
    """What a whole message may ask for."""

    START = "start"
    HOME = "home"
    BACK = "back"
    SKIP = "skip"
    HELP = "help"
    STOP = "stop"
    CONTINUE = "continue"
    ERASE = "erase"
    LANGUAGE = "language"
    KYRGYZ = "kyrgyz"
    RUSSIAN = "russian"
    RESULTS = "results"
    PLEDGES = "pledges"
    RATING = "rating"
    DATA = "data"
    ANOTHER = "another"
    CODE = "code"
    ANSWERS = "answers"
    MORE = "more"
    RESTART = "restart"
    LISTEN = "listen"
    SHOW = "show"
    TREASURY = "treasury"
    SHARE = "share"
    MAIL = "mail"
    RELATIVE = "relative"


# Both languages at all times: people mix them. The Latin words come out of folding by themselves; those that
# stand here in Latin are spelled otherwise than letter by letter, or are Telegram's own.
_WORDS: dict[Command, str] = {
    Command.START: "start, ашар, салам, саламатсызбы, саламатсыздарбы, салам алейкум, ассалам алейкум, "
    "ассаламу алейкум, здравствуйте, здравствуй, привет, добрый день, добрый вечер, доброе утро, башта, начать",
    Command.HOME: "меню, башкы бет, домой, menu",
    Command.BACK: "артка, назад, обратно, back",
    Command.SKIP: "өткөр, өткөрүп жиберүү, өткөрүп жибер, өтүү, кийинки, кийинкиси, пропустить, дальше, следующий, "
    "next, skip",
    Command.HELP: "жардам, түшүнбөдүм, кантип жооп берем, zhardam, помощь, помоги, не понимаю, как, как ответить, help",
    Command.STOP: "токтот, токто, токтотуу, жетет, жазба, стоп, остановить, хватит, не пишите, отписаться, stop",
    Command.CONTINUE: "улант, улантуу, кеттик, продолжить, поехали, continue",
    Command.ERASE: "өчүр, өчүрүү, маалыматымды өчүр, ochur, удалить, стереть, удалите мои данные, "
    "удалить мои данные, delete",
    Command.LANGUAGE: "тил, язык, language",
    Command.KYRGYZ: "кыргызча, кыргызский, на кыргызском, по-кыргызски",
    Command.RUSSIAN: "орусча, русский, по-русски, на русском",
    Command.RESULTS: "жыйынтык, жыйынтыгы, jyiyntyk, итоги, итог, результаты",
    Command.PLEDGES: "убадам, убадаларым, салымым, мои обещания, мой вклад, обещания",
    Command.RATING: "баа, баам, менин баам, баалоо, баалайм, оценка, моя оценка, оценить, rating",
    Command.DATA: "маалыматым, мои данные",
    Command.ANOTHER: "башка киши, башка, другой, другой человек",
    Command.CODE: "код, улантуу коду, код продолжения, code",
    Command.ANSWERS: "жооптор, жоопторум, менин жоопторум, жоопторумду көрүү, ответы, мои ответы, answers",
    Command.MORE: "дагы, кийинки он, кийинки ону, ещё, следующие десять, more",
    # «угуу» is not among them: whoever draws out a Russian "угу" says yes.
    Command.LISTEN: "ук, угайын, угуп көрүү, угуп көрөйүн, уктур, послушать, слушать, прослушать, озвучить, listen",
    # The bare name of a picture may be an answer; see PICTURE.
    Command.SHOW: "көрсөт, көрсөтчү, көрсөтүңүз, көрсөтүп коюңуз, сүрөт көрсөт, сүрөтүн көрсөт, сүрөттү көрсөт, "
    "сүрөтүн көрүү, сүрөтүн көрөйүн, покажи, покажите, показать, посмотреть, покажи картинку, показать картинку, "
    "посмотреть картинку, покажи фото, показать фото, покажи рисунок, show, show the picture",
    # Only to whoever holds an office is it one.
    Command.TREASURY: "казына, казыначы, кассир, касса, казна, казначей, казначейство, treasury",
    Command.SHARE: "бөлүшүү, туугандарды чакыруу, туугандарымды чакырам, туугандарга жөнөтүү, поделиться, "
    "позвать родных, пригласить родных, отправить родным, share, invite",
    # Only on a page, to whoever has promised something and answers no question, is it one.
    Command.MAIL: "почта, почтам, электрондук почта, электронная почта, моя почта, эл почта, имейл, емейл, мейл, "
    "email, e-mail, mail",
    # Only on a page, to whoever has promised something, and to who hears for somebody is it one.
    Command.RELATIVE: "тууган, тууганым, туугандар, туугандарым, туугандан, родственник, родственница, близкий, "
    "родные, relative",
    Command.RESTART: "башынан, башынан баштоо, сначала, заново, начать заново, начать сначала, restart, start over",
}

_YES = "ооба, ообо, ия, макул, макулмун, болот, туура, oba, да, ага, угу, конечно, верно, давай, ок, даю согласие, yes"
_NO = "жок, жо, эмес, болбойт, макул эмесмин, zhok, нет, не, неа, не надо, не даю, no"
_DONE = "бүттү, бүттүм, болду, даяр, готово, всё, done"
_FORWARD = "кийинки, кийинкиси, дальше, следующий, next"
_DONT_KNOW = "билбейм, bilbeim, не знаю, затрудняюсь"

_PICTURE = "сүрөт, сүрөтү, сүрөтүн, фото, фотография, картинка, картинку, рисунок, picture"

_LATIN = {
    **dict(zip("абвгдезиклмнопрстуфхцэ", "abvgdeziklmnoprstufhce", strict=True)),
    **{
        "ё": "e",
        "ж": "j",
        "й": "i",
        "ы": "i",
        "ч": "ch",
        "ш": "sh",
        "щ": "sh",
        "ъ": "",
        "ь": "",
        "ю": "iu",
        "я": "ia",
    },
    **{"ө": "o", "ү": "u", "ң": "n", "ӊ": "n", "y": "i", "ı": "i", "ş": "sh", "ç": "ch", "ğ": "g", "w": "v"},
}
_TABLE = str.maketrans(_LATIN)
_EDGES = " \t\n\r.,!?…«»\"'()–—-"


def fold(text: str) -> str:
    """One spelling for all: capitals, missing Kyrgyz letters, Latin letters, final dots do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("zh", "ж").replace("kh", "х")
    plain = plain.translate(_TABLE)
    # What is left of accents (ö, ü, ñ) goes with the marks, and so does the frame of a keycap emoji.
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFD", plain) if unicodedata.category(c)[0] != "M")
    return re.sub(r"[\s\-–—]+", " ", plain.strip(_EDGES)).strip()


def _split(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split(","))


_BY_WORD = {word: command for command, words in _WORDS.items() for word in _split(words)}
YES = _split(_YES)
NO = _split(_NO)
DONT_KNOW = _split(_DONT_KNOW)
#: Of the words for skipping those that only mean on: an answer that was given stays.
FORWARD = _split(_FORWARD)
#: Asks for the picture of a question where it is no answer to it.
PICTURE = _split(_PICTURE)
#: Enough, where something is looked through; elsewhere it may well be an answer.
DONE = _split(_DONE)

#: Payload of a link, typed or sent by the messenger: "s-priorities", "a-suu".
_ENTRY = re.compile(r"/?(?:start|ashar|ашар)[ _]+([A-Za-z0-9_-]{1,64})", re.IGNORECASE)


# One turn asks this of the same message several times.
@functools.lru_cache(maxsize=512)
def recognise(text: str) -> Command | None:
    """The command this whole message is, or None."""
    # The longest command has under thirty letters; a long answer need not be folded to know that it is none.
    return _BY_WORD.get(fold(text.removeprefix("/"))) if len(text) <= 60 else None


def entry(text: str) -> str:
    """The link payload this whole message carries, or ""."""
    match = _ENTRY.fullmatch(text.strip())
    return match[1] if match and match[1][1:2] == "-" else ""


# A letter first and a digit last: see `giving.resume_code`.
_CODE = re.compile(r"([A-HJ-NP-Z][2-9A-HJ-NP-Z]{3})[ -]?([2-9A-HJ-NP-Z]{3}[2-9])")
#: Letters that look alike on a Cyrillic keyboard.
_TWINS = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")

# The same with two letters more: see `giving.office_code`.
_OFFICE_CODE = re.compile(r"([A-HJ-NP-Z][2-9A-HJ-NP-Z]{4})[ -]?([2-9A-HJ-NP-Z]{4}[2-9])")
#: A pledge's own: see `giving.reference_code`.
_REFERENCE = re.compile(r"[2-9A-HJ-NP-Z]{6}")


def resume_code(text: str, start: str = "") -> str:
    """The code to go on elsewhere that this whole message is, or that its link carries ("c-..."); or ""."""
    return _code("c-", _CODE, text, start)


def office_code(text: str, start: str = "") -> str:
    """The code that opens an office, which this whole message is, or which its link carries ("o-..."); or ""."""
    return _code("o-", _OFFICE_CODE, text, start)


# One turn asks this of the same message several times, and most messages are a number.
@functools.lru_cache(maxsize=512)
def _code(prefix: str, pattern: re.Pattern[str], text: str, start: str) -> str:
    link = start or entry(text)
    if link[:2].lower() == prefix:
        return link[2:].replace("-", "").upper()
    match = pattern.fullmatch(_latin(text)) if len(text) <= 40 else None
    return match[1] + match[2] if match and not start else ""


def reference_code(text: str) -> str:
    """What this whole message is as a pledge's code, or ""; a word may look like one."""
    match = _REFERENCE.fullmatch(_latin(text)) if len(text) <= 40 else None
    return match[0] if match else ""


def _latin(text: str) -> str:
    return text.strip().upper().translate(_TWINS)
