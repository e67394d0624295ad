"""The real DAG, run by the real DVC."""

import json

import mlflow
import pytest
from ruamel.yaml import YAML

from tests.pipeline.conftest import Project, copy_project, ran

OPENINGS = ("Use ", "No embedding beats ")
HASHED = ("dvc.lock", "metrics/*", "mlflow/published.json")


def runs_of(project: Project) -> list[str]:
    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    experiment = client.get_experiment_by_name("sample")
    names = sorted(run.info.run_name for run in client.search_runs([experiment.experiment_id]))
    return [name for name in names if name != "report"]


def test_every_artifact_is_there(finished):
    board = json.loads((finished.root / "metrics/leaderboard.json").read_text())
    names = [row["variant"] for row in board["rows"]]
    assert len(names) == 4
    assert sum(row["selected"] for row in board["rows"]) == 1
    for row in board["rows"]:
        if row["encoder"]:
            assert (finished.root / f"data/projector/tsv/{row['variant']}/vectors.tsv").exists()
            assert (
                f'tensor_name: "{row["variant"]}"'
                in (finished.root / "data/projector/projector_config.pbtxt").read_text()
            )
    coverage = json.loads((finished.root / "metrics/coverage.json").read_text())
    assert [row["embedding"] for row in coverage["rows"]] == ["words-random", "words-word2vec"]
    timed = [json.loads(path.read_text())["stage"] for path in (finished.root / "timings").iterdir()]
    assert sum(stage.startswith("train@") for stage in timed) == 2
    assert len(runs_of(finished)) == 4 + 2 * 2 + 2 * 2  # rows, replicates, and fresh replicates of both variants
    page = (finished.root / "reports/index.html").read_text()
    assert board["dataset"] in page
    assert json.loads((finished.root / "metrics/leaderboard.json").read_text())["learning"]


def test_the_selected_row_is_measured_and_exported_with_fresh_seeds(finished):
    board = json.loads((finished.root / "metrics/leaderboard.json").read_text())
    (selected,) = (row for row in board["rows"] if row["selected"])
    folders = {kind: finished.root / f"data/{kind}/{selected['variant']}" for kind in ("scores", "confirmed/scores")}
    scores = {kind: json.loads((folder / "scores.json").read_text()) for kind, folder in folders.items()}
    seeds = {kind: {replicate["seed"] for replicate in each["replicates"]} for kind, each in scores.items()}
    assert seeds["scores"].isdisjoint(seeds["confirmed/scores"])
    means = {k: sum(r["test"]["accuracy"] for r in each["replicates"]) / 2 for k, each in scores.items()}
    assert selected["accuracy"]["mean"] == pytest.approx(means["confirmed/scores"], abs=1e-5)
    assert selected["as_selected"]["mean"] == pytest.approx(means["scores"], abs=1e-5)
    exported = json.loads((finished.root / "data/export/settings.json").read_text())
    assert exported["variant"] == selected["variant"]
    assert set(exported["seeds"]) <= seeds["confirmed/scores"]


def test_a_second_repro_runs_nothing(finished):
    assert finished.repro() == []


def test_two_clones_give_the_same_bytes_one_after_the_other_and_side_by_side(finished, tmp_path):
    other = copy_project(tmp_path / "other")
    shown = other.run("embedding-bench", "repro", "--jobs", "3").stdout
    assert len(ran(shown)) == len(set(ran(shown))) > 10
    ours, theirs = finished.bytes_of(*HASHED), other.bytes_of(*HASHED)
    assert ours.keys() == theirs.keys()
    # A new dvc.lock has the order in which stages ended; one that is there keeps its own.
    locks = [YAML(typ="safe").load(files.pop("dvc.lock")) for files in (ours, theirs)]
    assert locks[0] == locks[1]
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_a_change_runs_what_it_touches_and_the_way_back_is_cached(finished):
    before = finished.bytes_of(*HASHED)
    finished.set({"vectors.word2vec.window": 2})
    assert set(finished.repro()) == {
        "check",
        *(f"{stage}@words-word2vec" for stage in ("vectors", "embed")),
        *(f"{stage}@words-word2vec-finetuned-mean" for stage in ("search", "train")),
        "projector",
        "intrinsic",
        "select",
        "confirm",
        "compare",
        "export",
        "report",
        "track",
    }
    created = len(runs_of(finished))
    finished.run("git", "restore", ".")
    assert finished.repro() == ["track"]
    assert finished.bytes_of(*HASHED) == before
    assert len(runs_of(finished)) == created


