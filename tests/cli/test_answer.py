import csv
import subprocess
import sys
from pathlib import Path

import pytest
from embedding_bench.cli.estimate import Size, estimate_seconds, in_words

from embedding_bench.cli.answer import answer, entry_name
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.opening import propose
from embedding_bench.settings.complete import load_settings, parse_settings
from embedding_bench.settings.datasets import TableDataset
from tests.conftest import ROOT

PARAMS = (ROOT / "params.yaml").read_text()
TEXTS = [
    ("ham", "see you at noon"),
    ("ham", "the meeting is moved to monday"),
    ("spam", "win a prize"),
    ("", "who knows"),
]
ROWS = [(label, f"{text} {number}") for number in range(20) for label, text in TEXTS]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with params.yaml and a table, as a project's root."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("embedding_bench.cli.answer.committed", lambda: PARAMS)
    Path("params.yaml").write_text(PARAMS)
    write("mails.csv", ROWS)
    return tmp_path


def write(name: str, rows: list[tuple[str, str]]) -> None:
    with Path(name).open("w", newline="") as file:
        csv.writer(file).writerows([("kind", "mail"), *rows])


def look(capsys, data: str = "mails.csv", write: bool = False) -> str:
    answer(Path(data), propose(Path(data), [], None), write, dry=True)
    return capsys.readouterr().out


def test_a_dry_look_says_what_was_found_and_changes_nothing(folder, capsys):
    said = look(capsys)
    assert "mails.csv: 43 train, 5 validation, 12 test, 20 unlabeled" in said
    assert "text in mail, label in kind" in said
    assert "20 rows of train without a label are unlabeled" in said
    assert "test has 12 texts only: too few to tell variants apart" in said
    assert "2 classes: ham 40, spam 20" in said
    assert "words in a text: 5 in the middle, 4 to 7 in nine of ten" in said
    assert "  mails:\n    source: table\n    text: [mail]\n    label: kind\n" in said
    assert "8 variants x 5 replicates and 4 baselines: about " in said
    assert Path("params.yaml").read_text() == PARAMS


def test_write_adds_an_entry_and_selects_it_once(folder, capsys):
    for _ in range(2):
        assert "written to params.yaml" in look(capsys, write=True)
    found = load_settings()
    assert (found.dataset, found.input) == ("mails", "mails.csv")
    assert found.datasets["mails"] == TableDataset(source="table", text=["mail"], label="kind", deduplicate=True)
    assert "mails_2" not in found.datasets
    assert {line for line in PARAMS.splitlines() if line.startswith((" ", "#"))} <= set(
        Path("params.yaml").read_text().splitlines()
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS[:2], r"data\.csv: column 'kind': found one class, 'ham'; a classifier needs two or more"),
        ([("a", ""), ("b", " ")], r"data\.csv: column 'mail': all texts of train are empty"),
        ([("a", "one"), ("b", "two")], r"column 'kind': no class has two texts to share between train and test"),
    ],
)
def test_what_download_would_refuse_is_refused_before_anything_is_written(folder, rows, message):
    write("data.csv", rows)
    with pytest.raises(UserError, match=message):
        answer(Path("data.csv"), propose(Path("data.csv"), ["mail"], "kind"), write=True, dry=True)
    assert Path("params.yaml").read_text() == PARAMS


def test_an_entry_never_takes_the_name_of_another():
    found, dataset = parse_settings(PARAMS), TableDataset(source="table")
    assert entry_name(Path("/a/My reviews (1).csv.gz"), dataset, found) == "my_reviews_1"
    assert entry_name(Path("sample.csv"), dataset, found) == "sample_2"
    assert entry_name(Path("\u6771.csv"), dataset, found) == "own"
    assert entry_name(Path("/mails/2020/train.csv"), dataset, found) == "2020_train"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\u6771\u4eac \u682a\u5f0f\u5e02\u5834\u304c\u6025\u843d {}", "characters"),  # a Japanese headline
        ("\u4e2d\u56fd\u7ecf\u6d4e\u589e\u957f {}", "characters"),
        ("\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22 \u0e04\u0e33 {}", "characters"),
        ("GET https://example.org/a/very/long/path/without/any/space/at/all/{}", "words"),
        ("\ud55c\uad6d\uc5b4\ub294 \ub744\uc5b4\uc4f4\ub2e4 {}", "words"),  # Korean puts spaces
        ("a word or two, \u6771\u4eac {}", "words"),
    ],
)
def test_scripts_without_spaces_are_read_by_characters(folder, capsys, text, kind):
    write("news.csv", [(f"{n % 2}", text.format(n)) for n in range(30)])
    assert ("characters are the tokens" in look(capsys, "news.csv", write=True)) == (kind == "characters")
    assert load_settings().run.vectorizers == [kind]
    assert ("tfidf-characters" in load_settings().run.baselines) == (kind == "characters")


def test_classes_of_very_different_size_are_pointed_out(folder, capsys):
    assert "macro-F1" not in look(capsys)
    write("rare.csv", [row for row in ROWS if row[0] == "ham"] + ROWS[2:3] + ROWS[6:7])
    assert "read macro-F1 beside accuracy" in look(capsys, "rare.csv")


@pytest.mark.parametrize("arguments", [[""], ["nowhere.csv"], ["pyproject.toml"], ["embedding_bench.cli"]])
def test_what_is_no_data_is_said_in_one_line(arguments):
    command = [sys.executable, "-m", "embedding_bench.cli.answer", *arguments, "--dry"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_column_that_is_not_there_names_the_nearest(folder):
    with pytest.raises(UserError, match=r"mails\.csv: no column 'mial'; did you mean 'mail'\?"):
        propose(Path("mails.csv"), ["mial"], None)


def test_more_of_anything_takes_longer():
    found = parse_settings(PARAMS)
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
