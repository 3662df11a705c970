"""What expressions give, by function: dates and times, repeats, lists, chance; asked in expression_table's CONTEXT."""

from __future__ import annotations

from tests.engine.expression_table import NAN, Row

_DATES_ARE_TEXT = "ours is text, so a date in quotes counts too; JavaRosa's are dates only where a question gave them"

DATES = (
    # 2027-03-21, 09:05 in the context's own zone, six hours before Greenwich
    Row("today()", "2027-03-21"),
    Row("now()", "2027-03-21T09:05:00.000+06:00"),
    Row("today() > ${born}", True),
    Row("today() - 7 < today()", True),
    Row("${born} = '1990-03-21'", True),
    Row("date(${born}) = ${born}", True),
    Row("'2027-03-22' > today()", True, _DATES_ARE_TEXT),
    Row("int((today() - ${born}) div 365.25)", 36.0),  # a common idiom, late by a day on the birthday
    Row("number(date('1970-01-01'))", 0.0),
    Row("number(date('2008-09-05'))", 14127.0),
    Row("number('1970-01-11')", 10.0, _DATES_ARE_TEXT),
    Row("number('2027-02-31')", NAN),
    Row("number('09:30') * 24", 9.5, "JavaRosa's times are of one day, so that none is before another"),
    Row("${woken} < '07:00'", True, "JavaRosa's times are of one day, so that none is before another"),
    Row("date('2008-09-08') - date('1983-10-06')", 9104.0),
    Row("date('2027-1-5')", "2027-01-05"),
    Row("date(0)", "1970-01-01"),
    Row("date(6.5)", "1970-01-07"),
    Row("date(-1)", "1969-12-31"),
    Row("date(-10252)", "1941-12-07"),
    Row("date(today() + 30)", "2027-04-20"),
    Row("date(${met})", "2027-03-20"),
    Row("date('2027-03-20T23:30Z')", "2027-03-21"),  # already tomorrow in Bishkek
    Row("date('')", ""),
    Row("date(0 div 0)", NAN),
    Row("date(1 div 0)", "", "JavaRosa fails while the form is filled in"),
    Row("date(concat('2020-02-', '30'))", "", "JavaRosa fails while the form is filled in"),
    Row("date(true())", "", "JavaRosa fails while the form is filled in"),
    Row("string(date('1989-11-09'))", "1989-11-09"),
    Row("boolean(date('2000-01-01'))", True),
    Row("max(${born}, today()) = number(today())", True),
    Row("${met} < today()", True),
    Row("number(${met}) = number(date(${met}))", True),  # whole days, as in JavaRosa
    Row("date-time('2027-03-20')", "2027-03-20T00:00:00.000+06:00"),
    Row("date-time(${met})", "2027-03-20T15:30:00.000+06:00"),
    Row("date-time('2027-03-20T15:30:10.5Z')", "2027-03-20T21:30:10.500+06:00"),
    Row("date-time('2027-03-20T15:30+0530')", "2027-03-20T16:00:00.000+06:00"),
    Row("date-time(0.5)", "1970-01-01T18:00:00.000+06:00"),
    Row("date-time('')", ""),
    Row("date-time(0 div 0)", NAN),
    Row("date-time(pow(10, 30))", "", "JavaRosa fails while the form is filled in"),
    Row("difference-in-months('2026-01-31', '2027-03-30')", 13.0, "CHT's own; ODK has none"),
    Row("difference-in-months('2026-01-31', '2027-03-31')", 14.0, "CHT's own; ODK has none"),
    Row("cht:difference-in-months('2027-03-31', '2026-01-31')", -14.0, "CHT's own; ODK has none"),
    Row("difference-in-months(${missing}, today())", "", "CHT's own; ODK has none"),
    Row("decimal-date-time('1970-01-01T06:00')", 0.0),
    Row("decimal-date-time('1970-01-02')", 0.75),  # midnight here is 18:00 in Greenwich
    Row("decimal-date-time(date-time(20000.25))", 20000.25),
    Row("decimal-date-time(1.5)", 1.5),
    Row("decimal-date-time('')", ""),
    Row("decimal-date-time(concat('x', 'y'))", NAN, "JavaRosa fails while the form is filled in"),
    Row("decimal-date-time(true())", NAN, "JavaRosa fails while the form is filled in"),
    Row("decimal-date-time(now()) - decimal-date-time(${met}) < 1", True),
    Row("decimal-time('2027-03-20T18:00')", 0.75),
    Row("decimal-time(${woken})", 0.28125),
    Row("decimal-time(1.25)", 0.25),
    Row("decimal-time(-0.25)", 0.75),
    Row("abs('1970-01-02T12:00')", 1.5),
)

