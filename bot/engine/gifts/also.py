"""What was given beside what a campaign asks for: a built-in need for each thing and unit, without a goal.

Only whoever signs writes such gifts down; nobody is asked for them. Their names, "also-sheep-head", tell the thing and
the unit, so that nothing of them has to be kept beside the ledger, and no words of a person's are published.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from decimal import Decimal

from bot.engine import messages
from bot.engine.gifts import pieces, wares

_BEGINS = "also-"
MONEY, WORK = "also-money", "also-work-day"
_CENT = Decimal("0.01")

#: The units of `wares` after a number: in Kyrgyz, and in Russian after 1, 2 and 5.
UNITS = {
    "bag": ("кап", "мешок", "мешка", "мешков"),
    "truck": ("камаз", "камаз", "камаза", "камазов"),
    "tonne": ("тонна", "тонна", "тонны", "тонн"),
    "kilogram": ("килограмм", "килограмм", "килограмма", "килограммов"),
    "centner": ("центнер", "центнер", "центнера", "центнеров"),
    "cubic metre": ("кубометр", "кубометр", "кубометра", "кубометров"),
    "square metre": ("чарчы метр", "квадратный метр", "квадратных метра", "квадратных метров"),
    "metre": ("метр", "метр", "метра", "метров"),
    "kilometre": ("километр", "километр", "километра", "километров"),
    "sheet": ("барак", "лист", "листа", "листов"),
    "seedling": ("түп", "саженец", "саженца", "саженцев"),
    "roll": ("рулон", "рулон", "рулона", "рулонов"),
    "pack": ("кутуча", "упаковка", "упаковки", "упаковок"),
    "bucket": ("чака", "ведро", "ведра", "вёдер"),
    "litre": ("литр", "литр", "литра", "литров"),
    "canister": ("канистра", "канистра", "канистры", "канистр"),
    "cauldron": ("казан", "казан", "казана", "казанов"),
    "portion": ("табак", "порция", "порции", "порций"),
    "head": ("баш", "голова", "головы", "голов"),
    "piece": ("даана", "штука", "штуки", "штук"),
    "day": ("күн", "день", "дня", "дней"),
    "hour": ("саат", "час", "часа", "часов"),
    "week": ("апта", "неделя", "недели", "недель"),
    "month": ("ай", "месяц", "месяца", "месяцев"),
    "time": ("жолу", "раз", "раза", "раз"),
    "person": ("киши", "человек", "человека", "человек"),
}
#: The things of `wares` by themselves, in Kyrgyz and Russian.
_THINGS = {
    "money": ("акча", "деньги"), "work": ("жумуш", "работа"), "sheep": ("кой", "овцы"), "lamb": ("козу", "ягнята"),
    "goat": ("эчки", "козы"), "cattle": ("бодо мал", "скот"), "horse": ("жылкы", "лошади"),
    "camel": ("төө", "верблюды"), "poultry": ("тоок", "птица"), "livestock": ("мал", "скот"),
    "meal": ("тамак", "еда"), "flour": ("ун", "мука"), "bread": ("нан", "хлеб"), "rice": ("күрүч", "рис"),
    "potatoes": ("картошка", "картофель"), "meat": ("эт", "мясо"), "oil": ("май", "масло"),
    "sugar": ("кант", "сахар"), "tea": ("чай", "чай"), "water": ("суу", "вода"), "milk": ("сүт", "молоко"),
    "vegetables": ("жашылча-жемиш", "овощи и фрукты"), "grain": ("дан", "зерно"), "hay": ("чөп", "сено"),
    "cement": ("цемент", "цемент"), "sand": ("кум", "песок"), "gravel": ("шагыл", "щебень"),
    "stone": ("таш", "камень"), "clay": ("топурак", "грунт"), "brick": ("кыш", "кирпич"),
    "concrete": ("бетон", "бетон"), "pipe": ("түтүк", "трубы"), "slate": ("шифер", "шифер"),
    "metal sheet": ("профнастил", "профнастил"), "rebar": ("арматура", "арматура"), "wood": ("жыгач", "доски"),
    "seedling": ("көчөт", "саженцы"), "paint": ("боёк", "краска"), "nails": ("мык", "гвозди"),
    "wire": ("зым", "провод"), "window": ("терезе", "окна"), "door": ("эшик", "двери"), "tap": ("кран", "сантехника"),
    "lamp": ("лампа", "лампы"), "desk": ("эмерек жана шайман", "мебель и инвентарь"),
    "fuel": ("күйүүчү май", "топливо"), "coal": ("көмүр", "уголь"), "firewood": ("отун", "дрова"),
    "tile": ("плитка", "плитка"), "gypsum": ("гипс", "гипс"), "clothes": ("кийим", "одежда"),
    "medicine": ("дары-дармек", "лекарства"), "tractor": ("трактор", "трактор"),
    "excavator": ("экскаватор", "экскаватор"), "crane": ("кран", "кран"),
    "mixer": ("бетон аралаштыргыч", "бетономешалка"), "lorry": ("жүк ташуучу унаа", "грузовик"),
    "car": ("унаа", "машина"), "generator": ("генератор", "генератор"), "craftsman": ("уста", "мастер"),
    "electrician": ("электрик", "электрик"), "welder": ("ширетүүчү", "сварщик"),
    "plumber": ("сантехник", "сантехник"), "mason": ("таш уста", "каменщик"), "carpenter": ("жыгач уста", "плотник"),
    "engineer": ("инженер", "инженер"), "driver": ("айдоочу", "водитель"), "doctor": ("дарыгер", "врач"),
    "teacher": ("мугалим", "учитель"), "accountant": ("адис", "специалист"), "cook": ("ашпозчу", "повар"),
    "other": ("башка нерсе", "другое"),
}  # fmt: skip


def beside(needs: Iterable[messages.Need]) -> tuple[messages.Need, ...]:
    """Money and days of work, as far as none of these needs is that: they are read like what is asked for."""
    kinds = {need.kind for need in needs}
    found = (need(name) for name, kind in ((MONEY, "money"), (WORK, "labour")) if kind not in kinds)
    return tuple(each for each in found if each)


def offer(piece: pieces.Unasked) -> messages.Offer | None:
    """What nobody asked for, as it is written down; None of what is no known thing, or no number was said of it."""
    unit = piece.unit or _unit(piece.thing)
    name = f"{_BEGINS}{piece.thing}-{unit}".replace(" ", "_")
    if not piece.quantity or need(name) is None:
        return None
    return messages.Offer(name, piece.quantity.quantize(_CENT).normalize() + 0, name)


def unknown(piece: pieces.Unasked | pieces.Misread) -> pieces.Doubtful | None:
    """What may be meant by so many of something that has no word here; None of what has one, or has no number."""
    known = piece.thing if isinstance(piece, pieces.Unasked) else piece.why is not pieces.Why.UNIT
    if known or not piece.quantity:
        return None
    meant = (offer(pieces.Unasked(thing, piece.quantity, piece.said)) for thing in ("desk", wares.OTHER))
    return pieces.Doubtful("need", tuple(each for each in meant if each), piece.said, quantity=piece.quantity)


def _unit(thing: str) -> str:
    by_kind = {"labour": "day", "skill": "person"}
    return wares.NATURAL.get(thing) or by_kind.get(wares.KIND.get(thing, ""), "piece")


@functools.cache
def need(name: str) -> messages.Need | None:
    """The built-in need of that name, without a goal; None where there is none."""
    if not name.startswith(_BEGINS):
        return None
    thing, _, unit = name.removeprefix(_BEGINS).replace("_", " ").partition("-")
    if thing not in _THINGS or (name != MONEY and (thing == "money" or unit not in UNITS)):
        return None
    kyrgyz, russian = _THINGS[thing]
    words: Mapping[str, tuple[str, ...]] = {}
    if name != MONEY:
        one, *forms = UNITS[unit]
        # In brackets the thing stays as it is, whatever the number.
        words = {"ky": (f"{one} ({kyrgyz})",), "ru": tuple(f"{each} ({russian})" for each in forms)}
    label = {"ky": kyrgyz.capitalize(), "ru": russian.capitalize()}
    return messages.Need(name, wares.KIND[thing], label, words, Decimal(0), Decimal(0))


def of(campaign: messages.Campaign, name: str) -> messages.Need | None:
    """The campaign's need of that name, or the built-in one."""
    return next((each for each in campaign.needs if each.name == name), None) or need(name)


def given(names: Iterable[str]) -> list[str]:
    """Those of the names that are built-in needs', each once and in order."""
    return sorted({name for name in names if need(name)})
