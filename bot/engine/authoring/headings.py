"""The headings of an XLSForm's sheets, as people write them -> the columns they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a sheet may have."""

    sheet: str
    #: One plain cell.
    cells: frozenset[str]
    #: Human text, one column a language.
    texts: frozenset[str]
    #: Among the cells, those that say yes or no, and those that hold an expression.
    flags: frozenset[str] = frozenset()
    expressions: frozenset[str] = frozenset()
    #: Columns of XLSForm and of the tools around it that mean nothing to a chat.
    ignored: frozenset[str] = frozenset()
    #: Other words for a column; each stands for it only where the sheet has no column of that very name.
    aliases: Mapping[str, str] = field(default_factory=dict)
    #: True where an author may add columns of their own.
    open: bool = False

    @property
    def known(self) -> frozenset[str]:
        """Every column that means something."""
        return self.cells | self.texts


class Heading(NamedTuple):
    """What one heading means. `language` is "" where a text names none, None where the words name no language."""

    base: str
    language: str | None = ""
    known: bool = True
    #: False where it was written in another way than the standard's, so that its author should know.
    plain: bool = True
    #: True for another word than the column's own.
    alias: bool = False
    #: True for what belongs to other tools.
    ignored: bool = False

    @property
    def column(self) -> str:
        """As messages name it: "label::ky"."""
        return f"{self.base}::{self.language}" if self.language else self.base


_MEDIA = frozenset({"media::image", "media::audio", "media::video"})
_MEDIA_ALIASES = {"image": "media::image", "audio": "media::audio", "video": "media::video"}
_ASKING = {"type", "name", "required", "relevant", "constraint", "choice_filter", "calculation", "parameters"}
_MORE = {"default", "read_only", "appearance", "repeat_count", "trigger", "disabled", "save_to"}
#: KoboToolbox names the list of a table in them.
_TABLES = {"kobo--matrix_list", "kobo--score-choices", "kobo--rank-items"}
_COUNTING = {"ashar::wave", "ashar::places", "ashar::margins", "ashar::apart", "ashar::refuse"}

SURVEY = Layout(
    sheet="survey",
    cells=frozenset(_ASKING | _MORE | _TABLES | {"ashar::pick", "ashar::personal"}),
    texts=frozenset({"label", "hint", "guidance_hint", "required_message", "constraint_message"}) | _MEDIA,
    flags=frozenset({"required", "read_only", "disabled", "ashar::personal"}),
    expressions=frozenset({"relevant", "constraint", "choice_filter", "calculation"}),
    ignored=frozenset(
        {"media::big-image", "big-image", "autoplay", "rows", "intent", "kuid", "hxl", "tags", "query", "note", "notes"}
        | {"comment", "comments", "noapperrorstring", "no_app_error_string", "compact_tag", "sms_field", "sms_option"}
        | {"kobo--rank-constraint-message", "kobo--locking-profile"}
    ),
    aliases=_MEDIA_ALIASES
    | {"command": "type", "question_type": "type", "value": "name", "tag": "name", "caption": "label"}
    | {"guidance": "guidance_hint", "relevance": "relevant", "skip_logic": "relevant", "skiplogic": "relevant"}
    | {"calculate": "calculation", "calculations": "calculation", "readonly": "read_only", "saveto": "save_to"}
    | {"constraint_msg": "constraint_message", "constraining_message": "constraint_message"}
    | {"jr:constraintmsg": "constraint_message", "constraintmessage": "constraint_message"}
    | {"required_msg": "required_message", "requiredmsg": "required_message", "jr:requiredmsg": "required_message"}
    | {"requiredmessage": "required_message", "count": "repeat_count", "jr:count": "repeat_count"}
    | {"choicefilter": "choice_filter", "parameter": "parameters", "default_value": "default"},
)
CHOICES = Layout(
    sheet="choices",
    cells=frozenset({"list_name", "name"}),
    texts=frozenset({"label", "ashar::description"}) | _MEDIA,
    ignored=frozenset({"media::big-image", "big-image"}),
    aliases=_MEDIA_ALIASES
    | {"listname": "list_name", "list-name": "list_name", "list": "list_name"}
    | {"value": "name", "caption": "label"},
    open=True,
)
SETTINGS = Layout(
    sheet="settings",
    cells=frozenset(
        _COUNTING
        | {"form_id", "default_language", "allow_choice_duplicates", "ashar::emits", "ashar::order", "ashar::spoken"}
    ),
    texts=frozenset({"form_title", "ashar::holder", "ashar::term", "ashar::thanks"}),
    flags=frozenset({"allow_choice_duplicates", "ashar::spoken"}),
    ignored=frozenset(
        {"version", "style", "instance_name", "public_key", "submission_url", "auto_send", "auto_delete", "name"}
        | {
            "namespaces",
            "clean_text_values",
            "omit_instanceid",
            "instance_id",
            "client_editable",
            "prefix",
            "delimiter",
        }
        | {"sms_keyword", "sms_separator", "sms_date_format", "sms_datetime_format", "sms_allow_media", "sms_response"}
        | {"add_none_option", "flat", "attribute", "id", "form_version"}
    ),
    aliases={"title": "form_title", "set_form_title": "form_title", "id_string": "form_id"}
    | {"set_form_id": "form_id", "formid": "form_id", "defaultlanguage": "default_language"},
)

#: Older sheets say in which part of the form a column works: "bind::relevant".
_GROUPED = frozenset({"relevant", "required", "constraint", "calculate", "readonly", "appearance", "jr:count"}) | {
    "jr:constraintmsg",
    "jr:requiredmsg",
}
_GROUPS = {"bind": _GROUPED, "control": _GROUPED, "media": frozenset(_MEDIA_ALIASES)}
_FOREIGN = re.compile(r"[$#]|_|(?:bind|control|body|instance|entity)::")