FORMATS = (
    Row("format-date('2018-01-02T10:20:30.123', '%Y-%m-%e %H:%M:%S')", "2018-01-2 10:20:30"),
    Row("format-date(${born}, '%d.%m.%Y')", "21.03.1990"),
    Row("format-date(${born}, '%y %n %e')", "90 3 21"),
    Row("format-date('0987-03-01', '%Y')", "0987"),
    Row("format-date(today(), '%a %A %b %B')", "Sun Sunday Mar March"),  # of a person whose language is not known
    Row("format-date(today(), '%W')", "11"),
    Row("format-date(today(), '100%%')", "100%"),
    Row("format-date-time(now(), '%h:%M:%S.%3')", "9:05:00.000"),
    Row("format-date-time(${met}, '%H:%M')", "15:30"),
    Row("format-date-time(${woken}, '%H:%M')", "06:45"),
    Row("format-date-time(0.5, '%H:%M')", "18:00"),
    Row("format-date(today() + 1, '%d')", "22"),
    Row("format-date('', '%Y')", ""),
    Row("format-date(0 div 0, '%Y')", ""),
    Row("format-date(concat('no', ' date'), '%Y')", "", "JavaRosa fails while the form is filled in"),
    Row("format-date(true(), '%Y')", "", "JavaRosa fails while the form is filled in"),
    Row("format-date(${born}, concat('%', 'Q'))", "%Q", "JavaRosa fails while the form is filled in"),
)

_PLACE_PUT_IN = "JavaRosa puts this round's place into the path and finds one; Enketo finds all, and so do authors"

REPEATS = (
    Row("count(${child})", 3.0, _PLACE_PUT_IN),
    Row("count(../child)", 3.0),
    Row("count(${child_name})", 1.0),
    Row("count(${cow})", 0.0),
    Row("count(${age})", 1.0),
    Row("count(${never})", 0.0, "a question that was not asked: 1 in JavaRosa if it could have been, else 0"),
    Row("count(5)", 1.0, "JavaRosa fails while the form is filled in"),
    Row("count-non-empty(${sheep_age})", 2.0),
    Row("count-non-empty(${child_age})", 1.0),
    Row("count-non-empty(${age})", 1.0),
    # a blank adds nothing
    Row("sum(${sheep_age})", 11.0),
    # within its own repeat pyxform writes ../child_age: this round's alone
    Row("sum(${child_age})", 7.0),
    Row("sum(../child_age)", 7.0),
    Row("sum(current()/../child_age)", 7.0),
    # a path that leaves the round means all of them
    Row("sum(../../child/child_age)", 11.0),
    Row("sum(/data/child/child_age)", 11.0, _PLACE_PUT_IN),
    Row("sum(${child}/child_age)", 11.0, _PLACE_PUT_IN),
    Row("sum(${weight}) div count(${child})", 7 / 3),
    Row("sum(${cow})", 0.0),
    Row("sum(${child_name})", 0.0),
    Row("sum(${amount})", 12.5),
    Row("sum(1, '2', '')", 3.0, "JavaRosa sums one repeated question only"),
    Row("min(${sheep_age})", 4.0),
    Row("max(${sheep_age})", 7.0),
    Row("max(../../child/child_age) = ${child_age}", True),
    Row("min(${child_age})", 7.0),
    Row("max(${debt})", -1.5, "JavaRosa begins with the smallest number above zero and gives 4.9E-324"),
    Row("min(${debt})", -3.0),
    Row("min(${cow})", NAN),
    Row("max(${never}, 3, '')", 3.0),
    Row("max('', '')", NAN),
    Row("min(${child_age}, 5)", 5.0),  # among several values a name means this round: 7
    Row("join(', ', ${sheep_name})", "Ак, Боз, Кара"),
    Row("join('-', ${sheep_age})", "4-7-"),
    Row("join(', ', ${child_name})", "Бек"),
    Row("concat(${sheep_name})", "АкБозКара"),
    Row("concat(${child_name})", "Бек"),
    Row("concat(${child_name}, '!')", "Бек!"),
    Row("${child_name}", "Бек"),
    Row("indexed-repeat(${child_name}, ${child}, 1)", "Айша"),
    Row("indexed-repeat(${child_name}, ${child}, 3)", "Жан"),
    Row("indexed-repeat(${child_name}, ${child}, 4)", ""),
    Row("indexed-repeat(${child_name}, ${child}, 0)", "Айша"),  # below 1 is 1
    Row("indexed-repeat(${child_name}, ${child}, '')", "Айша"),
    Row("indexed-repeat(../child_name, ../../child, position(..) - 1)", "Айша"),
    Row("indexed-repeat(/data/child/toy, /data/child, 2, /data/child/box, 2)", "конь"),
    Row("indexed-repeat(${toy}, ${child}, 3, ${box}, 1)", ""),
    Row("position(..)", 2.0),
    Row("position(../..)", 2.0),
    Row("position(current()/..)", 2.0),
    Row("position(${child})", 2.0),
    Row("position()", 2.0, "JavaRosa counts the question among its namesakes: always 1"),
    Row("count(${child_name}[. != ''])", 3.0, "pyxform makes it ../child_name[..]: this round's alone"),
    Row("count(${child}[child_sex = 'girl'])", 2.0),
    Row("count(${child}[${child_sex} = 'girl'])", 2.0),
    Row("count(${child}[./child_sex = ${child_sex} and ${age} > 3])", 3.0),
    Row("count(${child}[child_name = current()/../child_name])", 1.0),
    Row("sum(${child}[child_age > 4]/child_age)", 7.0),
    Row("${child}[position() = 3]/child_name", "Жан"),
    Row("/data/child[1]/child_name", "Айша"),
    Row("${child}[9]/child_name", ""),
    Row("join(' ', ${child}[child_sex = 'girl'][2]/child_name)", "Жан"),
    Row("count(${child}[sum(${weight}) = 7])", 3.0),
)

