"""`ashar treasurer` and `ashar campaign office`: what they print, what they refuse, and what their exit codes mean."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import __main__, settings, wiring
from bot.engine.pledging import wishes
from bot.engine.pledging.events import Step
from bot.services import folding
from bot.shell import treasurer
from models import db, media, tables
from tests import talking
from tests.services import house as houses
from tests.services import signers

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))

    def ran(*words: str) -> tuple[int, str, str]:
        code = __main__.main(words)
        return (code, *capsys.readouterr())

    assert ran("publish", str(talking.FLOWS))[0] == 0
    return ran


@pytest.fixture
def codes(run: Run, tmp_path: Path) -> list[str]:
    """Of four pledges that were said to be sent."""

    async def work() -> list[str]:
        async with houses.opened(f"sqlite+aiosqlite:///{tmp_path / 'var' / 'ashar.sqlite'}") as house:
            gifts = "2000 сом", "10 мешков цемента", "5000 сом", "60000 сом"
            return (await signers.giver(house, *gifts))[1]

    return asyncio.run(work())


def folds(folder: Path) -> bool:
    """Whether the ledger's totals and states equal its events; answers were sealed with another house's key."""

    async def work() -> bool:
        database = db.Database(f"sqlite+aiosqlite:///{folder / 'var' / 'ashar.sqlite'}")
        try:
            return not any(await folding.check(database))
        finally:
            await database.close()

    return asyncio.run(work())


def test_it_lists_what_is_on_the_way(run: Run, codes: list[str]) -> None:
    code, said, _ = run("treasurer", "suu", "list")
    assert code == 0
    assert [line.split()[:4] for line in said.splitlines()[1:]] == [
        [codes[0], "2000", "KGS", "sent"],
        [codes[1], "10", "cement", "sent"],
        [codes[2], "5000", "KGS", "sent"],
        [codes[3], "60000", "KGS", "sent"],
    ]


def test_what_has_come_is_written_down_once(run: Run, codes: list[str], tmp_path: Path) -> None:
    words = "treasurer", "suu", "receive", codes[0].lower(), codes[1]
    assert run(*words) == (0, f"{codes[0]}: received: 2000\n{codes[1]}: received: 10\n", "")
    assert run(*words) == (0, f"{codes[0]}: written down already.\n{codes[1]}: written down already.\n", "")
    assert len(run("treasurer", "suu", "list")[1].splitlines()) == 3
    assert folds(tmp_path)


def test_a_part_and_what_the_way_cost(run: Run, codes: list[str], tmp_path: Path) -> None:
    assert run("treasurer", "suu", "receive", codes[2], "--amount", "3000")[1] == f"{codes[2]}: received: 3000\n"
    said = run("treasurer", "suu", "receive", codes[2], "--amount", "1900", "--fee", "100")[1]
    assert said == f"{codes[2]}: received: 1900, fee 100\n"
    assert codes[2] not in run("treasurer", "suu", "list")[1]
    assert folds(tmp_path)


def test_above_the_bound_two_hands_sign(run: Run, codes: list[str], tmp_path: Path) -> None:
    big = codes[3]
    assert "waits for the other office" in run("treasurer", "suu", "receive", big)[1]
    assert "received: second signs" in run("treasurer", "suu", "list")[1]
    code, _, complained = run("treasurer", "suu", "sign", big)
    assert (code, complained) == (1, f"{big}: the other office signs that (--as).\n")
    assert run("treasurer", "suu", "sign", big, "--as", "second")[1] == f"{big}: received: 60000\n"
    assert run("treasurer", "suu", "sign", big, "--as", "second")[0] == 1
    assert folds(tmp_path)


def test_a_slip_is_put_right_by_two_or_stays(run: Run, codes: list[str], tmp_path: Path) -> None:
    first = codes[0]
    run("treasurer", "suu", "receive", first)
    assert "waits for the other office" in run("treasurer", "suu", "correct", first, "200")[1]
    assert run("treasurer", "suu", "decline", first, "--as", "second")[1] == f"{first}: declined: 200\n"
    run("treasurer", "suu", "correct", first, "0")
    assert run("treasurer", "suu", "sign", first, "--as", "second")[1] == f"{first}: corrected, received in all: 0\n"
    # So it is on the way again, and nobody is to blame.
    assert run("treasurer", "suu", "not-found", first) == (0, f"{first}: not found yet: 2000\n", "")
    assert folds(tmp_path)


def test_what_came_can_be_given_back(run: Run, codes: list[str], tmp_path: Path) -> None:
    run("treasurer", "suu", "receive", codes[0])
    assert run("treasurer", "suu", "return", codes[0], "--amount", "500")[1] == f"{codes[0]}: given back: 500\n"
    assert folds(tmp_path)


def test_a_gift_that_nobody_promised_has_a_number(run: Run, tmp_path: Path) -> None:
    code, said, _ = run("treasurer", "suu", "gift", "3 күн жумуш, 1000 сом", "--name", "Асан уулу Нурлан")
    assert code == 0
    assert re.findall(r"received: (.+)\. Receipt number (\d+)", said) == [("3 labour", "1"), ("1000 KGS", "2")]
    assert "waits for the other office" in run("treasurer", "suu", "gift", "90000 сом")[1]
    assert folds(tmp_path)
    shown = run("campaign", "show", "suu")[1]
    assert "received    labour 3, money 1000 KGS" in shown
    assert "on_the_way  money 90000 KGS" in shown
    assert "Нурлан".encode() not in (tmp_path / "var" / "ashar.sqlite").read_bytes()


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("suu", "gift", "бүгүн келем"), "Nothing was written down"),
        (("suu", "gift", "700"), "currency of “700”: money 700 KGS"),
        (("suu", "gift", "-5 сом"), "negative"),
        (("suu", "receive", "ABCDEF"), "has no pledge ABCDEF; nothing was written down"),
        (("su", "list"), "`ashar campaign` lists them"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(run: Run, words: tuple[str, ...], remedy: str) -> None:
    code, said, complained = run("treasurer", *words)
    assert (code, said) == (2, "")
    assert remedy in complained
    assert run("treasurer", "suu", "list")[1] == "Nothing is on the way, and nothing waits for a signature.\n"


def test_an_amount_is_of_one_pledge(run: Run, codes: list[str]) -> None:
    assert run("treasurer", "suu", "receive", *codes[:2], "--amount", "5")[0] == 2
    for wrong in ("x", "-1", "1.234", "NaN"):
        with pytest.raises(SystemExit):
            run("treasurer", "suu", "receive", codes[0], f"--amount={wrong}")


def test_nothing_of_one_command_is_written_where_a_code_is_unknown(run: Run, codes: list[str]) -> None:
    assert run("treasurer", "suu", "receive", codes[0], "ABCDEF")[0] == 2
    assert codes[0] in run("treasurer", "suu", "list")[1]


def test_every_refusal_and_every_step_has_its_words() -> None:
    assert treasurer.REFUSED.keys() == set(wishes.Reason)
    signed = {Step.RECEIVED, Step.CORRECTED, Step.RETURNED, Step.DECLINED, Step.NOT_FOUND}
    assert treasurer.SAID.keys() == signed | {Step.ACKNOWLEDGED, Step.CORRECTION, Step.RETURNING}


def test_an_office_is_given_by_code_listed_and_ended(run: Run) -> None:
    code, said, _ = run("campaign", "office", "suu", "treasurer")
    assert code == 0
    first, second = re.search(r"code   (\w{5})-(\w{5})", said), re.search(r"link   o-(\w{10}) ", said)
    assert first
    assert second
    assert first[1] + first[2] == second[1]
    _, said, _ = run("campaign", "office", "suu", "--list")
    assert re.fullmatch(r"treasurer: held by nobody; a code is good until .* UTC\nsecond: held by nobody\n", said)
    assert run("campaign", "office", "suu", "treasurer", "--end") == (0, "The treasurer of suu is ended.\n", "")
    assert run("campaign", "office", "suu", "treasurer", "--end") == (0, "suu had no treasurer.\n", "")
    assert run("campaign", "office", "suu", "--end")[0] == 2
    assert run("campaign", "office", "su", "second")[0] == 2


def test_the_photo_of_a_receipt_is_written_for_its_owner_alone_and_over_nothing(
    run: Run, codes: list[str], tmp_path: Path
) -> None:
    output, there = tmp_path / "receipt.jpg", tmp_path / "there.jpg"
    there.write_bytes(b"mine")
    code, _, told = run("treasurer", "suu", "photo", codes[0], "--output", str(output))
    assert (code, told) == (
        2,
        f"There is no photo of the receipt of {codes[0]}: none was sent, or it is kept no more.\n",
    )

    async def sent() -> None:
        async with wiring.memory(settings.current()) as memory:
            draft = memory.files.draft(b"picture")
            memory.files.shelve(draft)
            async with memory.database.transaction() as connection:
                found = await connection.scalars(sa.select(tables.pledge.c.id).where(tables.pledge.c.code == codes[0]))
                row = {"id": db.new_id(), "pledge_id": found.one(), "kind": "image", "status": "kept"}
                at = {"not_before": db.now(), "created_at": db.now()}
                await media.add(connection, [{**row, **at, "channel": "telegram", "content_hash": draft.hash}])

    asyncio.run(sent())
    assert run("treasurer", "suu", "photo", codes[0].lower(), "--output", str(output)) == (0, "", "")
    assert (output.read_bytes(), output.stat().st_mode & 0o777) == (b"picture", 0o600)
    assert run("treasurer", "suu", "photo", codes[0], "--output", str(there))[0] == 2
    assert there.read_bytes() == b"mine"
    assert run("treasurer", "suu", "photo", "ABCDEF", "--output", str(output))[2] == "suu has no pledge ABCDEF.\n"
