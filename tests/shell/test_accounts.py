"""`ashar campaign spend`, `statement`, `receipt`, `account` and the others: what they print, refuse, and return."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from bot import __main__, settings
from bot.engine.pledging import spending
from bot.shell import accounts
from models import db
from tests import talking
from tests.services import gifts
from tests.services import house as houses

Run = Callable[..., tuple[int, str, str]]
Given = Callable[..., gifts.Gift]
#: Noon of yesterday in Kyrgyzstan: what happens within some minutes of it is of one day and one month everywhere.
LATELY = db.now().replace(hour=6, minute=0) - dt.timedelta(days=1)
WHAT = ("--ky", "Түтүк", "--ru", "Трубы")
WHY = ("--why-ky", "Ката", "--why-ru", "Ошибка")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))

    def ran(*words: str) -> tuple[int, str, str]:
        try:
            code = __main__.main(("campaign", *words))
        except SystemExit as error:
            code = int(str(error.code))
        return (code, *capsys.readouterr())

    assert __main__.main(("publish", str(talking.FLOWS))) == 0
    capsys.readouterr()
    return ran


@pytest.fixture
def come(run: Run) -> Given:
    """Something was promised, and came, or did not (received="0")."""

    def came(quantity: str, need: str = "money", received: str | None = None, receipt: int | None = None) -> gifts.Gift:
        async def work() -> gifts.Gift:
            clock = talking.Clock()
            clock.now = LATELY
            async with houses.opened(settings.current().database_url, clock=clock) as house:
                return await gifts.come(house, quantity, need=need, received=received, receipt=receipt)

        return asyncio.run(work())

    return came


def test_what_is_spent_signed_and_taken_back(run: Run, come: Given, tmp_path: Path) -> None:
    come("90000")
    come("40", "cement")
    photo = tmp_path / "pipe.png"
    written = io.BytesIO()
    Image.new("RGB", (64, 48)).save(written, "PNG")
    photo.write_bytes(written.getvalue())
    spent = run("spend", "suu", "1 500,50", "--need", "money", *WHAT, "--photo", str(photo))
    assert spent == (0, "Number 1: 1500.50 KGS of suu are spent.\n", "")
    assert run("spend", "suu", "12", "--need", "cement", *WHAT)[0] == 0
    code, said, _ = run("spend", "suu", "60000", "--need", "money", *WHAT)
    assert (code, said.splitlines()[1].strip()) == (0, "ashar campaign sign suu 3 --as second")
    code, _, complained = run("spend", "suu", "28500", "--need", "money", *WHAT)
    assert (code, "28499.5 KGS are left" in complained) == (2, True)
    assert "other signs it" in run("sign", "suu", "3", "--as", "treasurer")[2]
    assert run("sign", "suu", "3") == (0, "Number 3 is signed by both.\n", "")
    assert run("unspend", "suu", "1", *WHY) == (0, "Number 1 is taken back.\n", "")
    assert "once the other office has signed" in run("unspend", "suu", "3", *WHY)[1]
    assert run("decline", "suu", "3") == (0, "Number 3 stands: it is not taken back.\n", "")
    assert "waits for no signature" in run("decline", "suu", "3")[2]
    assert "once the other office has signed" in run("unspend", "suu", "3", *WHY)[1]
    assert __main__.main(("tally", "check")) == 0


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("spend", "suu", "five", "--need", "money", *WHAT), "write it like 1500"),
        (("spend", "suu", "5", "--need", "sheep", *WHAT), "“ashar campaign show” names them"),
        (("spend", "suu", "5", "--need", "money", *WHAT), "0 KGS are left"),
        (("spend", "suu", "5", "--need", "money", *WHAT[:2]), "--ru"),
        (("spend", "suu", "5", "--need", "money", "--ky", " ", "--ru", "Трубы"), "give both"),
        (("spend", "suu", "5", "--need", "money", *WHAT, "--on", "today"), "YYYY-MM-DD"),
        (("spend", "suu", "5", "--need", "money", *WHAT, "--photo", "nowhere.jpg"), "cannot be read"),
        (("spend", "suu", "5", "--need", "money", *WHAT, "--photo", __file__), "give a JPEG, PNG or WebP"),
        (("spend", "su", "5", "--need", "money", *WHAT), "`ashar campaign` lists them"),
        (("unspend", "suu", "7", *WHY), "no spending has that number"),
        (("sign", "suu", "7"), "no spending has that number"),
        (("statement", "suu", "nowhere.csv"), "cannot be read"),
        (("statement", "suu", __file__), "no line in it has the columns"),
        (("receipt", "suu", "7"), "nothing that came has that number or code"),
        (("account", "suu", "november"), "YYYY-MM"),
        (("account", "suu", "2999-01"), "has not begun"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(run: Run, words: tuple[str, ...], remedy: str) -> None:
    code, said, complained = run(*words)
    assert (code, said) == (2, "")
    assert remedy in complained


def test_every_refusal_has_its_words() -> None:
    assert accounts.REFUSED.keys() == set(spending.Reason)


def test_a_statement_is_shown_asked_about_and_booked_once(run: Run, come: Given, tmp_path: Path) -> None:
    sure, part = come("5000", received="0"), come("1000", received="0")
    file = tmp_path / "november.csv"
    head = "Дата;Отправитель;Сумма;Назначение платежа"
    rows = [f"05.11.2026;А;5 000,00;{sure.code}", f"06.11.2026;Б;950;{part.code}", "07.11.2026;В;1,234;-"]
    file.write_text("\r\n".join([head, *rows]), "utf-8")
    code, said, complained = run("statement", "suu", str(file))
    assert (code, complained) == (1, "line 4: '1,234' is no amount, or could be two\n")
    assert "less than is awaited: a fee, or a part? (950 of 1000)" in said
    assert said.endswith(
        "1 to book, 1 in doubt, 0 without a code, 0 booked before, 0 of what went out.\nNothing was booked.\n"
    )
    assert "Б" not in said
    assert run("statement", "suu", str(file), "--confirm")[1].endswith("1 received.\n")
    assert "cannot be taken so" in run("statement", "suu", str(file), "--kept", "2", "--confirm")[2]
    assert "cannot be taken so" in run("statement", "suu", str(file), "--kept", "3", "--part", "3", "--confirm")[2]
    assert run("statement", "suu", str(file), "--kept", "3", "--confirm")[1].endswith("1 received.\n")
    assert (
        "0 to book, 0 in doubt, 0 without a code, 2 booked before" in run("statement", "suu", str(file), "--confirm")[1]
    )


@pytest.mark.parametrize(("typed", "received"), [("", False), ("n\n", False), ("ооба\n", True)])
def test_only_a_yes_books(
    run: Run, come: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, received: bool
) -> None:
    class Keyboard(io.StringIO):
        """Somebody sits there; what comes to its end, they ended by Ctrl-D."""

        def isatty(self) -> bool:
            return True

    sure = come("5000", received="0")
    file = tmp_path / "november.csv"
    file.write_text(f"Дата;Отправитель;Сумма;Назначение платежа\r\n05.11.2026;А;5000;{sure.code}", "utf-8")
    monkeypatch.setattr("sys.stdin", Keyboard(typed))
    code, said, _ = run("statement", "suu", str(file))
    assert (code, said.endswith("1 received.\n" if received else "Nothing was booked.\n")) == (0, True)


def test_papers_are_written_to_a_file_or_the_screen(run: Run, come: Given, tmp_path: Path) -> None:
    gift = come("40", "cement", receipt=1)
    code, said, _ = run("receipt", "suu", "1", "--name", "Айгүл")
    assert (code, "От кого: Айгүл" in said) == (0, True)
    assert gift.code not in said
    out = tmp_path / "account.html"
    code, said, _ = run("account", "suu", f"{LATELY:%Y-%m}", "--language", "ru", "--out", str(out))
    assert (code, str(out) in said) == (0, True)
    assert "40 мешков цемента" in out.read_text("utf-8")
    assert "өткөрүп берүү" in run("handover", "suu")[1]
    assert run("handover", "suu", "--out", str(tmp_path))[0] == 2
