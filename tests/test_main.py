"""The command, as people start it: what it prints and what its exit code means."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import __main__
from bot.services import quoting
from models import db, sealing
from tests import samples, talking
from tests.services import sending, workbooks

#: As tests/services/house.py has them.
KEYS = {"ASHAR_SEAL_KEYS": b"k", "ASHAR_HASH_KEY": b"h"}
ROOT = Path(__file__).resolve().parents[1]
FLOWS = ROOT / "flows"

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ours = {"ASHAR_VAR": str(tmp_path / "var"), "ASHAR_PORT": str(port)}
    return {**os.environ, **ours, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}


def ashar(environment: dict[str, str], *words: str, types: str = "") -> Done:
    """As a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env=environment,
        input=types,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(autouse=True)
def _leaves_no_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that runs in this process takes with it what a process of its own would."""
    monkeypatch.setattr("sys.excepthook", sys.excepthook)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The same in this process: to start one takes longer than all that most commands do."""

    def run(environment: dict[str, str], *words: str, types: str = "") -> Done:
        with monkeypatch.context() as patched:
            for name, value in environment.items():
                patched.setenv(name, value)
            patched.setattr("sys.stdin", io.StringIO(types))
            code = __main__.main(words)
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return run


def test_the_version_is_said(environment: dict[str, str]) -> None:
    done = ashar(environment, "--version")
    assert done.returncode == 0
    assert re.fullmatch(r"ashar \d+\.\d+\.\d+\S*\n", done.stdout)


def test_wrong_settings_end_it_with_each_of_them(environment: dict[str, str]) -> None:
    wrong = {"ASHAR_PORT": "x", "ASHAR_PUBLIC_URL": "ashar", "TWILIO_AUTH_TOKEN": "secret-token"}
    done = ashar({**environment, **wrong}, "serve")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "secret-token" not in done.stderr
    for name in ("ASHAR_PORT: ", "ASHAR_PUBLIC_URL: ", "TWILIO_ACCOUNT_SID: "):
        assert f"\n  {name}" in done.stderr


def test_a_database_that_is_not_there(environment: dict[str, str]) -> None:
    url = "postgresql://somebody:a-password@127.0.0.1:1/ashar"
    done = ashar({**environment, "ASHAR_DATABASE_URL": url}, "serve")
    assert done.returncode == 2
    assert done.stderr.startswith("ASHAR_DATABASE_URL: the database does not answer")
    assert "a-password" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_database_without_tables_is_not_exported(environment: dict[str, str], here: Callable[..., Done]) -> None:
    done = here(environment, "export", "priorities")
    assert (done.returncode, done.stdout) == (2, "")
    assert "ashar migrate" in done.stderr


def test_a_wrong_command(environment: dict[str, str]) -> None:
    assert ashar(environment, "dance").returncode == 2
    for words in ([], ["demo", "--people", "0"], ["tally", "guess"], ["export", "priorities", "--format", "pdf"]):
        with pytest.raises(SystemExit, match="2"):
            __main__.main(words)


def test_check_says_every_problem(environment: dict[str, str], tmp_path: Path, here: Callable[..., Done]) -> None:
    flows = Path(shutil.copytree(FLOWS, tmp_path / "flows"))
    good = ashar(environment, "check", str(flows))
    assert (good.returncode, good.stdout) == (0, "Nothing to mend.\n")
    for file, old, new in (
        ("priorities.yaml", "type: integer", "type: intger"),
        ("priorities.yaml", "ashar::pick: 3", "ashar::pick: 30"),
        ("suu.campaign.yaml", "minimum: 120", "minimum: some"),
    ):
        text = (flows / file).read_text("utf-8")
        (flows / file).write_text(text.replace(old, new, 1), "utf-8")
    bad = here(environment, "check", str(flows))
    assert bad.returncode == 1
    assert "did you mean “integer”?" in bad.stdout
    assert "30 cannot be picked" in bad.stdout
    assert "“some” is no quantity" in bad.stdout
    assert bad.stdout.endswith("To mend: 3. Mended in reading: 0. Advice: 0.\n")
    refused = ashar({**environment, "ASHAR_FLOWS": str(flows)}, "serve")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith("Nothing was published.\n")


