"""Every preset, and every value of an axis in params.yaml, goes through all stages at one-step size."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embedding_bench.project.params_file import change
from embedding_bench.project.presets import read_preset
from embedding_bench.settings.complete import Settings, parse_settings
from stages.baseline import baseline
from stages.compare import compare
from stages.download import download
from stages.embed import embed
from stages.export import export
from stages.intrinsic import intrinsic
from stages.projector import project
from stages.report import report
from stages.train import train
from stages.vectorize import vectorize
from stages.vectors import make_vectors
from tests.conftest import ROOT

PARAMS = (ROOT / "params.yaml").read_text()
PRESETS = sorted(path.stem for path in (ROOT / "presets").glob("*.yaml"))
SAMPLE = {"source": "sample", "seed": 1, "train": 120, "validation": 30, "test": 40, "unlabeled": 200, "noise": 0.03}
CATALOGUE = parse_settings(PARAMS)
AXES = [
    *(("vectorizers", name) for name in CATALOGUE.vectorizers),
    *(("vectors", name) for name in CATALOGUE.vectors),
    *(("tuning", name) for name in CATALOGUE.tuning),
    *(("encoders", name) for name in CATALOGUE.encoders),
]


def small(text: str, vectors_file: Path) -> Settings:
    """Shrink what params.yaml asks for to a few seconds; vectors from elsewhere come from a file here."""
    found = parse_settings(text)
    run = {axis: getattr(found.run, axis) for axis in ("vectorizers", "vectors", "tuning", "encoders")}
    vectors: dict[str, Any] = {}
    for name in run["vectors"]:
        source = found.vectors[name]
        if source.source == "gensim":
            kept = source.model_dump(exclude={"source", "name", "limit"})
            vectors[name] = {"source": "file", "path": str(vectors_file), **kept}
        elif source.source in ("word2vec", "fasttext"):
            vectors[name] = {"epochs": 1, "dimensions": 8, **({"buckets": 100} if source.source == "fasttext" else {})}
        else:
            vectors[name] = {"dimensions": 8}
    changes = {
        **({} if found.dataset == "table" else {"dataset": "sample", "datasets": {"sample": SAMPLE}}),
        "run": {"baselines": ["counts"]},
        "encoders": {name: {"epochs": 1} for name in run["encoders"]},
        "training": {"replicates": 1},
        "report": {"words": 60, "labelled_words": 20, "method": "pca"},
    }
    changed = change(text, changes)
    for name, values in vectors.items():
        held = json.loads(parse_settings(changed).vectors[name].model_dump_json())
        changed = change(changed, {"vectors": {name: None}})
        changed = change(changed, {"vectors": {name: values if "source" in values else held | values}})
    return parse_settings(changed)


def run_all(found: Settings, data: Path) -> dict[str, Any]:
    """Run the stages as the graph does, and return the leaderboard."""
    download(found.dataset, found.datasets[found.dataset], ROOT / found.input, data / "corpus")
    for name in found.run.vectorizers:
        tokens = data / "tokens" / name
        vectorize(name, found.vectorizers[name], data / "corpus", tokens)
        for source in found.run.vectors:
            vectors, embedded = data / "vectors" / f"{name}-{source}", data / "embeddings" / f"{name}-{source}"
            make_vectors(f"vectors@{name}-{source}", found.vectors[source], tokens, vectors)
            embed(f"embed@{name}-{source}", found.vectors[source], found.vocabulary, tokens, vectors, embedded)
    for cell in found.run.variants:
        knobs = (found.encoders[cell.encoder], found.tuning[cell.tuning], found.training)
        tokens, embedded = data / "tokens" / cell.vectorizer, data / "embeddings" / f"{cell.vectorizer}-{cell.vectors}"
        folders = (data / "models" / cell.name, data / "scores" / cell.name)
        train(f"train@{cell.name}", knobs, data / "corpus", tokens, embedded, *folders)
        shown = data / "projector" / "tsv" / cell.name
        project(f"projector@{cell.name}", 50, data / "corpus", tokens, embedded, folders[0], shown)
    for name in found.run.baselines:
        baseline(name, found.baselines[name], found.training, data / "corpus", data / "baselines" / name)
    compare(found, data, data / "metrics")
    board: dict[str, Any] = json.loads((data / "metrics" / "leaderboard.json").read_text())
    export(None, board, data, data / "export")
    intrinsic(found, data, data / "metrics" / "intrinsic.json", data / "intrinsic")
    report(found, data, data / "metrics", data / "report")
    return board


@pytest.fixture
def vectors_file(tmp_path):
    """Write vectors of a few words that the sample corpus and the ten reviews have."""
    rng = np.random.default_rng(0)
    words = ["the", "a", ".", ",", "and", "in", "story", "acting", "good", "dull"]
    lines = [f"{word} {' '.join(f'{x:.4f}' for x in rng.normal(size=6))}\n" for word in words]
    (tmp_path / "vectors.txt").write_text("".join(lines))
    return tmp_path / "vectors.txt"


@pytest.fixture(autouse=True)
def timings(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_goes_through_all_stages(name, tmp_path, vectors_file, monkeypatch):
    monkeypatch.chdir(ROOT)
    found = small(change(PARAMS, read_preset(name)), vectors_file)
    board = run_all(found, tmp_path / "data")
    assert {cell.name for cell in found.run.variants} < {row["variant"] for row in board["rows"]}
    assert (tmp_path / "data" / "export" / "model.keras").exists()


@pytest.mark.parametrize(("axis", "value"), AXES, ids=[f"{axis}-{value}" for axis, value in AXES])
def test_every_value_of_an_axis_goes_through_all_stages(axis, value, tmp_path, vectors_file):
    axes = {"vectorizers": ["words"], "vectors": ["random"], "tuning": ["finetuned"], "encoders": ["mean"]}
    board = run_all(small(change(PARAMS, {"run": axes | {axis: [value]}}), vectors_file), tmp_path / "data")
    assert len(board["rows"]) == 2
