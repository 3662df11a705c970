"""Files as they come: YAML, CSV and folders of them; what cannot be read is told with its place, never raised."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.engine import phrases
from bot.services import loading
from tests.services import workbooks

FLOWS = Path(__file__).resolve().parents[2] / "flows"


def told(source: loading.Source) -> list[str]:
    return [str(fault) for fault in source.faults()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to read"),
        ("- a list", "nothing to read"),
        ("survey: [", "no YAML"),
        ("settings: 2027-02-30", "no YAML"),
        ("survey:\n  - {name: a, name: b}", "stands twice"),
        ("survey: &a [*a]", "an alias (*) stands within"),
        ("\n".join(["z0: &z0 x"] + [f"z{n}: &z{n} [{','.join([f'*z{n - 1}'] * 9)}]" for n in range(1, 9)]), "too much"),
    ],
)
def test_what_is_hardly_yaml(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "form.yaml"
    file.write_text(text)
    assert said in "\n".join(told(loading.load(file)))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff")
    (tmp_path / "form.ods").write_bytes(b"PK")
    (tmp_path / "long.yaml").write_bytes(b"#" * 5_000_001)
    (tmp_path / "folder.yaml").mkdir()
    said = {
        file.name: phrases.english(problem.what)
        for file in (tmp_path / "none.xlsx", *tmp_path.iterdir())
        for problem in loading.load(file).problems
    }
    assert said == {
        "none.xlsx": "There is no such file.",
        "latin.yaml": "Byte 4 is no UTF-8.",
        "form.ods": "Files of type “.ods” cannot be read.",
        "long.yaml": "The file is longer than 5,000,000 bytes.",
        "folder.yaml": "The file cannot be read: Is a directory.",
    }


def test_rows_of_yaml_have_the_line_they_begin_in(tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    file.write_text("settings: {form_id: a}\n\nsurvey:\n  - type: text\n    name: a\n\n  - {type: note}\n")
    source = loading.load(file)
    assert [row["__row__"] for row in source.data["survey"]] == [4, 7]
    assert source.lines == {"settings": 1, "survey": 3}


def test_a_key_that_stands_twice_hides_no_other_mistake(tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    file.write_text("survey:\n  - {name: a, name: b}\n")
    assert loading.load(file).data == {"survey": [{"name": "b", "__row__": 2}]}


def test_a_folder_stands_for_its_forms_without_what_an_open_spreadsheet_leaves_there(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.xlsx", "c.XLS", "~$a.xlsx", ".hidden.yaml", "places.csv", "README.md"):
        (tmp_path / name).touch()
    one = tmp_path / "b.yaml"
    assert [file.name for file in loading.files([one, tmp_path])] == ["b.yaml", "a.xlsx", "c.XLS"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_as_spreadsheet_programs_save_it(tmp_path: Path, separator: str) -> None:
    file = tmp_path / "places.csv"
    lines = ["name,label,label,", '"n1","Ош, шаары",Ош,', "", "n2,Жалал-Абад,,"]
    quoted = [line.replace('"Ош, шаары"', "\0").replace(",", separator).replace("\0", '"Ош, шаары"') for line in lines]
    file.write_text("\n".join(quoted), "utf-8-sig")
    assert loading.read_list(file) == (
        [
            {"name": "n1", "label": "Ош, шаары", "label #2": "Ош", "__row__": 2},
            {"name": "n2", "label": "Жалал-Абад", "label #2": "", "__row__": 4},
        ],
        [],
    )


def test_a_list_with_a_loose_comma_or_a_loose_quote(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text('name,label\nn1,Ош, шаары\nn2,"Ош"x\n', "utf-8")
    found = [(problem.row, phrases.english(problem.what)) for problem in loading.read_list(file)[1]]
    assert [row for row, _ in found] == [2, 3]
    assert found[0][1] == "The row has more cells than there are headings."
    assert found[1][1].startswith("This is no CSV: ")


def test_a_list_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    assert loading.read_list(tmp_path / "empty.csv") == ([], [])


def test_what_stands_beside_a_form_does_not_lead_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "secret.csv").touch()
    shutil.copy(FLOWS / "places.csv", tmp_path / "forms")
    form = workbooks.xlsx(tmp_path / "forms" / "form.xlsx", {"survey": [["type"]]})
    source = loading.load(form)
    assert source.beside("places.csv") == tmp_path / "forms" / "places.csv"
    assert source.beside("../secret.csv") is None
    assert source.beside("none.csv") is None
