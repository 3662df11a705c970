"""Plain text: what a message looks like where there is nothing but letters, and how a long one is cut."""

from __future__ import annotations

import bisect
import functools

from bot.channels import base

#: GSM 03.38, the alphabet of an SMS at seven bits a character; the extension costs two.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
#: Babel groups digits with these; one of them would make a whole Latin SMS count as Unicode.
_HARD_SPACES = {0x00A0: " ", 0x202F: " "}


def numbered(outbound: base.Outbound) -> str:
    """The whole message as text, its options as numbered lines: makes sense without a single button."""
    lines = [outbound.head] if outbound.head else []
    for option in outbound.options:
        description = f" ({option.description})" if option.description else ""
        mark = f" ✓{option.picked}" if option.picked else ""
        lines.append(f"{option.sends}. {option.label}{description}{mark}")
    if outbound.foot:
        lines.append(outbound.foot)
    return "\n".join(lines)


#: Up to so many options of so many letters are written on buttons; others are numbers there, for small screens.
_LABELLED, _LABEL = 4, 20
#: A message has at most 100 buttons.
_BUTTONS = 96


def has_buttons(outbound: base.Outbound) -> bool:
    """Whether the options get buttons. They do not where several may be chosen, for a tap would be the whole answer;
    nor on a page of a long list: a number or the first letters are asked for there, and ten buttons weigh as much as a
    question.
    """
    paged = any(action.sends == "more" for action in outbound.actions)
    return outbound.pick > 0 and not paged and len(outbound.options) <= _BUTTONS


def labelled(outbound: base.Outbound) -> bool:
    """Whether the options' own words have room on buttons."""
    return len(outbound.options) <= _LABELLED and all(len(option.label) <= _LABEL for option in outbound.options)


# Asked of each message twice: to weigh it and to send it.
@functools.lru_cache(maxsize=256)
def beside_buttons(outbound: base.Outbound) -> base.Outbound:
    """What is left to be said in words where options and actions are buttons below them.

    The options are not listed above buttons that say the same and where no number need be written.
    """
    spare = outbound.spare.splitlines()
    foot = "\n".join(line for line in outbound.foot.splitlines() if line not in spare)
    said = has_buttons(outbound) and labelled(outbound) and not any(option.description for option in outbound.options)
    listed = () if said and outbound.head and not foot else outbound.options
    return outbound._replace(options=listed, foot=foot, spare="")


def pressed(outbound: base.Outbound) -> tuple[base.Button, ...]:
    """The actions that are worth a button each time: «back» is where the question before was taken off the screen.

    Otherwise that one still stands above, and the word does for it.
    """
    return tuple(action for action in outbound.actions if action.sends != "back" or outbound.edits)


def plain_spaces(text: str) -> str:
    """The text with ordinary spaces in place of hard ones, as SMS needs it."""
    return text.translate(_HARD_SPACES)


def units(text: str) -> int:
    """Length in UTF-16 units, the count of Telegram and of UCS-2 SMS; never less than in characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_gsm(text: str) -> bool:
    """True for what an SMS holds at seven bits a letter; one Cyrillic letter makes all of it Unicode."""
    return all(character in _GSM or character in _GSM_EXTENSION for character in text)


def sms_segments(text: str) -> int:
    """How many SMS the text is charged and sent as; an empty one is one.

    160 septets of GSM-7 or 70 units of UCS-2 alone, 153 or 67 each where several are joined; neither an
    escaped character nor a surrogate pair is torn between two.
    """
    if is_gsm(text):
        alone, joined = 160, 153
        sizes = [2 if character in _GSM_EXTENSION else 1 for character in text]
    else:
        alone, joined = 70, 67
        sizes = [2 if character > "\uffff" else 1 for character in text]
    if sum(sizes) <= alone:
        return 1
    segments, room = 1, joined
    for size in sizes:
        if size > room:
            segments, room = segments + 1, joined
        room -= size
    return segments


def split(text: str, capabilities: base.Capabilities) -> list[str]:
    """The text in pieces that each fit one message of the channel: one piece, the whole text, if it fits.

    Cut at the ends of lines, else between words, and inside a word only where it fits no message by itself.
    Only white space at the cuts and at both ends is lost.
    """
    if capabilities.segments:
        text = plain_spaces(text)
    if _fits(text, capabilities):
        return [text]
    pieces = []
    rest = text.strip()
    while not _fits(rest, capabilities):
        cut = _cut(rest, capabilities)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest]


def pieces(outbound: base.Outbound, capabilities: base.Capabilities) -> list[base.Outbound]:
    """The messages that are really sent for one: itself where it fits, else words first and the buttons last.

    The tapped message is edited into the first piece. Options that together fit no single message become
    words as well, and are then answered by typing their number.
    """
    if _fits(numbered(outbound), capabilities):
        return [outbound]
    tail = outbound._replace(head="", edits="", callback="")
    if outbound.options and _fits(numbered(tail), capabilities):
        texts = split(outbound.head, capabilities)
        if not _fits(numbered(tail._replace(head=texts[-1])), capabilities):
            texts.append("")
    else:
        texts = split(numbered(outbound), capabilities)
        tail = tail._replace(options=(), foot="", spare="")
    bare = tail._replace(options=(), foot="", spare="", pick=0, actions=())
    sent = [bare._replace(head=text) for text in texts[:-1]]
    sent.append(tail._replace(head=texts[-1]))
    sent[0] = sent[0]._replace(edits=outbound.edits, callback=outbound.callback)
    return sent


def _fits(text: str, capabilities: base.Capabilities) -> bool:
    """Whether one message holds the text; on SMS with plain spaces, as it will be sent."""
    if capabilities.segments and sms_segments(plain_spaces(text)) > 1:
        return False
    return units(text) <= capabilities.text


def _cut(text: str, capabilities: base.Capabilities) -> int:
    """Where to cut a text that does not fit and starts with no white space; at least 1."""
    # Whatever fits also fits when shortened, so the longest beginning that fits is found by halving.
    lengths = range(2, min(len(text), capabilities.text + 1))
    end = 1 + bisect.bisect_left(lengths, True, key=lambda length: not _fits(text[:length], capabilities))
    line = text.rfind("\n", 0, end + 1)
    # A line that fits no message anyway is not worth a message cut short before it.
    if line > 0 and _fits(text[line + 1 :].partition("\n")[0], capabilities):
        return line
    # Hard spaces hold a number together ("1 250 сом"), so they are no place to cut.
    gaps = (at for at in range(end, 0, -1) if text[at].isspace() and ord(text[at]) not in _HARD_SPACES)
    return next(gaps, end)
