"""What people give beside money, and the units they count it in; which of a campaign's needs that is."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.engine import messages
from bot.engine.gifts import lexicon, lines

UNITS = lexicon.Lexicon(
    {
        "bag": "кап, капчык, мүшөк, мишок, мешок, мешк, мешочек, мешоч, каптан, каптык, bag, =bags, =м-к",
        "truck": "камаз, самосвал, =зил, зилок, =газон, =рейс, =рейса, =рейсов, машин, ходк, kamaz, маз",
        "tonne": "тонна, тонн, =т, =тон, =тону",
        "kilogram": "=кг, кило, килограмм, =kg, =килограм",
        "centner": "центнер, =ц",
        "cubic metre": "куб, кубометр, кубик, =м3, =куб.м, =кубов",
        "square metre": "квадрат, =кв, =м2",
        "metre": "метр, =м, =пм, погонн, =метров",
        "kilometre": "километр, =км, чакырым",
        "sheet": "лист, =даракча",
        "seedling": "түп, саженец, саженц, көчөт",
        "roll": "рулон, бухт, моток",
        "pack": "пачк, коробк, упаковк, ящик, кутуча, =куту, поддон",
        "bucket": "чака, ведро, =ведра, =ведер, банка",
        "litre": "литр, =л",
        "canister": "канистр, бочк, бочка",
        "cauldron": "казан",
        "portion": "порци, =тарелка, =тарелок, табак",
        "head": "=баш, =голов, =голова, =головы",
        "piece": "даана, =шт, штук, =дана",
        "day": "күн, =күндөн, =день, =дня, =дней, =дни, =днем, сутка, =сутки, =суток, =day, =days, =дн, =кундук",
        "hour": "саат, =час, =часа, =часов, =ч, =hour, =hours",
        "week": "=апта, апта, недел, =жума, =жумага, =week, =weeks",
        "month": "=ай, =айга, =месяц, =месяца, =месяцев, =month",
        "time": "жолу, =раз, =раза, =ирет",
        "person": "адам, киши, =чел, человек, =людей, =люди, рабочих, =жумушчу, =жан, жигит, рабочий",
    }
)
#: A unit that is a whole number of another, whoever measures.
_WORTH = {
    ("tonne", "kilogram"): Decimal(1000), ("kilogram", "tonne"): Decimal("0.001"),
    ("centner", "kilogram"): Decimal(100), ("kilogram", "centner"): Decimal("0.01"),
    ("centner", "tonne"): Decimal("0.1"), ("tonne", "centner"): Decimal(10),
    ("kilometre", "metre"): Decimal(1000), ("metre", "kilometre"): Decimal("0.001"),
}  # fmt: skip
#: One of these can be given without saying "one": "камаз кум", "кап ун".
HOLDING = frozenset({"bag", "truck", "cauldron", "roll", "pack", "bucket", "sheet", "canister"})
#: What carries other things, and is meant itself only where it carries none.
LOADS = frozenset({"lorry", "car"})
SIZES = frozenset({"tonne", "kilogram", "litre", "metre", "cubic metre"})

#: Kind of gift -> the thing -> its words. A thing before a slash counts itself in the unit after it.
_THINGS: dict[str, dict[str, str]] = {
    "labour": {
        "work": "жумуш, кол күч, =кол, күчү, работ, иш, =хашар, рук, =руки, =рук, помощник, work, =labour, эмгек"
    },
    "livestock": {
        "sheep/head": "кой, баран, =баранов, овц, =овец, барашк, барашек, токту, ирик, кочкор, =koy, sheep, =кочкар",
        "lamb/head": "козу, ягненок, ягнят, ягненк, =kozu",
        "goat/head": "эчки, улак, коза, =козу, =коз, козел, козл, теке",
        "cattle/head": "бодо, бодо мал, =уй, =уйду, корова, =коров, бука, бык, теленок, телят, торпок, өгүз, музоо, "
        "кунаажын, =тана, буйвол, =uy",
        "horse/head": "жылкы, =ат, =атты, лошад, =конь, =коня, =бээни, кулун, =тай, айгыр, жеребенок, жеребц",
        "camel/head": "=төөнү, верблюд",
        "poultry/head": "тоок, куриц, =кур, =куры, индюк, үндүк, =каз, гус, өрдөк, утк",
        "livestock": "мал, =мал, скот, скотин",
        "meal/cauldron": "тамак, плов, палоо, палов, =аш, обед, манты, шорпо, куурдак, бешбармак, еда, =еду, =еды, "
        "покормлю, "
        "ужин, завтрак, лагман, питани",
        "flour": "=ун, =унду, =унун, =унга, мука, =муки, =муку, =мукой, =un, =undu",
        "bread/piece": "нан, боорсок, самса, самсы, лепешк, лепешек, хлеб, токоч, булк",
        "rice": "күрүч, рис, =рис",
        "potatoes": "картошк, картошка, картофел, картөшкө",
        "meat": "=эт, =этти, мясо, =мяса",
        "oil": "=май, майдан, масло, =масла",
        "sugar": "кант, шекер, сахар, =кум-шекер, кумшекер",
        "tea": "чай, =чай",
        "water": "суу, =вода, =воды, =воду, газировк",
        "milk": "сүт, молок, кымыз, айран, кумыс, максым",
        "vegetables": "сабиз, морков, пияз, =лук, =лука, капуст, помидор, бадыраң, огурц, алма, яблок, өрүк, жемиш, "
        "фрукт, дарбыз, арбуз, жашылча, овощ",
        "grain": "буудай, пшениц, арпа, ячмен, =дан, зерн, жүгөрү, кукуруз, сулу, овес, жем, =жем",
        "hay": "=чөп, чөп, =сено, =сена, саман, солом, беде, люцерн",
    },
    "material": {
        "cement": "цемент, семент, цимент, тсемент, cement",
        "sand": "кум, песок, =песка, песку, =песок",
        "gravel": "шагыл, щебень, щебн, гравий, =гравия, шебен, =щебня, =клинец, отсев, песчано",
        "stone": "таш, камень, =камня, =камни, =камней, бутовы",
        "clay": "чопо, топурак, =ылай, глин, грунт, =земли",
        "brick/piece": "кирпич, =кыш, =кыштан, пеноблок, газоблок, шлакоблок, блок, брусчатк",
        "concrete": "бетон, раствор",
        "pipe": "түтүк, труба, труб, шланг, =trub",
        "slate/sheet": "шифер, черепиц, slate",
        "metal sheet/sheet": "профнастил, профлист, тунике, =жесть, металлочерепиц, фанер, гипсокартон, =гкл, =дсп",
        "rebar": "арматур, темир, желез, металл, уголок, швеллер, катанк",
        "wood": "тактай, жыгач, доск, =досок, брус, =леса, бревн, рейк, устун, мамы, =столб, столб, балк",
        "seedling/seedling": "саженец, саженц, көчөт, дарак, дерев, терек, елк, =көчөтүн",
        "paint": "боёк, =боек, краск, =красок, эмал, известь, =извести, акиташ",
        "nails": "мык, гвозд, шуруп, саморез, болт, =болт",
        "wire": "зым, провод, проволок, кабел, сетк, =сетка, рабиц",
        "window/piece": "терезе, окно, =окон, =окна, айнек, стекл, стеклопакет",
        "door/piece": "эшик, двер, дарбаза, ворот",
        "tap/piece": "кран, =кран, вентил, колонк, насос, счетчик, задвижк, фитинг, муфт, люк, =бак, цистерн, емкост",
        "lamp/piece": "лампочк, лампа, прожектор, фонар, светильник, розетк",
        "desk/piece": "парта, стул, =стол, =стола, =столов, доска, компьютер, ноутбук, принтер, китеп, книг, палатк, "
        "боз үй, күрөк, лопат, кетмен, арабача, тачк, =парт, килем, =килем, ковёр, ковр, палас, шырдак, телевизор, "
        "муздаткыч, холодильник, шкаф, диван, керебет, кроват, матрас, төшөк, жууркан, одеял, посуд",
        "fuel": "солярка, соляр, =солярки, бензин, күйүүчү, =дизель, горюч, =гсм, =дт, =соляра",
        "coal": "көмүр, угол, =угля, =уголь",
        "firewood": "отун, дров, =тезек, кизяк",
        "tile/square metre": "плитк, кафель, ламинат, линолеум, обои, рубероид, утеплител, пенопласт",
        "gypsum": "гипс, алебастр, штукатурк, шпаклевк, шпатлевк, =ротбанд, клей, =клея",
        "clothes": "кийим, одежд, обув",
        "medicine": "дары, =дары, лекарств, аптечк",
    },
    "transport": {
        "tractor": "трактор, tractor, беларус, =мтз",
        "excavator": "экскаватор, экскаваторчу, jcb, =жсб, бульдозер, погрузчик, экскаваторщик",
        "crane": "автокран, манипулятор",
        "mixer": "бетономешалк, миксер",
        "lorry": "=камаз, =камазым, =зил, самосвал, =портер, портер, =спринтер, =газель, газел, грузовик, =бортовой, "
        "прицеп, техник, =жүк, ташыйм, ташып, ташыйбыз, ташуу, перевоз",
        "car": "унаа, машина, =машинам, транспорт, такси, =авто, улоо, =бус, бусик, =подвезу",
        "generator": "генератор, компрессор, сварочн, болгарк, перфоратор, аппарат",
    },
    "skill": {
        "craftsman": "уста, устачылык, мастер, адис, специалист, усто, =усталык",
        "electrician": "электрик, электромонт, электр",
        "welder": "сварщик, сварк, ширетүүчү, сваркачы, =сварка, =сварю, сварной",
        "plumber": "сантехник, слесар",
        "mason": "каменщик, кладк, тамчы, бетонщик, =кирпиччи, штукатур, маляр, плиточник, кровельщик, сырчы",
        "carpenter": "плотник, столяр, жыгач уста, =дүлдүл",
        "engineer": "инженер, геодезист, проектировщик, архитектор, прораб, сметчик, технолог, чертеж, долбоор, "
        "=смета, =смету",
        "driver": "шофер, водител, айдоочу, тракторист, крановщик",
        "doctor": "дарыгер, врач, доктор, медсестр, медик",
        "teacher": "мугалим, учител, репетитор, тренер",
        "accountant": "бухгалтер, юрист, программист, дизайнер, эсепчи, фотограф, видеограф",
        "cook": "ашпоз, повар, ашпозчу",
    },
    "money": {"money": "акча, деньг, =денег, =деньгами, каражат, средств, money, пул, акчалай, накта"},
}
KIND = {name.partition("/")[0]: kind for kind, things in _THINGS.items() for name in things}
#: The unit in which a thing is counted when only its number is said.
NATURAL = {name.partition("/")[0]: name.partition("/")[2] for things in _THINGS.values() for name in things}
#: What has no word here, once somebody has said that it is just that.
OTHER = "other"
KIND |= {OTHER: "material"}
NATURAL |= {OTHER: "piece"}
THINGS = lexicon.Lexicon(
    {name.partition("/")[0]: words for things in _THINGS.values() for name, words in things.items()}
)
#: Said beside the thing itself: "трактор менен жумуш" is a tractor, and "бодо мал" a cow.
GENERAL = frozenset({"work", "livestock", "craftsman", "money"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need that is not money, as its unit's words say it: "кап цемент" is cement by the bag.

    Words of a need that this room does not know stand for themselves.
    """

    need: messages.Need
    unit: str
    things: frozenset[str]
    words: frozenset[str]

    def is_named(self, things: Sequence[str], unknown: Sequence[str]) -> bool:
        """Whether these things, or these words that are in no list, are what the need asks for."""
        if self.things & set(things):
            return True
        # Whoever asks for livestock takes any.
        if "livestock" in self.things and any(NATURAL.get(thing) == "head" for thing in things):
            return True
        return any(word == own or lexicon.ends(_stem(own), word) for word in unknown for own in self.words)