def test_check_tells_in_the_language_of_the_terminal_or_the_one_asked_for(
    environment: dict[str, str], tmp_path: Path, here: Callable[..., Done]
) -> None:
    rows = [
        ["type", "name", "label::ky", "label::ru"],
        ["integer", "age", "Жашыңыз?", "Сколько вам лет?"],
        ["inttgrr", "more", "Дагы?", "Ещё?"],
    ]
    form = str(workbooks.xlsx(tmp_path / "form.xlsx", {"survey": rows}))
    ky = here({**environment, "LC_ALL": "", "LANG": "ky_KG.UTF-8"}, "check", form)
    ru = here(environment, "check", form, "--language", "ru")
    assert f"{form}: survey, сап: 3, тилке: type: " in ky.stdout
    assert f"{form}: survey, строка 3, столбец type: " in ru.stdout
    for told in (ky, ru):
        assert told.returncode == 1
        assert "“integer”" in told.stdout
    assert "Оңдоо керек: " in ky.stdout.splitlines()[-1]
    assert "Исправить: " in ru.stdout.splitlines()[-1]


def test_chat_plays_a_spreadsheet(environment: dict[str, str], tmp_path: Path, here: Callable[..., Done]) -> None:
    shutil.copy(FLOWS / "places.csv", tmp_path)
    tables = workbooks.of_yaml(FLOWS / "priorities.yaml")
    for form in (workbooks.xlsx(tmp_path / "form.xlsx", tables), workbooks.xls(tmp_path / "form.xls", tables)):
        done = here(environment, "chat", str(form), types="2\n1\n1\nстоп\n")
        assert done.returncode == 0, done.stderr
        assert "мэрия города Каракол" in done.stdout


