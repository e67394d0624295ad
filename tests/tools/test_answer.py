import csv
import subprocess
import sys
from pathlib import Path

import pytest

from stages.core import settings
from stages.core.errors import UserError
from stages.core.settings import TableDataset
from tests.conftest import ROOT
from tools.answer import answer, entry_name
from tools.estimate import Size, estimate_seconds, in_words

PARAMS = (ROOT / "params.yaml").read_text()
ROWS = [
    ("ham", "see you at noon"),
    ("ham", "the meeting is moved to monday"),
    ("spam", "win a prize"),
    ("", "who knows"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with params.yaml and a table, as a project's root."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tools.answer.committed", lambda: PARAMS)
    Path("params.yaml").write_text(PARAMS)
    write("mails.csv", ROWS * 10)
    return tmp_path


def write(name: str, rows: list[tuple[str, str]]) -> None:
    with Path(name).open("w", newline="") as file:
        csv.writer(file).writerows([("kind", "mail"), *rows])


def look(capsys, data: str = "mails.csv", write: bool = False) -> str:
    answer(Path(data), [], None, write, dry=True)
    return capsys.readouterr().out


def test_a_dry_look_says_what_was_found_and_changes_nothing(folder, capsys):
    said = look(capsys)
    assert "mails.csv: 40 texts" in said
    assert "text in mail, label in kind" in said
    assert "2 classes: ham 20, spam 10" in said
    assert "10 texts without a label" in said
    assert "words in a text: 2 to 6 (5th to 95th percentile)" in said
    assert "mails: {source: table, splits: {}" in said
    assert "8 variants x 5 replicates and 4 baselines: about " in said
    assert Path("params.yaml").read_text() == PARAMS


def test_write_adds_an_entry_and_selects_it_once(folder, capsys):
    for _ in range(2):
        assert "written to params.yaml" in look(capsys, write=True)
    found = settings.load()
    assert (found.dataset, found.input) == ("mails", "mails.csv")
    assert found.datasets["mails"] == TableDataset(source="table", text=["mail"], label="kind", deduplicate=True)
    assert "mails_2" not in found.datasets
    assert {line for line in PARAMS.splitlines() if line.startswith((" ", "#"))} <= set(
        Path("params.yaml").read_text().splitlines()
    )


def test_an_entry_never_takes_the_name_of_another():
    found, dataset = settings.parse(PARAMS), TableDataset(source="table")
    assert entry_name(Path("/a/My reviews (1).csv.gz"), dataset, found) == "my_reviews_1"
    assert entry_name(Path("sample.csv"), dataset, found) == "sample_2"
    assert entry_name(Path("\u6771.csv"), dataset, found) == "own"


def test_a_language_without_spaces_is_read_by_characters(folder, capsys):
    write(
        "news.csv",
        [
            (
                f"{n % 2}",
                f"\u6771\u4eac\u90fd\u306e\u5929\u6c17\u306f\u6674\u308c\u3067\u3059\u3002{n}\u660e\u65e5\u306f\u96e8\u304c\u964d\u308a\u307e\u3059\u3002",
            )
            for n in range(30)
        ],
    )
    said = look(capsys, "news.csv", write=True)
    assert "characters are the tokens" in said
    assert settings.load().run.vectorizers == ["characters"]
    assert settings.load().run.baselines == ["majority", "tfidf-characters"]


def test_classes_of_very_different_size_are_pointed_out(folder, capsys):
    assert "macro-F1" not in look(capsys)
    write("rare.csv", [ROWS[0]] * 40 + [ROWS[2]] * 2)
    assert "read macro-F1 beside accuracy" in look(capsys, "rare.csv")


@pytest.mark.parametrize("arguments", [[""], ["nowhere.csv"], ["pyproject.toml"], ["tools"]])
def test_what_is_no_data_is_said_in_one_line(arguments):
    command = [sys.executable, "-m", "tools.answer", *arguments, "--dry"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_column_that_is_not_there_names_the_nearest(folder):
    with pytest.raises(UserError, match=r"mails\.csv: no column 'mial'; did you mean 'mail'\?"):
        answer(Path("mails.csv"), ["mial"], None, write=False, dry=True)


def test_more_of_anything_takes_longer():
    found = settings.parse(PARAMS)
    low, high = estimate_seconds(found, Size(2000, 20_000, 25))
    assert low < high
    for size in (Size(4000, 20_000, 25), Size(2000, 40_000, 25), Size(2000, 20_000, 50)):
        assert estimate_seconds(found, size)[0] > low
    fewer = found.model_copy(update={"training": found.training.model_copy(update={"replicates": 2})})
    assert estimate_seconds(fewer, Size(2000, 20_000, 25))[1] < high


@pytest.mark.parametrize(
    ("seconds", "words"),
    [((20, 50), "about 1 minute"), ((110, 290), "about 2 to 5 minutes"), ((3600, 9000), "about 1.0 to 2.5 hours")],
)
def test_a_range_of_time_in_words(seconds, words):
    assert in_words(seconds) == words
