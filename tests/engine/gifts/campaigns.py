"""Two campaigns to offer things to, and how a reading is written in the tables."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from bot.engine import messages
from bot.engine.gifts import currencies, pieces


def _need(name: str, kind: str, ky: str, ru: str, minimum: int, optimum: int) -> messages.Need:
    unit = {"ky": (ky,), "ru": tuple(ru.split(", "))} if kind != "money" else {}
    return messages.Need(name, kind, {"ky": ky, "ru": ru}, unit, Decimal(minimum), Decimal(optimum))


#: A water pipe: money, hands, a tractor, and a few materials.
WELL = (
    _need("money", "money", "Акча", "Деньги", 300_000, 420_000),
    _need("labour", "labour", "күндүк жумуш", "день работы, дня работы, дней работы", 120, 180),
    _need("cement", "material", "кап цемент", "мешок цемента, мешка цемента, мешков цемента", 60, 80),
    _need("sand", "material", "камаз кум", "камаз песка, камаза песка, камазов песка", 4, 6),
    _need("pipe", "material", "метр түтүк", "метр трубы, метра трубы, метров трубы", 800, 1200),
    _need("tractor", "transport", "күн трактор", "день трактора, дня трактора, дней трактора", 3, 5),
    _need("meal", "livestock", "казан тамак", "казан еды, казана еды, казанов еды", 10, 15),
)
#: A school yard that asks for no money and no plain work, has two things in bags and one that is in no list.
YARD = (
    _need("sheep", "livestock", "кой", "баран, барана, баранов", 5, 10),
    _need("flour", "livestock", "килограмм ун", "килограмм муки, килограмма муки, килограммов муки", 200, 300),
    _need("slate", "material", "лист шифер", "лист шифера, листа шифера, листов шифера", 200, 300),
    _need("trees", "material", "түп көчөт", "саженец, саженца, саженцев", 100, 200),
    _need("brick", "material", "даана кирпич", "кирпич, кирпича, кирпичей", 3000, 5000),
    _need("electrician", "skill", "күн электрик", "день электрика, дня электрика, дней электрика", 2, 4),
    _need("gravel", "material", "куб шагыл", "куб щебня, куба щебня, кубов щебня", 20, 30),
    _need("coal", "material", "тонна көмүр", "тонна угля, тонны угля, тонн угля", 3, 5),
    _need("cement", "material", "кап цемент", "мешок цемента, мешка цемента, мешков цемента", 60, 80),
    _need("lime", "material", "кап известь", "мешок извести, мешка извести, мешков извести", 10, 20),
    _need("kerb", "material", "метр бордюр", "метр бордюра, метра бордюра, метров бордюра", 50, 80),
)
CAMPAIGNS = {"well": WELL, "yard": YARD}


def told(message: pieces.Message) -> str:
    """A reading as the tables write it: "5000 KGS; labour 3 @ эртең"."""
    said = "; ".join(map(_piece, message.pieces))
    return f"{said} @ {message.when}" if message.when else said


def _piece(piece: pieces.Piece) -> str:
    match piece:
        case messages.Offer(_, quantity, unit) if unit in currencies.TAKEN:
            return f"{quantity:f} {unit}"
        case messages.Offer(need, quantity, _):
            return f"{need} {quantity:f}"
        case pieces.Unasked(thing, quantity):
            return f"unasked {thing or '-'} {'-' if quantity is None else format(quantity, 'f')}"
        case pieces.Doubtful("currency", readings, quantity=quantity) if quantity is not None:
            codes = tuple(each.unit for each in readings if isinstance(each, messages.Offer))
            return f"currency {quantity:f}" + ("" if codes == currencies.TAKEN else f" {' '.join(codes)}")
        case pieces.Doubtful(what, readings):
            return f"{what}?({' | '.join(map(_piece, readings))})"
        case pieces.Misread(why):
            return f"!{why.value}"


def table(name: str) -> list[tuple[str, str, str]]:
    """(heading, what is typed, how it is read) for every row of a table beside this file."""
    rows: list[tuple[str, str, str]] = []
    heading = ""
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ").strip()
        elif " => " in line and not line.startswith("#"):
            typed, _, meant = line.partition(" => ")
            rows.append((heading, typed, meant))
    return rows
