"""`ashar broadcast`: what it prints, what it refuses and why, and what its exit code means."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import __main__
from tests import talking
from tests.services import house as houses
from tests.services import residents
from tests.shell import losing

Run = Callable[..., tuple[int, str, str]]

FILE = """\
name: meeting
to: {form: priorities}
text:
  ky: Жума күнү саат 10до айылда чогулуш болот. https://ashar.example/chat?start=s-priorities
  ru: В пятницу в 10 часов в селе собрание. https://ashar.example/chat?start=s-priorities
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)

    def ran(*words: str) -> tuple[int, str, str]:
        code = __main__.main(words)
        return (code, *capsys.readouterr())

    assert ran("publish", str(talking.FLOWS))[0] == 0
    return ran


@pytest.fixture
def village(run: Run, tmp_path: Path) -> Run:
    """Seven people who wait for news by SMS, and two on WhatsApp."""

    async def settle() -> None:
        clock = talking.Clock()
        clock.forward(days=-300)
        async with houses.opened(f"sqlite:///{tmp_path / 'var' / 'ashar.sqlite'}", clock=clock) as house:
            await residents.settle(house, 7)
            await residents.settle(house, 2, channel="whatsapp", begins="whatsapp:+99655")

    asyncio.run(settle())
    Path("meeting.yaml").write_text(FILE, "utf-8")
    return run


def test_a_dry_run_says_what_it_comes_to_and_sends_nothing(village: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASHAR_COST_SMS_OUT", "0.05 USD")
    code, said, _ = village("broadcast", "send", "meeting.yaml", "--dry-run")
    assert code == 0
    assert said.splitlines() == [
        "meeting: to form priorities, for 7 days",
        "CHANNEL  LANGUAGE  PEOPLE  MESSAGES  SEGMENTS  COST",
        "sms      ky        7       21        21        1.05 USD",
        "all                7       21        21        1.05 USD",
        "2 more on WhatsApp have not written for a day and are told once they do: TWILIO_WHATSAPP_TEMPLATE is not set.",
        "Not open by these settings: sms. Nobody is told there.",
    ]
    assert village("broadcast", "list")[1].startswith("Nothing was sent to many yet")


def test_it_is_sent_once_paused_and_called_off(village: Run) -> None:
    code, said, _ = village("broadcast", "send", "meeting.yaml")
    assert code == 0
    assert "9 people are queued." in said
    code, said, _ = village("broadcast", "send", "meeting.yaml")
    assert (code, said.splitlines()[-1]) == (
        0,
        "It was sent before (running); nobody is told twice. ashar broadcast status meeting",
    )
    assert village("broadcast", "pause", "meeting") == (
        0,
        "meeting is paused. To go on: ashar broadcast resume meeting.\n",
        "",
    )
    assert village("broadcast", "send", "meeting.yaml")[1].endswith("It is paused: ashar broadcast resume meeting.\n")
    assert village("broadcast", "resume", "meeting")[1] == "meeting is running again.\n"
    _, said, _ = village("broadcast", "status", "meeting")
    assert "  people      9\n  told        0, or just being told\n  waiting     9\n" in said
    assert village("broadcast", "cancel", "meeting")[1] == "meeting is cancelled.\n"
    assert village("broadcast", "resume", "meeting")[::2] == (1, "meeting is cancelled: it changes no more.\n")
    _, said, _ = village("broadcast", "list")
    assert said.splitlines()[1].split()[:5] == ["meeting", "cancelled", "form", "priorities", "9"]


def test_a_conflict_with_somebody_else_is_no_end_of_it(village: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = losing.begin(monkeypatch)
    code, said, _ = village("broadcast", "send", "meeting.yaml")
    assert (code, "9 people are queued." in said) == (0, True)
    # It was begun, and everybody is queued, in one step: each once lost and once done.
    assert lost == [True, False] * 2
    assert "  people      9\n" in village("broadcast", "status", "meeting")[1]


def test_what_was_changed_since_needs_another_name(village: Run) -> None:
    assert village("broadcast", "send", "meeting.yaml")[0] == 0
    Path("meeting.yaml").write_text(FILE.replace("10 часов", "11 часов"), "utf-8")
    code, _, complaint = village("broadcast", "send", "meeting.yaml")
    assert code == 1
    assert complaint.startswith("meeting says something else, or to others, since it was begun.")


def test_no_broadcast_of_that_name(run: Run) -> None:
    complaint = "There is no broadcast “meeting”; `ashar broadcast list` lists them.\n"
    assert run("broadcast", "status", "meeting") == (2, "", complaint)
    assert run("broadcast", "pause", "meeting") == (2, "", complaint)


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("name: meeting", "name: Meeting!", "meeting.yaml:1: name: expected up to 48 small Latin letters"),
        (
            "form: priorities",
            "form: prioritis",
            "meeting.yaml:2: to: there is no form “prioritis”; there are priorities",
        ),
        ("{form: priorities}", "everybody", "expected one of {form: NAME}, {campaign: NAME}, {place: CODE}"),
        ("form: priorities", "place: Bishkek", "there is no place “Bishkek”"),
        ("  ru:", "  en:", "meeting.yaml:3: text: expected the same in both languages"),
        ("Жума күнү", "${name}", "ky has “${” in it, which nobody fills in"),
        ("В пятницу", "В <день>", "ru has “<день>” in it"),
        ("собрание. https", "собрание. http", "is not encrypted; write https://"),
        ("собрание. https://ashar.example/chat?start=s-priorities", "собрание.", "one language has more links"),
        ("https://ashar.example/chat?start=s-priorities\n  ru", "https://t.me/a?start=s-old\n  ru", "leads to nothing"),
        (
            "https://ashar.example/chat?start=s-priorities\n  ru",
            "http://127.0.0.1:8000/chat\n  ru",
            "opens on no phone",
        ),
        ("собрание. ", "собрание. t.me/ashar ", "write https:// before “t.me/ashar”"),
        ("s-priorities\n  ru", "s-priorities.\n  ru", "put a space between"),
        ("text:", "days: 31\ntext:", "days: expected a number from 1 to 30"),
        ("text:", "days: yes\ntext:", "days: expected a number from 1 to 30"),
        ("ru: В", "ru:\n    - В", "meeting.yaml:3: text: expected the same in both languages"),
        ("text:", "when: now\ntext:", "there is nothing of that name"),
        ("собрание.", "собрание" + "!" * 800, "800 is the most"),
        ("text:", "text: [", "meeting.yaml"),
    ],
)
def test_a_file_that_cannot_be_sent_is_refused_with_all_that_is_wrong(
    run: Run, old: str, new: str, remedy: str
) -> None:
    assert old in FILE
    Path("meeting.yaml").write_text(FILE.replace(old, new, 1), "utf-8")
    code, said, complaint = run("broadcast", "send", "meeting.yaml")
    assert (code, said) == (1, "")
    assert remedy in complaint
    assert complaint.endswith("It cannot be sent like this.\n")