#: Languages by what people call them; the keys of texts. Any other name makes a key of its own.
_NAMES = {
    "ky": "кыргызча кыргыз kyrgyz kirghiz kirgiz киргизский кыргызский kir kyrgyzcha kg",
    "ru": "русский орусча рус по-русски russian rus",
    "en": "english eng английский англисче anglais inglés ingles",
    "fr": "french français francais fra fre французский",
    "es": "spanish español espanol spa испанский",
    "pt": "portuguese português portugues por",
    "ar": "arabic العربية arabe arabi ara арабский",
    "uz": "uzbek ўзбекча o'zbekcha oʻzbekcha uzb узбекский өзбекче",
    "tg": "tajik тоҷикӣ таджикский tgk",
    "kk": "kazakh қазақша казахский kaz",
    "tr": "turkish türkçe turkce tur турецкий",
    "fa": "farsi persian dari فارسی دری prs",
    "ps": "pashto پښتو pus",
    "ur": "urdu اردو urd",
    "hi": "hindi हिन्दी हिंदी hin",
    "bn": "bengali bangla বাংলা ben",
    "ne": "nepali नेपाली nep",
    "my": "burmese myanmar mya",
    "so": "somali soomaali som",
    "sw": "swahili kiswahili swa",
    "am": "amharic አማርኛ amh",
    "uk": "ukrainian українська ukr",
    "zh": "chinese 中文 zho",
    "de": "german deutsch deu",
    "it": "italian italiano ita",
    "ku": "kurdish kurdî kurmanji sorani",
    "ha": "hausa hau",
    "ht": "creole kreyòl kreyol",
}
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}
_CODE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})?")
_IN_BRACKETS = re.compile(r".*\(\s*([a-z]{2,3}(?:[-_][a-z0-9]{2,8})?)\s*\)")

_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_UNSEEN = re.compile(r"[\u200b\u2060\ufeff]|_x000D_")
_UNTIDY = re.compile(r"[\t\r\n\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff]|  |_x000D_")


def clean(text: str) -> str:
    """Without spaces that nobody sees: at the ends, doubled, no-break, of no width; lines stay lines."""
    if not _UNTIDY.search(text):
        return text.strip()
    text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.strip() for line in _BLANKS.sub(" ", text).split("\n")).strip()


def again(heading: str, place: int) -> str:
    """What a reader of files writes for the second, third... column of one heading, since a row has each key once."""
    return f"{heading} #{place}"


def language_of(words: str) -> str | None:
    """The key of a language: "ky" of `ky`, `Кыргызча (ky)` or `Kyrgyz`; None if the words name none."""
    words = clean(words).lower()
    if (named := _CODES.get(words)) or not words:
        return named
    if coded := _IN_BRACKETS.fullmatch(words):
        return _CODES.get(coded[1], coded[1].replace("_", "-"))
    if _CODE.fullmatch(words):
        return words.replace("_", "-")
    bare = unicodedata.normalize("NFKD", words.partition("(")[0])
    folded = re.sub(r"[^\w]+", "_", "".join(each for each in bare if not unicodedata.combining(each))).strip("_")
    return _CODES.get(folded) or folded[:16] or None


def read(heading: object, layout: Layout) -> Heading:
    """What the heading means among the columns of this sheet."""
    text = re.sub(r"(?:^| )#[0-9]+$", "", clean(str(heading if heading is not None else "")).replace("\n", " ")).strip()
    small = re.sub(r"\s*::\s*", "::", text.lower())
    if found := _found(small.split("::"), layout):
        return found
    if ":" in small and "::" not in small and (found := _found(re.split(r"\s*:\s*", small), layout)):
        return found._replace(plain=False)
    if ".." in small and (found := _found(small.split(".."), layout)):
        return found._replace(plain=False)  # what R makes of "::"
    if found := _suffixed(small, layout):
        return found
    if _snake(small) in layout.ignored or (_FOREIGN.match(small) and not layout.open):
        return Heading(small, known=False, ignored=True)
    return Heading(text if layout.open else small, known=False)


def _found(words: list[str], layout: Layout) -> Heading | None:
    if len(words) > 1 and words[1] in _GROUPS.get(words[0], ()) and (inner := _found(words[1:], layout)):
        return inner._replace(plain=True, alias=False)
    for size in range(len(words), 0, -1):
        written = "::".join(_snake(word) for word in words[:size])
        base = layout.aliases.get(written, written)
        rest, plain = " ".join(words[size:]), written == base or written in _MEDIA_ALIASES
        if base in layout.texts:
            return Heading(base, language_of(rest) if rest else "", plain=plain, alias=written != base)
        if base in layout.cells and not rest:
            return Heading(base, plain=written == base, alias=written != base)
    return None


def _suffixed(small: str, layout: Layout) -> Heading | None:
    """ "label_ky", "label (Kyrgyz)": clear enough where what follows is the name of a language."""
    parts = re.fullmatch(r"([a-z_ ]+?)[ _-]*(?:[ _-]([^ _()-]+)|\((.+)\))", small)
    if not parts or _snake(parts[1]) not in layout.texts:
        return None
    words = (parts[2] or parts[3]).strip()
    language = words if words in _NAMES else _CODES.get(words) or _code_in(words)
    return Heading(_snake(parts[1]), language, plain=False) if language else None


def _code_in(words: str) -> str | None:
    coded = _IN_BRACKETS.fullmatch(words)
    return coded[1] if coded else None


def _snake(words: str) -> str:
    return "_".join(words.split())