def test_the_shelf_from_the_shell(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("ASHAR_VAR", "ASHAR_PORT", "LC_ALL"):
        monkeypatch.setenv(name, environment[name])

    def run(*words: str) -> tuple[int, str, str]:
        code = __main__.main(words)
        return (code, *capsys.readouterr())

    assert run("forms")[0] == 2  # no tables yet
    flows = Path(shutil.copytree(FLOWS, tmp_path / "flows"))
    survey = flows / "priorities.yaml"
    first = re.findall(r"form priorities: version (\w{16})\n", run("publish", str(flows))[1])
    assert first
    listed = run("forms")[1].splitlines()
    assert re.fullmatch(rf"priorities +open +{first[0]} +[-\d]+ [\d:]+ +1 +0 +0 +\S.*", listed[1])
    assert "by campaigns" in listed[2]
    assert run("forms", "changes", "priorities")[1] == f"{first[0]} is the only version.\n"

    assert run("forms", "close", "priorities")[1].startswith("priorities is closed")
    assert run("forms", "close", "priorities")[1] == "priorities was closed before.\n"
    assert "  closed  " in run("forms")[1]
    text = survey.read_text("utf-8").replace("Сколько вам лет?", "Ваш возраст?")
    survey.write_text(text.replace("type: select_one sex", "type: select one from sex"), "utf-8")
    said = run("publish", str(survey))[1]
    assert "“ashar forms reopen priorities” lets people begin" in said
    change = (
        f"  since version {first[0]}:\n    age: wording changed; its answers are counted apart from the earlier ones"
    )
    assert change in said
    assert said.endswith("To mend: 0. Mended in reading: 1. Advice: 0. “ashar check” shows them.\n")
    assert change in run("forms", "changes", "priorities", "--since", first[0])[1]
    assert run("forms", "reopen", "priorities")[1] == "priorities is open again.\n"
    assert run("forms", "reopen", "priorities")[1] == "priorities was open all the time.\n"

    assert run("forms", "close", "nothing") == (2, "", "There is no form “nothing”.\n")
    assert run("forms", "close", "pledge")[0] == 2
    survey.write_text("survey:\n  - {type: intger, name: age}\n", "utf-8")
    code, _, refused = run("publish", str(survey))
    assert (code, refused.splitlines()[-1]) == (1, "Nothing was published.")


def test_chat_plays_a_survey_without_anything_kept(environment: dict[str, str]) -> None:
    words = ["2", "1", "1", "мужчина", "34", "назад", "35", "1", "3 1 7", "стоп"]
    done = ashar(environment, "chat", str(FLOWS / "priorities.yaml"), types="\n".join(words) + "\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("мэрия города Каракол") < done.stdout.index("Из какой вы области")
    assert done.stdout.count("Сколько вам лет?") == 2
    assert "> 3 1 7" in done.stdout
    assert "продолжить" in done.stdout.splitlines()[-2]
    assert not Path(environment["ASHAR_VAR"]).exists()


def test_chat_names_the_recording_that_would_be_heard(
    environment: dict[str, str], tmp_path: Path, here: Callable[..., Done]
) -> None:
    form = samples.spoken_form(tmp_path)
    done = here(environment, "chat", str(form), types="2\nпослушать\n1\nстоп\n")
    assert done.returncode == 0, done.stderr
    heard, question = done.stdout.split("> послушать\n")[1].split("\n> 1\n")
    assert heard.count("♪") == 1
    assert "♪ voda.mp3\n(1/3) Вода есть?" in heard
    assert "♪" not in question


def test_chat_names_the_picture_that_would_be_seen(
    environment: dict[str, str], tmp_path: Path, here: Callable[..., Done]
) -> None:
    done = here(environment, "chat", str(samples.spoken_form(tmp_path)), types="1\nкөрсөт\n1\nтоктот\n")
    assert done.returncode == 0, done.stderr
    assert "▣ suu.jpg\n(1/3) Суу барбы?" in done.stdout.split("> көрсөт\n")[1]
    assert done.stdout.count("▣") == 1


def test_check_says_which_recording_is_not_there(
    environment: dict[str, str], tmp_path: Path, here: Callable[..., Done]
) -> None:
    form = samples.spoken_form(tmp_path)
    (tmp_path / "voda.mp3").unlink()
    done = here(environment, "check", str(form))
    assert done.returncode == 0, done.stderr
    row = form.read_text("utf-8").splitlines().index("  - type: select_one yn") + 1
    [told] = [line for line in done.stdout.splitlines() if "voda.mp3" in line]
    assert "media::audio::ru" in told
    assert str(row) in told
    assert "1000" in told


def test_chat_plays_a_campaign_and_ends_with_its_input(environment: dict[str, str], here: Callable[..., Done]) -> None:
    done = here(environment, "chat", str(FLOWS / "suu.campaign.yaml"), types="1\n1\n3 күн\n1\n")
    assert done.returncode == 0, done.stderr
    assert re.search(r"Код: [2-9A-Z]{6}", done.stdout)
    assert "3 күндүк жумуш" in done.stdout


def test_chat_counts_other_money_by_the_rates_it_is_given(
    environment: dict[str, str], tmp_path: Path, here: Callable[..., Done]
) -> None:
    today = dt.datetime.now(dt.UTC).date()
    rates = tmp_path / "daily.xml"
    rate = '<Currency ISOCode="USD"><Nominal>1</Nominal><Value>87,4500</Value></Currency>'
    rates.write_text(f'<CurrencyRates Name="Daily" Date="{today:%d.%m.%Y}">{rate}</CurrencyRates>', "utf-8")
    words = ("chat", str(FLOWS / "suu.campaign.yaml"))
    done = here(environment, *words, "--rates", str(rates), types="2\n1\n100 долларов\n")
    assert "100 долларов (≈ 8 745 сомов)" in done.stdout
    assert "≈" not in here(environment, *words, types="2\n1\n100 долларов\n").stdout
    rates.write_text("<none/>", "utf-8")
    done = here(environment, *words, "--rates", str(rates), types="")
    assert (done.returncode, "--rates" in done.stderr) == (2, True)


def test_reach_says_what_a_file_costs_without_anything_kept(
    environment: dict[str, str], here: Callable[..., Done]
) -> None:
    paid = {**environment, "ASHAR_COST_WHATSAPP_OUT": "0.005 USD"}
    done = ashar(paid, "reach", str(FLOWS / "priorities.yaml"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("s-priorities: ")
    rows = [
        line.split() for line in done.stdout.splitlines() if line.startswith(("telegram", "whatsapp", "sms", "web"))
    ]
    assert [row[1] for row in rows] == ["ky", "ru"] * 4
    assert {" ".join(row[-2:]) for row in rows if row[0] == "whatsapp"} == {"0.055 USD"}
    assert "ASHAR_COST_SMS_OUT" in done.stdout
    assert not Path(environment["ASHAR_VAR"]).exists()
    wrong = here({**environment, "ASHAR_COST_SMS_OUT": "cheap"}, "reach", str(FLOWS / "priorities.yaml"))
    assert wrong.returncode == 2
    assert "ASHAR_COST_SMS_OUT: expected an amount" in wrong.stderr
    assert here(environment, "reach", str(FLOWS / "places.csv")).returncode == 1
    assert here(environment, "reach", str(FLOWS / "none.yaml")).returncode == 2


def test_chat_needs_a_form_that_can_be_played(
    environment: dict[str, str], tmp_path: Path, here: Callable[..., Done]
) -> None:
    assert here(environment, "chat", str(FLOWS / "pledge.yaml")).returncode == 2
    assert here(environment, "chat", str(tmp_path / "none.yaml")).returncode == 1


def test_from_publishing_to_an_export(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("ASHAR_VAR", "ASHAR_PORT"):
        monkeypatch.setenv(name, environment[name])

    def run(*words: str) -> tuple[int, str, str]:
        # In this process: starting nine of them takes longer than all they do.
        code = __main__.main(words)
        return (code, *capsys.readouterr())

    assert "campaign suu: version" in run("publish", str(FLOWS))[1]
    assert "form priorities: as before" in run("publish", str(FLOWS))[1]
    assert run("demo", "--people", "4")[1].startswith("4 made-up residents wrote")
    assert run("tally", "check") == (0, "Tallies, totals, pledges, campaigns and spending equal a recount.\n", "")
    assert run("tally", "rebuild") == (
        0,
        "Recounted; 0 tallies, 0 totals, 0 states of pledges, 0 of campaigns and 0 accounts of what was spent were"
        " mended.\n",
        "",
    )
    code, reached, _ = run("reach", "priorities")
    assert code == 0
    assert "telegram" in reached
    # The made-up residents came by the web chat, and what they took was counted.
    assert "\nweb " in reached.partition("Counted, on average")[2]
    assert "Nobody has finished it yet" in run("reach", "suu")[1]
    assert run("reach", "nothing")[0] == 2
    output = tmp_path / "answers.csv"
    assert run("export", "priorities", "--output", str(output))[0] == 0
    assert output.read_bytes().decode() == run("export", "priorities")[1]
    assert len(output.read_text("utf-8").splitlines()) >= 3
    assert run("export", "priorities", "--output", str(output))[0] == 2
    assert run("export", "nothing", "--output", str(tmp_path / "no.csv"))[0] == 2
    assert not (tmp_path / "no.csv").exists()
    for name in ("a.xlsx", "a.zsav", "a.parquet", "a.jsonl", "a", "a.zip"):
        assert run("export", "priorities", "--output", str(tmp_path / name)) == (0, "", "")
        assert (tmp_path / name).exists()
    for words, remedy in (
        (["--format", "xlsx"], "name a file with --output"),
        (["--format", "flowresults", "--output", str(tmp_path / "b.json")], "let --output end in .zip"),
        (["--output", str(tmp_path / "a.xlsx")], "cannot be written (File exists)"),
        (["--output", str(tmp_path / "none" / "a.csv")], "cannot be written (No such file or directory)"),
    ):
        code, said, complained = run("export", "priorities", *words)
        assert (code, said) == (2, "")
        assert remedy in complained
    assert run("export", "priorities", "--format", "datapackage", "--output", str(tmp_path / "p.zip"))[0] == 0
    book = run("export", "priorities", "--codebook")
    assert "Сиз:,Вы:" in book[1]
    wanted = ["--values", "labels", "--headings", "labels", "--language", "ru", "--paradata", "full"]
    laid_out = run("export", "priorities", *wanted, "--multiple", "split", "--groups", "--group-separator", "-")
    assert "Вы:" in laid_out[1].splitlines()[0]
    assert "age_seconds" in laid_out[1].splitlines()[0]
    # A key that sealed some of it is missing.
    secrets = tmp_path / "var" / "secrets.env"
    kept = secrets.read_text("utf-8")
    secrets.write_text(re.sub(r"(ASHAR_SEAL_KEYS=).*", rf"\g<1>{sealing.new_key()}", kept), "utf-8")
    code, _, said = run("export", "priorities", "--personal", "--output", str(tmp_path / "lost.csv"))
    assert code == 2
    assert said.startswith("ASHAR_SEAL_KEYS: a key is missing")
    assert not (tmp_path / "lost.csv").exists()
    # With another key everybody would be a stranger.
    (tmp_path / "var" / "secrets.env").unlink()
    code, _, said = run("tally", "check")
    assert code == 2
    assert said.startswith("ASHAR_HASH_KEY: ")


def test_a_voice_note_is_listed_played_and_written_down(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    keys = {name: base64.urlsafe_b64encode(letter * 32).decode() for name, letter in KEYS.items()}
    for name, value in (environment | keys).items():
        monkeypatch.setenv(name, value)

    def run(*words: str, types: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(types))
        code = __main__.main(words)
        return (code, *capsys.readouterr())

    assert run("migrate")[0] == 0
    assert run("voices") == (0, "No voice note waits for a transcript.\n", "")
    voice = asyncio.run(_keep_a_voice(tmp_path / "var"))
    title, question, line = run("voices")[1].splitlines()
    assert re.fullmatch(r"1 voice notes wait for a transcript, the oldest for 5\d min\.", title)
    assert question == "sent, story"
    short = line.split()[0]
    assert voice.startswith(short)
    output = tmp_path / "voice.ogg"
    assert run("voices", "play", short, "--output", str(output)) == (0, "", "")
    assert output.read_bytes() == samples.ogg()
    assert output.stat().st_mode & 0o777 == 0o600
    assert run("voices", "play", short, "--output", str(output))[0] == 2
    assert run("voices", "play", "zz", "--output", str(tmp_path / "no"))[::2] == (
        2,
        "there is no voice note zz; `ashar voices` lists them.\n",
    )
    assert run("voices", "write", short, types="\n")[0] == 2
    assert run("voices", "write", short, types="Көпүрө керек\n") == (0, "Written down.\n", "")
    assert run("voices", "write", short, "Жол керек")[1] == "Written down, instead of what stood there.\n"
    assert run("voices")[1] == "No voice note waits for a transcript.\n"
    assert run("voices", "retry")[1] == "0 will be fetched again.\n"


async def _keep_a_voice(folder: Path) -> str:
    """Somebody has sent one to this house an hour ago; its id."""
    clock = talking.Clock()
    clock.now = db.now() - dt.timedelta(hours=1)
    async with sending.opened(f"sqlite:///{folder / 'ashar.sqlite'}", folder, clock=clock) as sent:
        await sent.sends(await sent.begins("skip"), samples.ogg())
        await sent.fetched()
        return str((await sent.rows("id"))[0])


def test_rates_are_taken_listed_and_refused(
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("ASHAR_VAR", "ASHAR_PORT"):
        monkeypatch.setenv(name, environment[name])
    today = quoting.day(db.now())
    file = tmp_path / "daily.xml"

    def run(*words: str) -> tuple[int, str, str]:
        code = __main__.main(("rates", *words))
        return (code, *capsys.readouterr())

    def listed(*codes: str, value: str = "2,5") -> str:
        each = (f'<Currency ISOCode="{code}"><Nominal>1</Nominal><Value>{value}</Value></Currency>' for code in codes)
        text = f'<CurrencyRates Name="Daily" Date="{today:%d.%m.%Y}">{"".join(each)}</CurrencyRates>'
        file.write_text(text, encoding="utf-8")
        return str(file)

    __main__.main(["migrate"])
    capsys.readouterr()
    lack = "No rate of the last 7 days for {}: what is promised in it is not counted in som.\n"
    assert run() == (1, lack.format("RUB, KZT, USD, EUR, TRY, KRW"), "")
    said = f"{today}: 2 rates written down, 0 known before.\n"
    assert run("import", listed("RUB", "USD")) == (0, said + lack.format("KZT, EUR, TRY, KRW"), "")
    assert run("import", listed("RUB", "USD"))[1].startswith(f"{today}: 0 rates written down, 2 known before.\n")
    code, _, refused = run("import", listed("RUB", value="2,6"))
    assert (code, refused) == (1, f"RUB: 2.6 for {today}, and 2.5 is known; --accept replaces it\n")
    assert run("import", str(file), "--accept")[0] == 0
    assert run("import", listed("KZT", "EUR", "TRY", "KRW"))[0] == 0
    code, table, _ = run()
    assert (code, table.splitlines()[3]) == (0, f"RUB           2.6  {today}      today")

    file.write_text("<html>", encoding="utf-8")
    assert run("import", str(file)) == (1, "", "Nothing was taken:\n  it is not XML from beginning to end\n")
    wrong = (2, "", f"{tmp_path / 'none.xml'} cannot be read (No such file or directory)\n")
    assert run("import", str(tmp_path / "none.xml")) == wrong
    assert run("import", "http://bank.example/daily.xml")[0] == 1


def test_serve_says_where_to_go_and_ends_when_told(environment: dict[str, str], tmp_path: Path) -> None:
    site = f"http://127.0.0.1:{environment['ASHAR_PORT']}"
    log = tmp_path / "errors"
    with log.open("w", encoding="utf-8") as written:
        server = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=ROOT,
            # A platform that nobody answers for stops nothing.
            env={
                **environment,
                "TELEGRAM_BOT_TOKEN": "1000:stand-in-token",
                "ASHAR_TELEGRAM_API": "http://127.0.0.1:1",
            },
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        )
    try:
        assert _answers(f"{site}/api/health", server)
        _says(log, "Telegram does not answer")
        second = ashar(environment, "serve")
        assert second.returncode == 2
        assert "cannot listen" in second.stderr
    finally:
        server.send_signal(signal.SIGINT)
        output, _ = server.communicate(timeout=60)
        errors = log.read_text("utf-8")
    assert server.returncode == 0
    for place in (f"{site}/chat", f"{site}/results", f"{site}/docs", "Telegram (polling)", "secrets.env"):
        assert place in output
    assert "stand-in-token" not in output + errors
    assert "Traceback" not in errors


def _says(log: Path, words: str) -> None:
    until = time.monotonic() + 60
    while words not in log.read_text("utf-8"):
        assert time.monotonic() < until, log.read_text("utf-8")
        time.sleep(0.05)


def _answers(url: str, server: subprocess.Popen[str]) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own server on this machine
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.05)
    return False