CHECKLISTS = (
    Row("checklist(1, 2, 1, '', 'x')", True, "ODK's guide counts the word yes only, its code whatever is true"),
    Row("checklist(-1, 1, true(), true())", False),
    Row("checklist(3, -1, true(), true())", False),
    Row("checklist(-1, -1)", True),
    Row("checklist(2, 2, ${sheep_age})", True),
    Row("checklist(2, 2, ${child_age})", False),
    Row("checklist('', 1, 0, 0)", True),
    Row("weighted-checklist(2, 3, true(), 1.5, false(), 9, 1, 1)", True),
    Row("weighted-checklist(-1, 2, true(), 3)", False),  # here -1 is a number like another
    Row("weighted-checklist(5, 5, ${sheep_age}, ${weight})", False),
    Row("weighted-checklist(3, 3, ${sheep_age}, ${weight})", True),
    Row("weighted-checklist(0, 0)", True),
    Row("weighted-checklist(0, 9, 1, '')", False),
)

LISTS = (
    Row("instance('villages')/root/item[name = 'ak']/label", "Ак-Суу"),
    Row("instance('villages.csv')/root/item[name='ak']/people", "800"),
    Row('instance("villages")/root/item[raion = ${raion}]/name', "kara"),  # the first of several
    Row("instance('villages')/root/item[name = current()/../raion]/label", ""),
    Row("instance('villages')/root/item[2]/name", "ak"),
    Row("instance('villages')/root/item[position() = 3]/name", "kyzyl"),
    Row("instance('villages')/root/item[raion = 'KG0201'][2]/label", "Кызыл-Суу"),
    Row("instance('villages')/root/item/name", "kara"),
    Row("count(instance('villages')/root/item)", 3.0),
    Row("count(instance('villages')/root/item[raion = ${raion}])", 2.0),
    Row("sum(instance('villages')/root/item[people != '']/people)", 2000.0),
    Row("sum(instance('numbers')/root/item/n)", 12.5),
    Row("max(instance('numbers')/root/item/n)", 7.5),
    Row("join(', ', instance('villages')/root/item/label)", "Кара-Суу, Ак-Суу, Кызыл-Суу"),
    Row("instance('villages')/root/item[starts-with(label, 'Ак')]/name", "ak"),
    Row("instance('villages')/root/item[people > . ]/name", ""),  # within [ ] a point is the row
    Row("instance('villages')/root/item[count-selected(${top}) = 3]/name", "kara"),
    Row(
        "instance('raions')/root/item[name = instance('villages')/root/item[name = 'ak']/raion]/label",
        "Жети-Өгүз району",
    ),
    Row("instance('raions')/root/item[pulldata('villages', 'name', 'raion', name) = 'ak']/name", "KG0202"),
    Row("instance('nowhere')/root/item[name = 'x']/label", ""),
    Row("instance('villages')/root/item[name = 'ak']/height", ""),
    Row("pulldata('villages', 'label', 'name', 'ak')", "Ак-Суу"),
    Row("pulldata('villages.csv', 'label', 'raion', ${raion})", "Кара-Суу"),
    Row("pulldata('villages', 'label', 'name', 'nobody')", ""),
    Row("pulldata('nowhere', 'label', 'name', 'ak')", ""),
    Row("pulldata('numbers', 'n', 'n', 5)", "5"),
    Row("pulldata('villages', 'height', 'name', 'ak')", ""),
)

CHANCE = (
    Row("random() < 1 and random() >= 0", True),
    Row("random() = random()", False),
    Row("string-length(uuid())", 36.0),
    Row("substr(uuid(), 14, 15)", "4"),
    Row("string-length(uuid(40))", 40.0),
    Row("regex(uuid(8), '[0-9A-Z]{8}')", True),
    Row("uuid(0)", ""),
    Row("string-length(uuid(pow(10, 9)))", 100.0, "an id of a million letters helps nobody"),
)

GROUPS = {
    "dates": DATES,
    "formats": FORMATS,
    "repeats": REPEATS,
    "checklists": CHECKLISTS,
    "lists": LISTS,
    "chance": CHANCE,
}
