"""A bank's statement: read in the ways banks write them, shown, and each line booked once."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from bot.engine.pledging import statements
from bot.engine.pledging.events import Role
from bot.services import publishing, reconciling, steering
from tests.services import gifts
from tests.services import house as houses
from tests.services.house import SEAL, House

COLUMNS = {"date": "Дата", "amount": "Сумма", "comment": "Назначение платежа", "sender": "Отправитель"}
HEAD = ("Дата", "Отправитель", "Сумма", "Назначение платежа")

#: What is sure, and nothing else.
SURE = reconciling.Choice()


def csv(*rows: tuple[str, ...], separator: str = ";", encoding: str = "utf-8", head: tuple[str, ...] = HEAD) -> bytes:
    lines = [separator.join(f'"{cell}"' if separator in cell else cell for cell in row) for row in (head, *rows)]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def row(amount: str, comment: str, day: str = "05.11.2026", sender: str = "А. А.") -> tuple[str, ...]:
    return day, sender, amount, comment


async def look(house: House, content: bytes) -> reconciling.Found:
    return await reconciling.compare(house.database, SEAL, publishing.Library(), "suu", content)


async def take(
    house: House, content: bytes, *, kept: tuple[int, ...] = (), part: tuple[int, ...] = ()
) -> tuple[list[reconciling.Taken], list[reconciling.Bad]]:
    return await book(house, await look(house, content), reconciling.Choice(frozenset(kept), frozenset(part)))


async def book(
    house: House, found: reconciling.Found, choice: reconciling.Choice = SURE
) -> tuple[list[reconciling.Taken], list[reconciling.Bad]]:
    return await reconciling.book(
        house.database, SEAL, publishing.Library(), "suu", found, choice, Role.TREASURER, "shell", house.clock()
    )


async def received(house: House) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = await house.rows(
        "SELECT quantity, fee, step FROM pledge_event WHERE step IN ('received', 'acknowledged') ORDER BY id"
    )
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_banks_write_them_in_many_ways(encoding: str, separator: str) -> None:
    above = f"Выписка по счёту{separator}{separator}\r\n\r\n".encode("cp1251" if encoding == "cp1251" else "utf-8")
    content = csv(row("1 234,50", "салым K7MQ2P"), ("", "", "", ""), separator=separator, encoding=encoding)
    if encoding == "utf-8-sig":
        above, content = content[:3] + above, content[3:]
    found = reconciling.read(above + content, COLUMNS)
    assert [(line.amount, line.comment, line.currency) for line in found.lines] == [
        (Decimal("1234.50"), "салым K7MQ2P", "KGS")
    ]
    assert (found.bad, found.out) == ([], 0)


def test_every_bad_row_is_told_by_its_line() -> None:
    content = csv(
        row("1,234", ""),
        row("500", "", day="завтра"),
        ("05.11.2026", "500"),
        row("-500", "за трубы"),
        row("", "за трубы"),
        row("500", "на воду"),
    )
    found = reconciling.read(content, COLUMNS)
    assert [bad.number for bad in found.bad] == [2, 3, 4]
    assert [line.number for line in found.lines] == [7]
    assert found.out == 2


@pytest.mark.parametrize(("separator", "closes"), [(";", 5), (",", 5), ("\t", 4), (";", 3), (";", 0)])
def test_a_quotation_mark_that_is_not_closed_swallows_no_lines(separator: str, closes: int) -> None:
    senders = ["А. А.", "АБ", "В. В.", "Г. Г.", "Д. Д.", "Е. Е."]
    content = csv(
        *[row(f"{n}00", "на\tводу".replace(separator, " "), sender=each) for n, each in enumerate(senders, 1)],
        separator=separator,
    )
    text = content.decode().replace("АБ", '"Суу')
    if closes:
        # By whatever other mark comes next, or by none.
        text = text.replace(senders[closes - 1], 'ОсОО "Суу"')
    found = reconciling.read(text.encode(), COLUMNS)
    [bad] = found.bad
    assert f"lines 3 to {closes + 1 if closes else 7} stand within a quotation mark" in bad.why
    assert [line.amount for line in found.lines] == [100, *(100 * n for n in range(closes + 1, 7) if closes)]


def test_a_cell_may_have_several_lines() -> None:
    content = csv(row("100", '"на воду;\r\nот 05.11.2026; салым K7MQ2P"'), row("200", ""))
    found = reconciling.read(content.replace(b'""', b'"'), COLUMNS)
    assert [(line.amount, line.comment) for line in found.lines] == [
        (Decimal(100), "на воду; от 05.11.2026; салым K7MQ2P"),
        (Decimal(200), ""),
    ]
    assert found.bad == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no line in it has the columns"),
        (b"a;b;c\n1;2;3\n", "no line in it has the columns"),
        (b"\x50\x4b\x03\x04\x00\x00", "no text"),
        (csv(), "is longer than"),
        (csv(row("x" * 200_000, "")), "field larger than field limit"),
        (csv(*[row("1", "")] * (reconciling.MOST_LINES + 1)), "has more than"),
    ],
)
def test_what_cannot_be_taken_is_told(content: bytes, why: str) -> None:
    content = content + b" " * reconciling.LARGEST if why == "is longer than" else content
    with pytest.raises(reconciling.Unread, match=why):
        reconciling.read(content, COLUMNS)
    with pytest.raises(reconciling.Unread, match="names no columns"):
        reconciling.read(csv(), {})


def test_a_currency_column_and_a_number_are_read_where_they_are_named() -> None:
    columns = {"date": "Date", "amount": "Amount", "comment": "Details", "currency": "Cur", "number": "No"}
    head = ("No", "Date", "Amount", "Cur", "Details")
    content = csv(("1", "2026-11-05", "10", "rur", "a"), ("2", "2026-11-05", "10", "rur", "a"), head=head)
    found = reconciling.read(content, columns)
    assert [line.currency for line in found.lines] == ["RUB", "RUB"]
    assert len(set(found.marks.values())) == 2


async def test_what_is_sure_is_booked_and_the_same_file_twice_books_nothing_twice(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        one, two, part = [await gifts.come(house, quantity, received="0") for quantity in ("5000", "300", "1000")]
        content = csv(
            row("5 000,00", f"салым {one.code.lower()}"),
            row("300", f"{two.code[:3]} {two.code[3:]} на воду"),
            row("950", part.code),
            row("400", "на воду"),
            row("77", "K7ZZZ9"),
        )
        found = await look(house, content)
        doubts = {match.line.number: match.doubts for match in found.matches}
        assert doubts == {
            2: (),
            3: (),
            4: (statements.Doubt.LESS,),
            5: (),
            6: (statements.Doubt.UNKNOWN_CODE,),
        }
        assert await house.count("pledge_event") == 3
        taken, refused = await take(house, content)
        assert ([each.match.code for each in taken], refused) == ([one.code, two.code], [])
        assert await received(house) == [(500000, 0, "received"), (30000, 0, "received")]
        assert (await take(house, content)) == ([], [])
        assert (await look(house, content)).booked == {2, 3}
        # A longer file of the same bank, in which the same lines stand elsewhere.
        more = csv(row("1", "-"), row("5 000,00", f"салым {one.code.lower()}"), row("950", part.code))
        assert (await look(house, more)).booked == {3}
        taken, refused = await take(house, more, kept=(4,))
        assert ([each.match.code for each in taken], refused) == ([part.code], [])
        assert (await received(house))[2:] == [(95000, 5000, "received")]
        assert await house.rows("SELECT state FROM pledge") == ["received"] * 3
        assert await house.differences() == 0


async def test_nothing_of_a_person_is_kept(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        gift = await gifts.come(house, "5000", received="0")
        await take(house, csv(row("5000", f"{gift.code} от Бакыта", sender="Бакыт Осмонов")))
        assert await house.count("statement_line") == 1
        for table, kept in (await house.dump()).items():
            assert "Бакыт".encode() not in kept, table


async def test_two_equal_transfers_in_one_file_are_two(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        gift = await gifts.come(house, "1000", received="0")
        content = csv(row("500", gift.code), row("500", gift.code))
        assert (await take(house, content))[0] == []
        taken, _ = await take(house, content, part=(2, 3))
        assert len(taken) == 2
        assert await received(house) == [(50000, 0, "received")] * 2
        assert (await look(house, content)).booked == {2, 3}
        assert await house.differences() == 0


async def test_som_for_a_promise_in_dollars_counts_at_its_rate(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        gift = await gifts.come(house, "100", unit="USD", rate="87.4552", received="0")
        content = csv(row("8 700,00", gift.code))
        assert (await take(house, content))[0] == []
        await take(house, content, kept=(2,))
        assert await received(house) == [(9948, 52, "received")]
        assert await house.differences() == 0


async def test_above_the_campaigns_sum_it_waits_for_the_second_signature(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        large = await gifts.come(house, "50000.01", received="0")
        dear = await gifts.come(house, "700", unit="USD", rate="87", received="0")
        content = csv(row("50000,01", large.code), row("60 900", dear.code))
        taken, _ = await take(house, content, part=(3,))
        assert [each.waits for each in taken] == [True, True]
        assert {step for _, _, step in await received(house)} == {"acknowledged"}
        assert await house.rows("SELECT count(*) FROM ledger_total WHERE stage = 'received' AND pledges > 0") == [0]
        assert (await look(house, content)).booked == {2, 3}


async def test_what_changed_since_it_was_shown_is_looked_at_again(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        gift, other = await gifts.come(house, "500", received="0"), await gifts.come(house, "300", received="0")
        content = csv(row("500", gift.code), row("300", other.code))
        found = await look(house, content)
        await take(house, csv(row("500", f"{gift.code} эже")))
        taken, refused = await book(house, found, reconciling.Choice(part=frozenset({2})))
        assert [each.match.code for each in taken] == [other.code]
        assert [bad.number for bad in refused] == [2]
        assert await house.differences() == 0


async def test_two_who_book_the_same_file_at_once_book_it_once(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        gift = await gifts.come(house, "500", received="0")
        found = await look(house, csv(row("500", gift.code)))
        made = await asyncio.gather(*(book(house, found) for _ in range(3)))
        assert sum(len(taken) for taken, _ in made) == 1
        assert await received(house) == [(50000, 0, "received")]
        assert await house.differences() == 0


async def test_of_no_campaign_nothing_is_read(database_url: str) -> None:
    async with houses.opened(database_url) as house:
        with pytest.raises(steering.NoSuchCampaign):
            await reconciling.compare(house.database, SEAL, publishing.Library(), "su", csv())


def test_every_doubt_has_its_words() -> None:
    assert reconciling.DOUBTS.keys() == set(statements.Doubt)
