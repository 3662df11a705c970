"""Digits that are no amounts and must not be kept: card and account numbers, telephones, codes from an SMS."""

from __future__ import annotations

import re

from bot.engine.gifts.pieces import Why

_RUN = re.compile(r"(?<![\d.,])\+?\(?\d(?:[ ()\-–*•xх.]{0,3}\d){7,27}(?!\d)")
_GROUPED = re.compile(r"\d{1,3}(?:[ .,]\d{3})+(?:[.,]\d{1,2})?")
#: "Карта 4169": even the beginning of a number. "Картага 5000" and "на карту 5000" say where money goes.
_CARD = re.compile(
    r"(?:(?<!на )(?<!на мою )карт(?:а|ам|амдын|анын|ы|у)?|карточк(?:а|ам|и)|эсеп(?:им)?|сч[её]та?|visa|виза"
    r"|элкарт|elcart|"
    r"элкарта|mastercard|мир|karta|kartam|card)(?: номери| номер| №|-номер| no)?\s*[:№\-–]?\s*"
    r"(?:\d{4}(?:[ \-]?\d{4}){1,4}(?!\d)|\d{4} ?[*•xх.…]{2,8} ?\d{2,4}(?!\d)|\d{8,}|"
    r"\d{4}(?!\d)(?![ ]?(?:сом|som|с|c|руб|р|₽|\$|долл|тыс|миң|ми|к|евро|€|тенге|[-.,]?\d)))"
    r"[ .*•xх…]*"
)
_CODE = re.compile(
    r"(?<!\w)(?:смс|sms|код\w*|kod|code|cvv2?|cvc2?|сvv|пин\w*|pin|парол\w*|сыр сөз)(?: код\w*| смс| sms|дан"
    r"| из| мой|им)*"
    r"\s*[:=\-–]?\s*\d{3,8}(?!\d)"
)
_PHONE_WORD = re.compile(r"(?:тел(?:ефон\w*)?|номер\w*|whatsapp|ватсап\w*|tel|чалы\w*|звони\w*)\W{0,3}$")


def guarded(plain: str) -> tuple[str, tuple[Why, ...]]:
    """The text with such digits blanked out (as long as before), and what they were, each kind once."""
    found: list[Why] = []
    for pattern, why in ((_CODE, Why.CODE), (_CARD, Why.CARD)):
        if pattern.search(plain):
            found.append(why)
            plain = pattern.sub(_blank, plain)
    for match in list(_RUN.finditer(plain)):
        if why_ := _kind(plain, match):
            found.append(why_)
            plain = plain[: match.start()] + _blank(match) + plain[match.end() :]
    return plain, tuple(dict.fromkeys(found))


def _blank(match: re.Match[str]) -> str:
    # A bar parts what stood before from what comes after.
    return "|".ljust(match.end() - match.start())


def _kind(plain: str, match: re.Match[str]) -> Why | None:
    text = match[0]
    digits = re.sub(r"\D", "", text)
    if not text.startswith(("+", "(")) and _GROUPED.fullmatch(text) and not digits.startswith("0"):
        return None
    if re.search(r"\d{1,2}[.\-]\d{1,2}[.\-]\d{4}|\d{4}-\d\d-\d\d", text):
        return None
    if 13 <= len(digits) <= 28:
        return Why.CARD
    if text.startswith("+") and 8 <= len(digits) <= 15:
        return Why.PHONE
    local = re.fullmatch(r"0[2-9]\d{8}|996\d{9}|[78]9\d{9}|[78]7\d{9}|90\d{10}|8210\d{8}", digits)
    if local or (9 <= len(digits) <= 12 and _PHONE_WORD.search(plain[: match.start()])):
        return Why.PHONE
    return None
