"""Somebody of whom every table keeps something, with words that nobody else has ever said."""

from __future__ import annotations

from bot.channels import base
from bot.engine.pledging.events import Role
from bot.services import transcribing
from tests import samples
from tests.services import signers
from tests.services.house import Person
from tests.services.sending import Sending
from tests.services.test_opinions import done

PHONE = "+996700918273"
VILLAGE = "Зыянбек-Тоо"
PROPOSAL = "Почините мост, пишите kenje.zyian@example.kg или 0555 64 53 42"
NAME = "Жылдызбеков Кененсары"
WHY = "Кран сломал Зыядин"
HEARD = "Меня зовут Гүлкайыр"
IDEA = "Посадить орех у дома Сагынбая"
ASIDE = "Меню для Акжолтой"
#: Whatever of it may stand nowhere in the open: whole, and as a search would find it.
SECRETS = (
    PHONE,
    PHONE[4:],
    VILLAGE,
    "kenje.zyian",
    "0555 64 53 42",
    "Жылдызбеков",
    "Кененсары",
    "Зыядин",
    "Гүлкайыр",
    "Сагынбая",
    "Акжолтой",
)


async def lives(sent: Sending, person: Person | None = None) -> Person:
    """On WhatsApp: two surveys, a voice put into words, promises, a receipt, an office, an opinion, a failure."""
    house = sent.house
    person = person or house.person(PHONE, "whatsapp")
    await person.begins()
    await person.says("1", "2", VILLAGE, "1", "34", "1", "1 2 3", "3 2 1", PROPOSAL, "1")
    await person.sends(start="s-sent")
    await person.sends("1")
    await sent.sends(person, samples.picture(), "image")
    await sent.sends(person, samples.ogg(5, PHONE.encode()))
    await person.says(IDEA, "1")
    await person.sends(start="a-suu")
    await person.says("1", "5000 сомов", "3", "3", NAME, "1", "меню")
    for photo in (samples.picture(64, 48), base.Unreachable("away")):
        await person.sends("отправила", kind="image", media=sent.provider.keeps(photo, "image"))
    await person.says("меню")
    await person.sends(start="a-suu")
    await person.says("3 дня за брата", "1")
    await sent.fetched()
    [voice] = await transcribing.queue(house.database)
    await transcribing.write(house.database, house.seal, voice.id, HEARD)
    await person.says("меню", await signers.code(house, Role.SECOND), "1")
    await person.sends("код")
    await done(house)
    await person.says("оценка", "3", "2", WHY)
    [talk] = await house.rows("SELECT sealed FROM contact WHERE id = :id", id=await person.contact())
    for state, text in ((house.seal.close("contact", "[]"), ASIDE), (talk, "меню")):
        await house.write("UPDATE contact SET sealed = :state WHERE id = :id", state=state, id=await person.contact())
        await person.sends(text)
    return person
