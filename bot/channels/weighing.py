"""What a message weighs on the line: bytes at the phone, and what a provider counts. Quick enough for every turn.

It is a model. Telegram: MTProto objects of layer 229, gzip-packed where that is smaller, with envelope and TCP/IP
headers; the straight line below meets a message within 20 % (a list of equal lines may be half less) and a whole
conversation within 10 %. Web: our own pages gzipped, with all headers of both sides, as Chrome on Android writes its
own. SMS: the user data of the segments, which no data tariff counts. WhatsApp: an estimate from how its protocol is
built; nobody has measured it here. Left out everywhere: TLS, handshakes, and whatever else an app tells its servers.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.channels import base, plain


class Load(NamedTuple):
    """Messages and bytes as the house sees them: `_in` comes from the phone, `_out` goes to it."""

    messages_in: int = 0
    messages_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0

    def plus(self, other: Load) -> Load:
        """Both together."""
        return Load(self[0] + other[0], self[1] + other[1], self[2] + other[2], self[3] + other[3])


NOTHING = Load()


class _Line(NamedTuple):
    """How the bytes of one message grow: with its letters, its buttons, and the lines of its list."""

    envelope: float
    letter: float
    button: float
    listed: float = 0


#: The app's call for a tap or a digit and what it is told at once: of both the envelope is the most.
_TELEGRAM, _CALL, _TOLD, _SHORT = _Line(260, 0.92, 9.7, 2.7), 161, 145, 4
#: Nothing is compressed, a Cyrillic letter has two bytes; for each message two receipts go back.
_WHATSAPP, _RECEIPTS, _RECEIVED = _Line(260, 2.0, 20.0), 230, 115
#: A page and the headers before it. Each select of a ranking names every option again.
_PAGE, _HEADERS, _SELECTED, _ACTION = _Line(774, 0.77, 11.8), 443, 8.9, 26
#: A page asked for; a form sent, with all it carries; the answer that says where to go then.
_GET, _POST, _SEE_OTHER = 733, 882, 135
#: Around a picture or a recording of the form's own.
_ATTACHED = 500
#: Bytes of a letter in a form that is sent: a Cyrillic one is written %D0%B0.
_ENCODED = 6


def heard(inbound: base.Inbound) -> Load:
    """One message from a phone, with what the phone is told at once."""
    text = inbound.text
    # A picture or a voice note is many times all the rest; where the provider does not say its size, it is left out.
    file = inbound.media.size if inbound.media else 0
    match inbound.channel:
        case "telegram":
            typed = 0 if inbound.callback else max(0, _bytes(inbound.start or text) - _SHORT)
            return Load(1, 0, _CALL + typed + file, _TOLD)
        case "whatsapp":
            return Load(1, 0, round(_WHATSAPP.envelope) + _bytes(text) + file, _RECEIVED)
        case "sms":
            return Load(plain.sms_segments(text), 0, _user_data(text), 0)
        case "web":
            written = len(text) * (1 if text.isascii() else _ENCODED)
            return Load(1, 0, _POST + written + file + _GET, _SEE_OTHER)
        case _:
            return Load(1)


def said(channel: str, outbound: base.Outbound) -> Load:
    """One message to a phone as it is sent: a piece, where the channel cuts."""
    if outbound.attached:
        # In the web chat it is a link on the page that follows, and comes to whoever follows that.
        return Load() if channel == "web" else Load(0, 1, 0, _ATTACHED + outbound.size)
    options, actions = outbound.options, outbound.actions
    around, listed, picked = len(outbound.head) + len(outbound.foot), 0, 0
    for option in options:
        listed += len(option.label) + len(option.description)
        if option.picked:
            picked += 1
    match channel:
        case "telegram":
            return Load(0, 1, 0, _telegram(outbound, listed))
        case "whatsapp":
            # What stands on buttons and in rows is sent beside the numbered text.
            tapped = len(options) if outbound.pick else 0
            return Load(0, 1, _RECEIPTS, _on(_WHATSAPP, around + (2 if tapped else 1) * listed, tapped))
        case "sms":
            text = plain.plain_spaces(plain.numbered(outbound))
            return Load(0, plain.sms_segments(text), 0, _user_data(text))
        case "web":
            left = outbound.pick - picked
            selects = int(_SELECTED * left * len(options)) if left > 1 else 0
            page = _on(_PAGE, around + listed, len(options)) + selects + _ACTION * len(actions)
            return Load(0, 1, 0, _HEADERS + page)
        case _:
            return Load(0, 1)


def _telegram(outbound: base.Outbound, listed: int) -> int:
    # What is in the text and on a button as well is packed once.
    said, actions = plain.beside_buttons(outbound), plain.pressed(outbound)
    letters = len(said.head) + len(said.foot) + listed + sum(len(action.label) for action in actions)
    options = len(outbound.options) if plain.has_buttons(outbound) else 0
    return _on(_TELEGRAM, letters, options + len(actions), len(said.options))


def opened(outbound: base.Outbound) -> Load:
    """The web chat's first page, before anything is sent to it."""
    return said("web", outbound).plus(Load(bytes_in=_GET))


def _on(line: _Line, letters: int, buttons: int, listed: int = 0) -> int:
    return round(line.envelope + line.letter * letters + line.button * buttons + line.listed * listed)


def _bytes(text: str) -> int:
    return len(text.encode(errors="replace"))


def _user_data(text: str) -> int:
    """Bytes in all segments: seven bits a letter or two bytes, and six of each that is joined to others."""
    segments = plain.sms_segments(text)
    joined = 6 * segments if segments > 1 else 0
    return joined + (-(-7 * len(text) // 8) if plain.is_gsm(text) else 2 * plain.units(text))
