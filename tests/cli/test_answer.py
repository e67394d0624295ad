import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from embedding_bench.cli.answer import propose_changes
from embedding_bench.core.errors import UserError
from embedding_bench.corpus.opening import propose
from embedding_bench.project import commands
from embedding_bench.project.proposal import describe, inspect
from embedding_bench.project.running import HERE
from embedding_bench.project.template import create_project
from embedding_bench.settings.complete import load_settings, parse_settings
from embedding_bench.settings.datasets import TableDataset
from tests.conftest import ROOT

AS_IT_STANDS = ("--minutes", "0")
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
    """A project with a table."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("embedding_bench.project.experiment.committed_params", lambda: PARAMS)
    Path("params.yaml").write_text(PARAMS)
    Path("dvc.yaml").touch()
    write("mails.csv", ROWS)
    return tmp_path


def write(name: str, rows: list[tuple[str, str]]) -> None:
    with Path(name).open("w", newline="") as file:
        csv.writer(file).writerows([("kind", "mail"), *rows])


def look(capsys, data: str = "mails.csv") -> str:
    dataset, path = propose(Path(data), [], None), Path(data)
    with tempfile.TemporaryDirectory() as scratch:
        inspection = inspect(dataset, path, Path(scratch) / "corpus")
        print("\n".join(describe(path, dataset, inspection)))
        propose_changes(path, dataset, inspection, False, 0, HERE)
    return capsys.readouterr().out


def test_a_dry_look_says_what_was_found_and_changes_nothing(folder, capsys):
    output = look(capsys)
    assert "mails.csv: 43 train, 5 validation, 12 test, 20 unlabeled" in output
    assert "text in mail, label in kind" in output
    assert "20 rows of train without a label are unlabeled" in output
    assert "test has 12 texts only: too few to tell variants apart" in output
    assert "2 classes: ham 40, spam 20" in output
    assert "words in a text: median 5, 4 to 7 in nine of ten" in output
    assert "  mails:\n    source: table\n    text: [mail]\n    label: kind\n" in output
    assert "12 variants x 3 replicates and 6 baselines\n" in output
    assert Path("params.yaml").read_text() == PARAMS


def test_write_adds_an_entry_and_selects_it_once(folder, run):
    for _ in range(2):
        assert "written to params.yaml" in run("answer", "mails.csv", "--dry", "--write", *AS_IT_STANDS)
    settings = load_settings()
    assert (settings.dataset, settings.input) == ("mails", "mails.csv")
    assert settings.datasets["mails"] == TableDataset(source="table", text=["mail"], label="kind", deduplicate=True)
    assert "mails_2" not in settings.datasets
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
def test_what_download_would_refuse_is_refused_before_anything_is_written(folder, run, rows, message):
    write("data.csv", rows)
    with pytest.raises(UserError, match=message):
        run("answer", "data.csv", "--text", "mail", "--label", "kind", "--write", "--dry")
    assert Path("params.yaml").read_text() == PARAMS


def test_data_that_are_refused_leave_no_project(outside, run):
    write("few.csv", [("a", "one"), ("b", "two")])
    with pytest.raises(UserError, match=r"^few\.csv: column 'kind': no class has two texts"):
        run("answer", "few.csv")
    assert not list(outside.glob("*-bench"))


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
def test_scripts_without_spaces_are_read_by_characters(folder, run, text, kind):
    write("news.csv", [(f"{n % 2}", text.format(n)) for n in range(30)])
    output = run("answer", "news.csv", "--dry", "--write", *AS_IT_STANDS)
    assert ("characters are the tokens" in output) == (kind == "characters")
    assert load_settings().run.vectorizers == [kind]
    assert ("tfidf-characters" in load_settings().run.baselines) == (kind == "characters")


def test_classes_of_very_different_size_are_pointed_out(folder, capsys):
    assert "macro-F1" not in look(capsys)
    write("rare.csv", [row for row in ROWS if row[0] == "ham"] + ROWS[2:3] + ROWS[6:7])
    assert "read macro-F1 beside accuracy" in look(capsys, "rare.csv")


@pytest.mark.parametrize("data", ["nowhere.csv", "pyproject.toml", "embedding_bench/cli"])
def test_what_is_no_data_is_said_in_one_line(data):
    command = [sys.executable, "-m", "embedding_bench.cli.main", "answer", data, "--dry"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


def test_an_empty_name_is_no_data(run):
    with pytest.raises(UserError, match=r"no data named; call: embedding-bench answer DATA\.csv"):
        run("answer", "")


def test_a_column_that_is_not_there_names_the_nearest(folder):
    with pytest.raises(UserError, match=r"mails\.csv: no column 'mial'; did you mean 'mail'\?"):
        propose(Path("mails.csv"), ["mial"], None)


def test_without_write_the_proposal_starts_from_the_committed_settings(folder, run):
    Path("params.yaml").write_text(PARAMS.replace("replicates: 3", "replicates: 2"))
    assert "12 variants x 3 replicates" in run("answer", "mails.csv", "--dry", *AS_IT_STANDS)
    assert "12 variants x 2 replicates" in run("answer", "mails.csv", "--dry", "--write", *AS_IT_STANDS)


# --- outside a project ------------------------------------------------------------------------------------------------


@pytest.fixture
def outside(tmp_path, monkeypatch) -> Path:
    """A folder with a table and no project."""
    monkeypatch.chdir(tmp_path)
    write("My mails.csv", ROWS)
    return tmp_path


@pytest.fixture
def started(monkeypatch) -> list[dict[str, str]]:
    """Stop every run of DVC at its start; collects the folder and params.yaml of each."""
    runs, real = [], commands.run

    def run(*command: str, check: bool = True) -> int:
        if command[0] != "dvc":
            return real(*command, check=check)
        runs.append({"folder": str(Path.cwd()), "params": Path("params.yaml").read_text()})
        return 1

    monkeypatch.setattr(commands, "run", run)
    monkeypatch.setattr("embedding_bench.project.running.read_graph", lambda: None)
    return runs


def test_a_dry_look_outside_a_project_creates_nothing(outside, run):
    assert "12 variants x 3 replicates and 6 baselines" in run("answer", "My mails.csv", "--dry", *AS_IT_STANDS)
    assert [path.name for path in outside.iterdir()] == ["My mails.csv"]


def test_a_dry_look_outside_a_project_has_no_settings_to_write(outside, run):
    with pytest.raises(UserError, match="--write: this folder holds no project"):
        run("answer", "My mails.csv", "--dry", "--write")
    assert [path.name for path in outside.iterdir()] == ["My mails.csv"]


def test_an_answer_outside_a_project_creates_one_beside_the_data(outside, run, started, monkeypatch):
    project = outside / "My mails-bench"
    with pytest.raises(UserError, match="the experiment stopped, see above"):
        run("answer", "My mails.csv", *AS_IT_STANDS)
    settings = parse_settings(started[0]["params"])
    assert started[0]["folder"] == str(Path.cwd()) == str(project)
    assert (settings.dataset, settings.input) == ("my_mails", "../My mails.csv")
    assert (project / "params.yaml").read_text() == started[0]["params"]
    assert sorted(path.name for path in outside.iterdir()) == ["My mails-bench", "My mails.csv"]


def test_a_project_beside_the_data_is_used_again(outside, run, started, monkeypatch):
    for _ in range(2):
        monkeypatch.chdir(outside)
        with pytest.raises(UserError, match="the experiment stopped"):
            run("answer", "My mails.csv", *AS_IT_STANDS)
        (outside / "My mails-bench" / "kept.txt").touch()
    assert [one["folder"] for one in started] == [str(outside / "My mails-bench")] * 2
    assert (outside / "My mails-bench" / "kept.txt").exists()
    assert "my_mails_2" not in parse_settings(started[1]["params"]).datasets


def test_settings_are_written_before_the_run(folder, run, started):
    with pytest.raises(UserError, match="the experiment stopped"):
        run("answer", "mails.csv", "--write", *AS_IT_STANDS)
    assert parse_settings(started[0]["params"]).dataset == "mails"
    assert Path("params.yaml").read_text() == started[0]["params"]


def test_a_stopped_run_without_write_leaves_the_settings(folder, run, started):
    with pytest.raises(UserError, match="the experiment stopped"):
        run("answer", "mails.csv", *AS_IT_STANDS)
    assert parse_settings(started[0]["params"]).dataset == "mails"
    assert Path("params.yaml").read_text() == PARAMS


def test_a_link_to_the_data_has_its_project_beside_the_link(outside, run, started):
    (outside / "share").mkdir()
    Path("My mails.csv").rename("share/data.csv")
    Path("link.csv").symlink_to("share/data.csv")
    with pytest.raises(UserError, match="the experiment stopped"):
        run("answer", "link.csv")
    assert started[0]["folder"] == str(outside / "link-bench")


def test_data_in_a_project_are_answered_from_there(outside, run):
    create_project(outside / "mine")
    Path("My mails.csv").rename("mine/data.csv")
    with pytest.raises(UserError, match=r"lies in the project .*mine; run from there: cd .*mine"):
        run("answer", "mine/data.csv")


def test_a_project_of_other_data_is_not_taken(outside, run, started, monkeypatch):
    with pytest.raises(UserError, match="the experiment stopped"):
        run("answer", "My mails.csv", *AS_IT_STANDS)
    monkeypatch.chdir(outside)
    Path("My mails.csv").rename("My mails.tsv")
    Path("My mails.tsv").write_text(Path("My mails.tsv").read_text().replace(",", "\t"))
    with pytest.raises(UserError, match=r"is the project of \.\./My mails\.csv; create another"):
        run("answer", "My mails.tsv")


def test_a_run_is_planned_and_the_plan_written(folder, run):
    output = run("answer", "mails.csv", "--dry", "--write", "--minutes", "3", "--jobs", "1")
    assert "plan for 3 minutes (--minutes) on 1 core, by the speeds of this machine on these texts: about " in output
    assert "  left out: " in output
    settings = load_settings()
    assert "ngrams" in settings.run.encoders
    assert len(settings.variants) < 12
    assert settings.run.baselines == parse_settings(PARAMS).run.baselines


def test_a_plan_is_the_same_when_the_run_goes_on(folder, run):
    """The speeds that were measured are kept: a machine that is busier now plans nothing else."""
    Path(".dvc").mkdir()
    first = run("answer", "mails.csv", "--dry")
    (kept,) = Path(".dvc/tmp").glob("speeds-*.json")
    values = json.loads(kept.read_text())
    assert set(values["encoders"]) == {"mean", "ngrams", "cnn", "bilstm"}
    assert all(seconds > 0 for seconds in [*values["encoders"].values(), values["word2vec"]])
    assert run("answer", "mails.csv", "--dry") == first
    kept.write_text(json.dumps({**values, "encoders": dict.fromkeys(values["encoders"], 0.5)}))
    assert run("answer", "mails.csv", "--dry") != first


def test_a_plan_does_not_start_from_an_earlier_one(folder, run):
    """With more time there is more again; with the same time, the settings of a run that goes on are the same."""
    Path(".dvc").mkdir()
    written = []
    for minutes in ("3", "600", "3"):
        run("answer", "mails.csv", "--dry", "--write", "--minutes", minutes, "--jobs", "1")
        written.append(load_settings())
    less, more, again = written
    assert len(less.variants) < len(more.variants) == 12
    assert more.encoders["cnn"].max_tokens == 400
    assert again.run == less.run
    assert again.training == less.training
