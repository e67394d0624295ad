"""Texts of one's own: from a file or a folder, through the whole DAG, to an answer over HTTP."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from embedding_bench.corpus.sample import generator
from embedding_bench.settings.complete import load_settings
from tests.conftest import ROOT
from tests.pipeline.conftest import Project, copy_project
from tests.serving.server import served

SMALL = {
    "run.vectors": ["random"],
    "run.encoders": ["mean"],
    "run.baselines": ["majority"],
    "encoders.mean.epochs": 12,
}
OPENINGS = ("Use ", "No embedding beats ")

Rows = list[tuple[str, str]]


def raw_rows(split: str, count: int) -> Rows:
    """Texts as they come from the web: entities, tags, decomposed accents."""
    dataset = load_settings(ROOT / "params.yaml").datasets["sample"].model_copy(update={split: count})
    rows = []
    for batch in generator.generate(split, dataset):
        for text, label in zip(batch["text"].to_pylist(), batch["label"].to_pylist(), strict=True):
            raw = text.replace(" and ", " &amp; ").replace(" in ", "<br />in the cafe\u0301 ")
            rows.append((raw, generator.LABELS[label]))
    return rows


TRAIN, TEST = raw_rows("train", 200), raw_rows("test", 60)


def write_folder(place: Path) -> Path:
    """Write a file for each text, by split and class."""
    for split, rows in (("train", TRAIN), ("test", TEST)):
        for number, (text, label) in enumerate(rows):
            path = place / "news" / split / label / f"{number:04}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return place / "news"


def write_splits(folder: Path, suffix: str, line: Callable[[str, str], str]) -> Path:
    """Write a file for each split, with a line for each text."""
    folder.mkdir()
    for split, rows in (("train", TRAIN), ("test", TEST)):
        (folder / f"{split}{suffix}").write_text("".join(f"{line(text, label)}\n" for text, label in rows))
    return folder


def write_jsonl(place: Path) -> Path:
    """Write objects."""
    return write_splits(place / "notes", ".jsonl", lambda text, label: json.dumps({"text": text, "label": label}))


def write_tsv(place: Path) -> Path:
    """Write a table without a header, as SST-2 has it."""
    return write_splits(place / "films", ".tsv", lambda text, label: f"{text}\t{label}")


def write_fasttext(place: Path) -> Path:
    """Write lines for fastText."""
    return write_splits(place / "lines", ".txt", lambda text, label: f"__label__{label.replace(' ', '-')} {text}")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    found = copy_project(tmp_path_factory.mktemp("own"))
    found.set(SMALL)
    found.run("git", "commit", "--quiet", "--all", "--message", "smaller")
    return found


def exported(project: Project) -> tuple[np.ndarray, list[str]]:
    """Return what training predicted for the test split with the exported replicate, and the classes."""
    folder = project.root / "data/export"
    metrics = json.loads((folder / "metrics.json").read_text())
    scores = np.load(project.root / "data/confirmed/scores" / metrics["leaderboard"]["variant"] / "test.npy")
    return scores[metrics["replicates"][0]], json.loads((folder / "labels.json").read_text())


@pytest.mark.parametrize(
    ("write", "column"),
    [
        pytest.param(write_folder, None, marks=pytest.mark.slow),
        pytest.param(write_jsonl, "text", marks=pytest.mark.slow),
        (write_tsv, "1"),
        (write_fasttext, "text"),
    ],
)
def test_texts_become_an_answer_and_a_model_behind_http(project, tmp_path, write, column):
    data = write(tmp_path)
    done = project.run("embedding-bench", "answer", str(data), "--minutes=0")
    assert done.stdout.strip().splitlines()[-1].startswith(OPENINGS)
    name = data.name.split(".")[0]
    board = json.loads((project.root / "metrics/leaderboard.json").read_text())
    assert board["dataset"] == name
    expected, labels = exported(project)
    uri = f"sqlite:///{project.root}/mlflow.db"
    with served(f"models:/{name}@champion", tmp_path / "elsewhere", uri) as server:
        answers = server.classify([text for text, _ in TEST])
    assert {answer["label"] for answer in answers} <= set(labels)
    if column:  # a table's test file keeps the order of its rows
        found = [[answer["probabilities"][label] for label in labels] for answer in answers]
        np.testing.assert_allclose(found, expected, atol=1e-5)
        (test,) = data.glob("test.*")
        predicted = project.run("embedding-bench", "predict", "--format=jsonl", f"--table={test}", f"--column={column}")
        rows = [json.loads(line) for line in predicted.stdout.splitlines()]
        assert [row["label"] for row in rows] == [answer["label"] for answer in answers]
    project.run("git", "restore", "params.yaml", "dvc.lock", "metrics", check=False)
