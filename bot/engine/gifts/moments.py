"""The words for times in a message, found where they stand: patterns over folded words, and what kind each is."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.engine.gifts.lines import Line, Token
from bot.engine.understanding import months

# All patterns are over the words of `Line.tokens`, folded, without doubled letters, one space between them; a month is
# "@5", in the genitive "@5~", in another Kyrgyz case "@5^", before "after" "@5>".
_N = r"(?P<n>\d+(?:\.\d+)?)"
_UNIT = (
    r"(?P<unit>kun\w*|den|dnia|dnei|dni|sutk?\w*|apta\w*|juma\w*|nedel\w*|ai|aidan|aidin|mes|mesiac\w*|jil"
    r"|jildan|jildin|god\w?|let)"
)
_HALF = r"(?P<half>polgoda|pol goda|polugod\w*|jarim jil\w*|0\.5 (?:jil\w*|god\w?))"
_END = r"(?: - )?(?: ?(?:chi|chu|go|e|ia|ge|ga|ka|ke|ko|da|de|do|ta|te|to|g|god\w*|j|jil\w*|chisl\w*)){0,3}"
_CHEIN = r"(?: (?:chein|karata|karat|karai))?"
_AFTER = r"(?: (?:kin(?:cherek)?|son))"
_OWN = r"(?:n?[iu]n(?:a|e|o|da|de|do)|s?[iu]n(?:a|e|o|da|de|do|chi|chu)?|i|u|[iu]nchi\w*|[iu]nchu\w*|una|undo|uno)"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>20\d\d|19\d\d)"
_WHICH = (
    r"(?P<which>kelerk?i|kelerki|kinki|aldida\w*|sleduiush\w*|budush\w*|bul|ushul|ushu|et\w{1,3}|tekush\w*|jakinki)"
)
_PART = r"(?P<part>bash\w*|orto\w*|aia[gk]\w*|akir\w*|nachal\w*|seredin\w*|kon(?:ec|c)\w*)"
_PRE = r"(?:(?:do|k|ko|na|s|so|v|vo|ne pozdne\w*|ne pozje|gde - to|primerno|okolo|posle|srazu posle) ){0,3}"
_PAY = r"(?:zarplat\w*|zp|avans\w*|poluchk\w*|ailik\w*|ailigi\w*|aligim\w*|maiana\w*|pensi\w*|stipendi\w*)"
_PAID = (
    r"(?:(?:ko?gda|kak tolko|kak|poluch\w+|dad\w+|pridet|pridut|vidad\w+) ){0,3}(?:(?:s|so|posle|iz|v|do"
    r"|na) )?(?:moei )?"
    rf"{_PAY}(?: (?:alganda\w*|algan\w*|alsam|alip|alar\w*|alam\w*|chik[aei]\w*|tus[hk]\w+|kelgende|kelse|berse\w*|"
    r"bergende|kunu\w*|poluch\w+|dad\w+|pridet|vidad\w+|kin|son)){0,4}"
)

_PATTERNS: tuple[tuple[str, str], ...] = (
    # Monthly, how often and on which day: parts that need not stand together.
    ("monthly", rf"(?:ar aidin|kajd\w+ mesiac\w*(?: v)?|ar ai\w*(?: sain)?) {_DAY} (?:{_OWN}|chisl\w*){_CHEIN}"),
    ("monthly", rf"kajd\w+ {_DAY} chisl\w*"),
    ("monthly", r"(?:ar bir|ar) ai\w*(?: sain)?|ai sain\w*|ai ail?ap|ejemesiachn\w*|(?:kajd\w+|raz v"
            r"|1 raz v) mesiac\w*"
                r"|po mesiac\w+|aina|v mesiac"),
    ("weekly", r"(?:ar bir|ar) (?:juma|apta|kun)\w*(?: sain)?|(?:juma|apta|kun) sain|kajd\w+ (?:nedel\w+|den)|"
               r"ejenedeln\w*|ejednevn\w*"),
    # Dates with a day.
    ("ago", rf"{_N} {_UNIT} (?:nazad|murun|murda|ilgeri)|(?:nedel\w+|mesiac|ai|kun) nazad"),
    ("written", rf"{_PRE}(?P<date>\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{1,2}} / \d{{1,2}} / \d{{4}}"
            rf"|\d{{1,2}} - \d{{1,2}} - \d{{4}}|"
                rf"20\d\d[./]\d\d[./]\d\d|20\d\d - \d\d - \d\d){_END}{_AFTER}?{_CHEIN}"),
    ("written", rf"(?:do|k|ko) (?P<date>\d\d?\.(?:0\d|1[0-2])){_END}|"
                rf"(?P<date>\d\d?\.(?:0\d|1[0-2])){_END} (?:chein|karata)"),
    ("dated", rf"{_PRE}(?:{_YEAR}(?: - | )(?:jil\w*|j)(?: [.,]){{0,2}}(?: |, ))?{_DAY}(?: -)?(?: (?:chi|chu|go"
            rf"|e|oe|ogo|chisl\w*))?"
              rf"(?: -)? @(?P<month>\d+)[~^>]?(?: ai\w*)?(?:(?: ,)? (?P<year>20\d\d|19\d\d)(?: -)?"
              rf"(?: (?:jil\w*|god\w*|g|j)\b)?(?: \.)?)?{_AFTER}?{_CHEIN}"),
    ("dated", rf"(?:{_YEAR}(?: - | )(?:jil\w*"
            rf"|j) )?@(?P<month>\d+)~(?: ai\w+)? {_DAY}(?: -)?(?: {_OWN})?{_AFTER}?{_CHEIN}"),
    ("day", rf"{_PRE}{_DAY}(?: -)? (?:go chisl\w*|mu chisl\w*|chislo\w*|chisl\w*|{_OWN}(?: kunu)?){_CHEIN}"),
    ("holiday", rf"{_PRE}(?P<holiday>nooruz\w*|navruz\w*|noruz\w*|orozo\w*(?: (?:ait|mairam)\w*)?"
            rf"|kurman\w*(?: (?:ait|mairam)\w*)?|"
                rf"kurban\w*(?: \w*bairam\w*)?|ramazan\w*|ramadan\w*|aitka|aitta|aittan|aitan|jani jil\w*"
                rf"|nov\w+ god\w*|novogodn\w+|"
                rf"egemendu\w*(?: kunu\w*)?|jenish kunu\w*){_AFTER}?{_CHEIN}|"
               r"(?:posle|k|ko|do) (?P<holiday>ait[au])"),
    # So long from now.
    ("later", rf"(?:cherez|spustia|che?res) (?:{_HALF}|(?:{_N} )?{_UNIT})"),
    ("later", rf"(?:{_HALF}|{_N} {_UNIT})(?:{_AFTER}| ichinde| otkondon kin| spustia)|(?P<unit>aidan|jumadan|aptadan|"
              rf"jildan){_AFTER}|v techenie (?:{_HALF}|(?:{_N} )?{_UNIT})"),
    # Parts of a month, a year, a week.
    ("month", rf"(?:v |do |k |ko |na )?{_PART} @(?P<month>\d+)[~^>]?"
            rf"|@(?P<month>\d+)~ (?:ai\w+ )?(?P<part>bash\w*|orto\w*|"
              rf"aia[gk]\w*|akir\w*){_CHEIN}"),
    ("near", rf"(?:v |do |k |ko |na )?{_PART} (?:{_WHICH} )?(?P<unit>mesiac\w*|god\w*|nedel\w*)|(?:{_WHICH} )?"
             rf"(?P<unit>aidin|jildin|jil|ai|jumanin|aptanin) (?P<part>bash\w*|orto\w*|aia[gk]\w*|akir\w*){_CHEIN}"),
    ("near", rf"(?:v |na |do |vo )?{_WHICH} (?P<unit>ai\w*|mesiac\w*|juma\w*|apta\w*|nedel\w*|jil\w*"
            rf"|god\w*){_CHEIN}"),
    # How many times; only with "monthly".
    ("times", rf"(?:na |v techenie |do )?(?:{_HALF}|{_N} (?P<unit>ai|aiga|aida|mes|mesiac\w*|jil|jilga|god\w?|let))"
              rf"(?: boiu\w*| chein)?|(?:na |v techenie |1 )?(?P<unit>goda?|jil boiu\w*|jil)"),
    ("weekday", rf"(?:v |vo |do |k |ko )?(?:{_WHICH} )?(?P<weekday>du[ih]?i?shomb\w*|sheishemb\w*|sharshemb\w*"
            rf"|beishemb\w*|"
                rf"jekshemb\w*|ishemb\w*|juma kunu\w*|ponedelnik\w*|vtornik\w*|sred[uae]|chetverg\w*|piatnic\w*"
                rf"|subot\w*|"
                rf"voskresen\w*)(?: kun\w*)?{_CHEIN}"),
    ("friday", r"jumaga(?: chein)?"),
    # By a month, or in one.
    ("month", rf"(?:{_YEAR} - jil\w* )?(?:(?:v|k|ko|do|posle|na) (?:mesiace )?@(?P<month>\d+)[~^]?|@(?P<month>\d+)\^|"
              rf"@(?P<month>\d+)[~^>]? ai\w*)(?: (?P<year>20\d\d)(?: g\w*)?)?{_AFTER}?{_CHEIN}"
              rf"|@(?P<month>\d+)>{_AFTER}|"
              rf"@(?P<month>\d+)[~^>]? chein"),
    ("salary", _PAID),
    ("season", rf"(?:{_WHICH} )?(?:k |do )?(?P<season>jazinda|jazda|jazga|jazgi|jainda|jaida|jaiga|jaiki"
            rf"|kuzundo|kuzdo|kuzgo|kuzgu|"
               rf"kishinda|kishta|kishki|kishka|vesn[aoeiu]i?|let(?:om|u)|oseniu?|oseni|zim(?:oi|a|e)){_CHEIN}"),
    ("word", r"(?:do |k |na )?(?P<word>bugun\w*|segodnia|today|erten\w*|zavtra|tomorrow|b[ou]r[us]*guni"
            r"|b[ou]r[us]*gunu|"
             r"bursugun\w*|burusuguni|poslezavtra|keche|kecheki|vchera|pozavchera|murdaguni|azir\w*|seichas"
             r"|srazu(?: je)?|"
             r"nemedleno|tez arada)(?: chein)?"),
    ("any", r"kachan bolso da|kachan bolso|kalagan (?:ubak|kun)\w*|(?:v )?l\w?ub\w* (?:vrem\w*|den|moment)"
            r"|(?:ko?gda|kogda) "
            r"(?:ugodno|nado|nujno|skajete|skajite|udobno|budet nujno)|(?:kerek|kajet|zaril) bolgondo\w*"
            r"|kachan (?:kerek|"
            r"deseniz\w*|aitsaniz\w*)(?: bolso)?|aitkan\w* kun\w*|kun\w* aitsan\w*|po zvonku"),
    ("event", r"kogda (?:ia )?(?:[a-z]+us?|prodam|sdam|dadim|prodadim|budut|pridut)(?: (?:domoi|skot|bika"
            r"|korovu|dengi|urojai|kredit|dolg|v (?:selo|ail)|na rodinu)){0,2}|"
              r"(?:(?:mal\w*|tushum\w*|egin\w*|ish\w*|ui\w*|ail\w*|kirgizstan\w*|otpusk\w*|kredit\w*|karizi?\w*"
              r"|jumush\w*|akcham?) )?"
              r"(?!degen)[a-z]{2,}[gk](?:anda|ende|ondo)|v otpuske?|otpusk(?:a|ta|ada)|posle (?:urojaia|otpuska"
              r"|prodaj\w+(?: \w+)?)|(?:bar|kel|sat|al)(?:sam|sem)"),
)  # fmt: skip
#: Enough where the whole message answers "when?".
_ALONE: tuple[tuple[str, str], ...] = (
    ("later", rf"(?:na )?(?:{_HALF}|{_N} {_UNIT}|(?P<unit>mesiac|nedel\w+|god))"),
    ("written", r"(?P<date>\d{1,2}\.(?:0\d|1[0-2]))"),
    ("month", r"@(?P<month>\d+)[~^>]?(?: (?P<year>20\d\d))?"),
    ("friday", r"juma"),
    ("season", r"(?P<season>jaz|jai|kuz|kish|leto|osen)"),
    ("day", rf"(?:do |k |s )?{_DAY}(?: chein)?"),
    ("holiday", r"(?P<holiday>ait)"),
)


def _compiled(patterns: Sequence[tuple[str, str]]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    # The same name may stand in several branches of a pattern, which `re` allows only with a number to each.
    count = itertools.count()
    numbered = (
        (kind, re.sub(r"\(\?P<(\w+)>", lambda m: f"(?P<{m[1]}_{next(count)}>", each)) for kind, each in patterns
    )
    return tuple((kind, re.compile(rf"(?<![^ ])(?:{each})(?![^ ])")) for kind, each in numbered)


_FOUND, _FOUND_ALONE = _compiled(_PATTERNS), _compiled(_ALONE)

BY = re.compile(r"(?:do|k|ko) |.* chein")
NEXT = re.compile(r"kel\w*|kinki|aldida\w*|sleduiush\w*|budush\w*")
NOW = re.compile(r"azir\w*|seichas|srazu\w*(?: je)?|nemedleno|tez arada")
_PARTS = {"bash": "begin", "nach": "begin", "orto": "middle", "sere": "middle"}
_SEASONS = {"jaz": "spring", "ves": "spring", "jai": "summer", "let": "summer", "kuz": "autumn", "ose": "autumn"}
_WEEKDAYS = (
    ("du", "pone"), ("sheish", "vtor"), ("sharsh", "sred"), ("beish", "chet"), ("juma", "piat"), ("ishem", "sub"),
    ("jeksh", "vosk"),
)  # fmt: skip
#: Feasts that stand still: their month and day, or the day before which they are.
_HOLIDAYS = (
    (re.compile(r"n[oa]+[uv]?ruz\w*"), (3, 21)),
    (re.compile(r"jani jil\w*|nov\w+"), (12, 31)),
    (re.compile(r"egemen\w*.*"), (8, 31)),
    (re.compile(r"jenish.*"), (5, 9)),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Words for a time: tokens `start` to `end` of a line. `moment["day"]` is what its pattern named so, or ""."""

    kind: str
    start: int
    end: int
    text: str
    _named: tuple[tuple[str, str], ...]

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self._named if key.partition("_")[0] == name), "")

    @property
    def count(self) -> Decimal:
        """How many; one where no number stands there."""
        return Decimal(self["n"]) if self["n"] else Decimal(1)

    @property
    def is_after(self) -> bool:
        """Whether it is said to be after that time."""
        return re.search(r"(?<!\w)(?:posle|kin|kincherek|son)(?!\w)", self.text) is not None