def test_a_dropped_axis_value_leaves_the_leaderboard(finished):
    done = finished.run("dvc", "exp", "run", "-S", "run.vectors=[random]", "-S", "run.baselines=[majority]")
    assert not any(stage.startswith(("train@", "vector")) for stage in ran(done.stdout))
    summary = json.loads((finished.root / "metrics/summary.json").read_text())
    assert set(summary) == {"words-random-finetuned-mean", "majority"}
    shown = finished.run("dvc", "metrics", "diff", "HEAD").stdout
    assert "words-word2vec-finetuned-mean.accuracy" in shown
    finished.run("git", "restore", "params.yaml", "dvc.lock", "metrics")
    finished.run("dvc", "checkout")


def test_plots_show_curves_and_confusions(finished):
    finished.run("dvc", "plots", "show", "--out", "plots")
    page = (finished.root / "plots/index.html").read_text()
    assert "words-word2vec-finetuned-mean" in page
    assert "Confusion on the test split" in page
    for file, figure in (("curves", "val_accuracy"), ("learning", "labels")):
        assert figure in finished.run("dvc", "plots", "show", f"metrics/{file}.tsv", "--json").stdout


def test_the_table_of_metrics_stays_readable(finished):
    shown = finished.run("dvc", "metrics", "show", "--json").stdout
    names = set(next(iter(json.loads(shown).values()))["data"])
    files = ("leaderboard", "summary", "coverage", "intrinsic", "analysis", "search")
    assert names == {f"metrics/{name}.json" for name in files}
    header = finished.run("dvc", "metrics", "show", "--md").stdout.splitlines()[0].split("|")
    assert len([cell for cell in header if cell.strip()]) <= 1 + 2 * 4 + 9


def test_an_edit_of_code_runs_the_stages_that_import_it_and_no_others(finished):
    path = finished.root / "embedding_bench/reporting/charts/learning.py"
    path.write_text(f"{path.read_text()}\n# edited\n")
    assert set(ran(finished.run("embedding-bench", "repro").stdout)) == {"code", "report", "track"}
    finished.run("git", "restore", ".")
    assert set(finished.repro()) <= {"track"}


def test_projector_of_every_variant_is_listed_with_paths_below_the_config(finished):
    config = (finished.root / "data/projector/projector_config.pbtxt").read_text()
    paths = [line.split('"')[1] for line in config.splitlines() if "_path" in line]
    assert len(paths) == 2 * 2
    assert all((finished.root / "data/projector" / path).is_file() for path in paths)


def test_the_leaderboard_and_its_sentence_are_shown(finished):
    shown = finished.run("embedding-bench", "leaderboard").stdout
    assert shown.count("\n->") == 1
    assert any(opening in shown for opening in OPENINGS)
    assert "embedding-bench ui" in shown


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"run.encoders": ["mean", "blstm"]}, "run.encoders: 'blstm' is not in the catalogue"),
        ({"training.replicates": 0}, "training.replicates: found 0"),
    ],
)
def test_wrong_params_stop_the_run_before_anything_else(finished, values, message):
    finished.set(values)
    checked = finished.run("embedding-bench", "check", check=False)
    assert checked.returncode == 2
    assert message in checked.stderr
    assert "Traceback" not in checked.stderr
    assert len(checked.stderr.strip().splitlines()) == 1
    finished.run("git", "restore", ".")