def _stem(word: str) -> str:
    # "брусчатка" and "брусчатки": what stands before a Russian vowel.
    return word[:-1] if len(word) > 4 and word[-1] in "aeiou" else word


def wanted(need: messages.Need) -> Wanted:
    """What the words of a need mean. Its label is looked at only where its unit names no thing."""
    unit, things, unknown = _meant(tuple(each for words in need.unit.values() for each in words))
    if not things and not unknown:
        _, things, unknown = _meant(tuple(need.label.values()))
    if need.kind == "labour":
        unit, things = unit or "day", (*things, "work")
    specific = frozenset(things) - GENERAL or frozenset(things)
    if not unit and len(specific) == 1:
        unit = NATURAL[next(iter(specific))]
    return Wanted(need, unit, specific, frozenset(unknown))


@functools.lru_cache(maxsize=512)
def _meant(words: tuple[str, ...]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The unit, the things and the words that are in no list of a need's own words."""
    unit, things, unknown = "", [], []
    for token in lines.line(" ".join(words)).tokens:
        if not token.is_word:
            continue
        of_unit, of_thing = UNITS.of(token.text), THINGS.of(token.text)
        unit = unit or of_unit
        # "Көчөт" is its own unit; but sand by the lorry is no lorry.
        if of_thing and not (of_unit and of_thing in LOADS):
            things.append(of_thing)
        elif not of_unit:
            unknown.append(token.text)
    return unit, tuple(things), tuple(unknown)


def converted(quantity: Decimal, said: str, unit: str) -> Decimal | None:
    """So much in another unit; None where that depends: a bag may hold 50 kg or 25, a truck 10 tonnes or 20."""
    if said == unit:
        return quantity
    factor = _WORTH.get((said, unit))
    return quantity * factor if factor is not None else None
