"""What was typed -> a number, for the questions that ask for one."""

from __future__ import annotations

from decimal import Decimal

from bot.engine import form, messages
from bot.engine.messages import phrase
from bot.engine.understanding import agreeing, numbers, spelling, units
from bot.engine.understanding.outcomes import Misunderstood, Reading, Understood, which

#: A personal number has 14 digits. Up to here a spreadsheet keeps every digit, and so does an expression.
_LARGEST = 10**15 - 1
#: What may stand around a number beside words; a currency's sign may not.
_MARKS = " \t\n.,!?()«»\"':;~≈="

NO_NUMBER = phrase("Please write it as a number, for example: 25")
ONE_NUMBER = phrase("Please write just one number, for example: 25")
TOO_LARGE = phrase("This number is too large. Please check it and write it again.")
NONE = phrase("If there are none, please write 0.")
WHOLE_NUMBER = phrase("Please write a whole number, for example: 25")


def understand(question: form.Question, words: str) -> Reading:
    """Read `words` as the answer to an INTEGER, DECIMAL or RANGE question."""
    amount = _amount(question, words)
    if not isinstance(amount, Decimal):
        return Misunderstood(_example(question, amount))
    if question.kind is form.Kind.RANGE:
        return _in_range(question.range, amount)
    if question.kind is form.Kind.INTEGER:
        return Understood(int(amount)) if _is_whole(amount) else Misunderstood(WHOLE_NUMBER)
    return Understood(written(amount))


def written(amount: Decimal) -> str:
    """A number as an answer keeps it: plain digits and a point."""
    return format(amount.normalize(), "f") if amount else "0"


def _example(question: form.Question, line: messages.Line) -> messages.Line:
    """An example that would not fit is none: a scale says its ends instead."""
    if question.kind is not form.Kind.RANGE or line not in (NO_NUMBER, ONE_NUMBER, NONE, TOO_LARGE):
        return line
    low, high = sorted(Decimal(str(each)) for each in question.range[:2])
    return phrase("Please write just one number from {min} to {max}.", min=written(low), max=written(high))


def _amount(question: form.Question, words: str) -> Decimal | messages.Line:
    if len(words) > numbers.LONGEST:
        return NO_NUMBER
    found = numbers.find(words, slips=True)
    plain = numbers.plain(words)
    if len(found) > 1:
        return ONE_NUMBER
    # "Жок" may mean none, or that they would rather not say.
    if not found and agreeing.meaning(words) in ("no", "none"):
        return NONE
    if not found or not _is_bare(question, plain[: found[0].start], plain[found[0].end :]):
        return NO_NUMBER
    readings = _narrowed(question, found[0].readings, plain[found[0].start : found[0].end])
    if any(abs(each) > _LARGEST for each in readings):
        return TOO_LARGE
    return readings[0] if len(readings) == 1 else which(*map(written, readings))


def _narrowed(question: form.Question, readings: tuple[Decimal, ...], said: str) -> tuple[Decimal, ...]:
    """The readings that the question leaves: it may ask for minutes, for money, or for a number of thousands."""
    if len(readings) > 1 and said[-1].isalpha():
        minutes = units.means_minutes(question)
        return readings if minutes is None else readings[1:] if minutes else readings[:1]
    if len(readings) == 1 and said[-1].isalpha() and readings[0] >= 1000 and units.in_thousands(question):
        return readings[0], readings[0] / (1_000_000 if readings[0] >= 1_000_000 else 1000)
    return readings


def _is_bare(question: form.Question, before: str, after: str) -> bool:
    """Nothing stands around the number that makes it another."""
    around = f"{before} {after}"
    marks = {c for c in around if not c.isalnum()} - set(_MARKS)
    if marks - {"%", "№", "-"} or ("-" in marks and "-" in before):
        return False
    if "%" in marks and not units.fits(question, "procent"):
        return False
    return all(units.fits(question, word) for word in spelling.words(around))


def _is_whole(amount: Decimal) -> bool:
    return amount == amount.to_integral_value()


def _in_range(bounds: tuple[float, float, float], amount: Decimal) -> Reading:
    # Through text: 0.1 as an author wrote it, not as a binary fraction.
    start, end, step = (Decimal(str(each)) for each in bounds)
    low, high = min(start, end), max(start, end)
    shown = {"x": written(amount), "min": written(low), "max": written(high)}
    if not low <= amount <= high:
        return Misunderstood(phrase("The number {x} does not seem to fit. It should be {min}–{max}.", **shown))
    whole = _is_whole(start) and _is_whole(step)
    if step and not _is_whole((amount - start) / step):
        if whole and abs(step) == 1:
            return Misunderstood(phrase("Please write a whole number from {min} to {max}.", **shown))
        first = (written(min(start + n * abs(step), high)) for n in range(3)) if start == low else ()
        return Misunderstood(
            phrase(
                "The number {x} does not seem to fit. It should be one of: {some}, … {max}.",
                x=shown["x"], some=", ".join(first) or shown["min"], max=shown["max"],
            )
        )  # fmt: skip
    return Understood(int(amount)) if whole else Understood(written(amount))