def find(line: Line, *, alone: bool = False) -> tuple[Moment, ...]:
    """The times that a line names, in its order. `alone` also takes what elsewhere could be an amount or a name."""
    words, starts, ends = _words(line.tokens)
    found: list[Moment] = []
    taken = [False] * len(line.tokens)
    for kind, pattern in _FOUND_ALONE if alone else _FOUND:
        if kind == "times" and not any(each.kind == "monthly" for each in found):
            continue
        for match in pattern.finditer(words):
            start, end = starts.get(match.start()), ends.get(match.end())
            if start is None or end is None or any(taken[start:end]) or _is_amount(line.tokens, kind, start, end):
                continue
            taken[start:end] = [True] * (end - start)
            named = tuple((name, value) for name, value in match.groupdict().items() if value)
            found.append(Moment(kind, start, end, match[0], named))
    return tuple(sorted(found, key=lambda each: each.start))


def _is_amount(tokens: Sequence[Token], kind: str, start: int, end: int) -> bool:
    """ "Бир айлык айлыгым" is how much, and no time."""
    return kind == "salary" and start > 0 and bool(tokens[start - 1].readings) and end - start == 1


def _words(tokens: Sequence[Token]) -> tuple[str, dict[int, int], dict[int, int]]:
    """The words as patterns look at them, and which token begins or ends at which letter."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    length, words = 0, []
    for at, word in enumerate(_normal(tokens)):
        starts[length] = at
        length += len(word)
        ends[length] = at + 1
        length += 1
        words.append(word)
    return " ".join(words), starts, ends


def _normal(tokens: Sequence[Token]) -> Iterator[str]:
    for at, token in enumerate(tokens):
        month = _month(tokens, at) if token.is_word else ""
        yield month or token.text.replace(" ", "")


_CASE = re.compile(r"(?:(?P<of>[dtn][iu]n|inin|unun)|(?P<after>[dt][aeo]n)|(?P<other>[dt][aeo]|[gk][aeo]))$")
_BEFORE = re.compile(r"v|k|ko|do|s|na|posle|mesiace|nachal\w*|seredin\w*|kon(?:ec|c)\w*|-|chi|chu|go|e|\d+")
#: Names too short, or words of their own, unless a day stands before them: "сен" is "you", "май" butter.
_WORDS = frozenset({"sen", "ma", "mar", "mart", "mai", "dek", "sep", "noia", "avg", "ian", "iun", "iul", "apr", "jan"})
#: "Жаңы" is new, and no January.
_NO_MONTHS = frozenset({"jani", "jana", "sentiab", "mani"})
#: Words that are no misspelt numbers: "четверг" is no fourth.
_NO_NUMBERS = re.compile(r"chetverg\w*|jumad?a?\w*|ishembi\w*|sekund\w*|sutk\w*|ortosund\w*")


def known(word: str) -> bool:
    """Whether a folded word is one for a time."""
    return _NO_NUMBERS.fullmatch(word) is not None


@functools.lru_cache(maxsize=4096)
def _month_named(word: str) -> int:
    """The number of the month that a folded word names; 0 for none."""
    if word in _NO_MONTHS or not 2 <= len(word) <= 20:
        return 0
    rest, number = months.taken(word)
    return 0 if rest.strip() else number


def _month(tokens: Sequence[Token], at: int) -> str:
    token = tokens[at]
    number = _month_named(token.text)
    if not number:
        return ""
    before = tokens[at - 1].text if at else ""
    case = _CASE.search(token.text) if len(token.text) > 4 else None
    # The "та" of "марта" is no case.
    case = None if case and token.text in ("marta", "avgusta") else case
    follows = tokens[at + 1].text if at + 1 < len(tokens) else ""
    certain = case is not None or len(token.text) >= 5 or re.match(r"ai\w*|chein|\d", follows) is not None
    if not _BEFORE.fullmatch(before) and not certain and (at or len(tokens) > 1) and token.text in _WORDS:
        return ""
    mark = "" if case is None else "~" if case["of"] else ">" if case["after"] else "^"
    return f"@{number}{mark}"


def unit(word: str) -> str:
    """ "day", "week", "month" or "year", of a folded word for it."""
    if word.startswith(("apta", "juma", "nedel")):
        return "week"
    if word.startswith(("ai", "mes")):
        return "month"
    return "year" if word.startswith(("jil", "god", "let")) else "day"


def part(word: str) -> str:
    """ "begin", "middle" or "" for the end or the whole."""
    return _PARTS.get(word[:4], "")


def season(word: str) -> str:
    """A season's name in `days.SEASONS`."""
    return _SEASONS.get(word[:3], "winter")


def weekday(word: str) -> int:
    """Monday is 0."""
    return next(number for number, names in enumerate(_WEEKDAYS) if word.startswith(names))


def holiday(words: str) -> tuple[int, int] | None:
    """Month and day of a feast; None where they change from year to year."""
    return next((day for name, day in _HOLIDAYS if name.match(words)), None)
