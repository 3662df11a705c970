"""`ashar campaign`: what it prints, what it refuses and why, and what its exit code means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot import __main__
from bot.engine.pledging import campaigns
from bot.services import steering
from bot.shell import campaign
from tests import talking

Run = Callable[..., tuple[int, str, str]]
WHY = ("--why-ky", "Жамгыр", "--why-ru", "Дожди")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("ASHAR_VAR", str(tmp_path / "var"))

    def ran(*words: str) -> tuple[int, str, str]:
        code = __main__.main(words)
        return (code, *capsys.readouterr())

    assert ran("publish", str(talking.FLOWS))[0] == 0
    return ran


def test_it_lists_and_shows(run: Run) -> None:
    code, said, _ = run("campaign", "--language", "ru")
    assert code == 0
    assert said.splitlines()[1].split() == ["suu", "open", "2027-05-15", "0", "Чистая", "вода", "в", "село"]
    _, said, _ = run("campaign", "show", "suu")
    for words in ("suu: open since", "deadline    2027-05-15", "spring: by 2027-06-15", "ashar campaign collect suu"):
        assert words in said
    assert "ashar campaign open suu" not in said


def test_a_change_is_made_once_and_said_again(run: Run) -> None:
    assert run("campaign", "collect", "suu") == (0, "suu is collecting now.\n", "")
    assert run("campaign", "collect", "suu") == (0, "suu was collecting before.\n", "")
    assert run("campaign", "milestone", "suu", "spring") == (0, "spring of suu is reached.\n", "")
    assert run("campaign", "milestone", "suu", "spring") == (0, "spring of suu was marked before.\n", "")
    assert "spring: reached on" in run("campaign", "show", "suu")[1]
    code, said, _ = run("campaign", "cancel", "suu", *WHY)
    assert (code, said.splitlines()[0]) == (0, "suu is cancelled now.")
    assert run("tally", "check")[0] == 0


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("done", "suu"), "no way leads there"),
        (("cancel", "suu"), "add --why-ky TEXT --why-ru TEXT"),
        (("cancel", "suu", *WHY[:2]), "give both"),
        (("milestone", "suu", "summer"), "“ashar campaign show” names them"),
        (("open", "su"), "`ashar campaign` lists them"),
        (("show", "su"), "`ashar campaign` lists them"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(run: Run, words: tuple[str, ...], remedy: str) -> None:
    code, said, complained = run("campaign", *words)
    assert (code, said) == (2, "")
    assert remedy in complained
    assert "suu: open since" in run("campaign", "show", "suu")[1]


def test_every_refusal_has_its_words() -> None:
    assert campaign.REFUSED.keys() == set(campaigns.Reason) - {campaigns.Reason.ALREADY_SO}
    assert campaign.UNMARKED.keys() == set(steering.Unmarked) - {steering.Unmarked.ALREADY_SO}


def test_texts_to_forward(run: Run) -> None:
    code, said, _ = run("campaign", "card", "suu")
    assert code == 0
    assert said.index("Ашар: Айылга таза суу") < said.index("Ашар: Чистая вода в село")
    # No messenger is set up: the page alone, which shows every way there is.
    assert said.splitlines()[-1].endswith("/campaigns/suu")
    assert "t.me" not in said
    code, said, _ = run("campaign", "invite", "suu", "--language", "ru")
    assert (code, "Здравствуйте, родные!" in said, "Ассалоому" in said) == (0, True, False)
    assert run("campaign", "card", "none") == (2, "", "There is no campaign “none”.\n")


def test_pledges_are_exported_by_campaign(run: Run, tmp_path: Path) -> None:
    code, said, _ = run("export", "--campaign", "suu")
    assert (code, said.removeprefix("\ufeff").startswith("pledge,campaign,version,state,")) == (0, True)
    assert run("export", "--campaign", "none")[0] == 2
    assert run("export")[0] == 2
    assert run("export", "priorities", "--campaign", "suu")[0] == 2
    assert run("export", "--campaign", "suu", "--unfinished")[0] == 2
    assert run("export", "--campaign", "suu", "--output", str(tmp_path / "pledges.xlsx"))[0] == 0
