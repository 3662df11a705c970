"""A photo of a receipt: for whoever holds an office of that campaign, while they hold it and while it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels import base
from bot.engine.pledging.events import Role
from bot.services import attaching, certifying, entrusting, publishing
from models import files
from tests import samples
from tests.services import house as houses
from tests.services import sending, signers
from tests.services.house import SEAL, House, Person


class Showing(houses.Letterbox):
    """A messenger that shows pictures."""

    def __init__(self) -> None:
        super().__init__("whatsapp")
        self.capabilities = base.Capabilities(text=4096, attachments=True)


async def given(house: House, sent: sending.Sending, *, fetched: bool = True) -> tuple[Person, str]:
    """A giver who sent a photo of the receipt, and the code of their pledge."""
    giver = house.person(channel="whatsapp")
    await giver.begins("a-suu")
    await giver.says("2000 сом", "1", "меню")
    await giver.sends("отправила", kind="image", media=sent.provider.keeps(samples.drawn(), "image"))
    if fetched:
        await sent.fetched()
    [code] = await house.rows("SELECT code FROM pledge WHERE state = 'sent'")
    return giver, code


async def holder(house: House, office: Role = Role.TREASURER) -> Person:
    """Somebody who holds that office, on a messenger that shows pictures."""
    person = house.person(channel="whatsapp")
    await person.says("ашар", "2", await signers.code(house, office), "1")
    return person


async def seen(person: Person) -> list[base.Outbound]:
    """Every picture that this person was sent."""
    return [each for _, each in await person.letters() if each.attached]


async def test_both_offices_see_it_and_nobody_after_their_time(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url, Showing(), houses.Letterbox()) as house:
        sent = sending.Sending(house, files.Files(tmp_path / "media", SEAL), sending.Provider())
        shelf = attaching.Shelf(house.database, SEAL, sent.files, house.clock)
        _, code = await given(house, sent)
        for office in (Role.TREASURER, Role.SECOND):
            person = await holder(house, office)
            told = await person.says("казна", code)
            [picture] = await seen(person)
            assert code in told.head
            mime, content = await shelf.get(picture.attachment) or ("", b"")
            assert (mime, picture.size) == ("image/jpeg", len(content))
            assert content in [sent.files.read(path.name) for path in sent.on_disk()]
            # Neither is it kept under its provider's name, by which it could be had for good.
            await shelf.keep("telegram:1", picture.attachment, "x")
            assert await shelf.known("telegram:1", picture.attachment) == ""
            await entrusting.end(house.database, publishing.Library(), "suu", office, house.clock())
            assert await shelf.get(picture.attachment) is None


async def test_it_is_gone_from_its_address_with_whoever_sent_it(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url, Showing(), houses.Letterbox()) as house:
        sent = sending.Sending(house, files.Files(tmp_path / "media", SEAL), sending.Provider())
        shelf = attaching.Shelf(house.database, SEAL, sent.files, house.clock)
        giver, code = await given(house, sent)
        person = await holder(house)
        await person.says("казна", code)
        [picture] = await seen(person)
        assert await shelf.get(picture.attachment)
        await giver.says("удалить", "1")
        assert await shelf.get(picture.attachment) is None
        await sent.fetched()
        with pytest.raises(certifying.NoPhoto):
            await certifying.photo(house.database, publishing.Library(), sent.files, "suu", code)


async def test_one_that_is_not_here_yet_is_told_of_and_elsewhere_one_that_cannot_be_shown(
    database_url: str, tmp_path: Path
) -> None:
    async with houses.opened(database_url, Showing(), houses.Letterbox()) as house:
        sent = sending.Sending(house, files.Files(tmp_path / "media", SEAL), sending.Provider())
        _, code = await given(house, sent, fetched=False)
        person = await holder(house)
        assert "ещё загружается" in (await person.says("казна", code)).head
        await sent.fetched()
        assert "ещё загружается" not in (await person.says("назад", code)).head
        assert len(await seen(person)) == 1
        plain = await signers.signer(house)
        assert "Есть фото чека" in (await plain.says("казна", code)).head
        assert await seen(plain) == []


async def test_from_the_shell_it_is_had_by_the_code_of_its_pledge(database_url: str, tmp_path: Path) -> None:
    async with houses.opened(database_url, Showing(), houses.Letterbox()) as house:
        sent = sending.Sending(house, files.Files(tmp_path / "media", SEAL), sending.Provider())
        _, code = await given(house, sent)
        library = publishing.Library()
        content = await certifying.photo(house.database, library, sent.files, "suu", code)
        assert content in [sent.files.read(path.name) for path in sent.on_disk()]
        with pytest.raises(certifying.NoSuchCode):
            await certifying.photo(house.database, library, sent.files, "suu", "ABCDEF")
        _, [other] = await signers.giver(house, "3000 сом")
        with pytest.raises(certifying.NoPhoto, match="none was sent"):
            await certifying.photo(house.database, library, sent.files, "suu", other)
