import json

import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.artifacts import embedding, model, tokens, vectors
from embedding_bench.artifacts.embedding import Embedding
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.settings.complete import Settings, load_settings
from stages.intrinsic import intrinsic
from tests.conftest import ROOT

WORDS = ["france", "paris", "japan", "tokyo", "a|b`", "elsewhere"]
VECTORS = np.asarray([[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1], [1, 1, 0], [-1, 0, 0]], np.float32)
TRAIN = [20, 10, 30, 12, 11, 0]  # the last stands in unlabeled alone
FINETUNED = {"words-random-finetuned-mean", "words-word2vec-finetuned-mean"}


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    """Settings of 2 vectors x 2 tunings, with sets that these words can answer."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    (tmp_path / "capitals.txt").write_text(": all\nFrance Paris Japan Tokyo\n: others\nfrance paris chad ndjamena\n")
    (tmp_path / "pairs.txt").write_text("france paris 9\nfrance japan 1\nparis tokyo 5\nchad rain 0\n")
    base = load_settings(ROOT / "params.yaml")
    run = base.run.model_copy(update={"vectors": ["random", "word2vec"], "encoders": ["mean"]})
    asked = {"analogies": [str(tmp_path / "capitals.txt")], "similarity": [str(tmp_path / "pairs.txt")], "drift": 2}
    return base.model_copy(update={"run": run, "intrinsic": base.intrinsic.model_copy(update=asked)})


@pytest.fixture
def layout(tmp_path) -> Layout:
    """All artifacts that the stage reads; training moved `paris` alone, and the word that no train text has."""
    folder = tmp_path / "data"
    for name in ("tokens/words", "vectors/words-random", "vectors/words-word2vec"):
        (folder / name).mkdir(parents=True)
    lexicon = pa.table({"token": WORDS, "count": pa.array([99] * 6, pa.int64()), "train": pa.array(TRAIN, pa.int64())})
    tokens.write(folder / "tokens/words", lexicon, {}, {})
    vectors.write(folder / "vectors/words-random", [], 3, {})
    vectors.write(folder / "vectors/words-word2vec", [WordVectors(pa.array(WORDS), VECTORS)], 3, {})
    vocabulary = pa.table(
        {
            "token": ["", "[UNK]", *WORDS],
            "count": pa.array([0, 0, *[99] * 6], pa.int64()),
            "match": pa.array(["missing"] * 8).dictionary_encode(),
        }
    )
    remap, rows = np.arange(2, 8, dtype=np.int32), np.arange(2, 8, dtype=np.int32)
    missing = {"policy": "normal", "sd": 1.0}
    for name in ("random", "word2vec"):
        kept = slice(0, 0 if name == "random" else 6)
        (folder / f"embeddings/words-{name}").mkdir(parents=True)
        built = Embedding(vocabulary, remap, rows[kept], VECTORS[kept], missing)
        embedding.write(folder / f"embeddings/words-{name}", built, {})
        for tuning in ("frozen", "finetuned"):
            matrix = embedding.initial_matrix(built, 7)
            matrix[[3, 7]] *= [[1, 1, -1]]
            place = folder / f"models/words-{name}-{tuning}-mean"
            place.mkdir(parents=True)
            model.write(
                place, {"embedding": matrix} if tuning == "finetuned" else {}, {"seed": 7, "rows": {"missing": missing}}
            )
    return Layout(tmp_path)


def run(settings: Settings, layout: Layout) -> tuple[dict, dict, str]:
    """Run the stage; return its metrics, all its measures and its page."""
    intrinsic(settings.run, settings.intrinsic, layout)
    return (
        json.loads(layout.intrinsic_metrics.read_text()),
        json.loads((layout.intrinsic / "intrinsic.json").read_text()),
        (layout.intrinsic / "intrinsic.md").read_text(),
    )


def test_sources_with_vectors_and_finetuned_variants_are_measured(settings, layout):
    metrics, measured, _ = run(settings, layout)
    assert [row["vectors"] for row in metrics["vectors"]] == list(measured["vectors"]) == ["words-word2vec"]
    assert {row["variant"] for row in metrics["finetuned"]} == set(measured["finetuned"]) == FINETUNED
    assert metrics["vectors"][0]["capitals"] == {"accuracy": 1.0, "asked": 1}
    sections = measured["vectors"]["words-word2vec"]["analogies"]["capitals"]["sections"]
    assert sections["all"] == {"accuracy": 1.0, "right": 1, "asked": 1, "questions": 1}
    assert sections["others"] == {"right": 0, "asked": 0, "questions": 1}


def test_before_is_what_the_seed_drew_and_after_what_training_made(settings, layout):
    rows = {row["variant"]: row for row in run(settings, layout)[0]["finetuned"]}
    entry = rows["words-word2vec-finetuned-mean"]
    assert entry["before"] == {"capitals": {"accuracy": 1.0, "asked": 1}, "pairs": {"covered": 3, "rho": 1.0}}
    assert entry["after"]["capitals"] == {"accuracy": 0.0, "asked": 1}


def test_drift_is_of_words_of_train_alone(settings, layout):
    metrics, measured, _ = run(settings, layout)
    drift = measured["finetuned"]["words-word2vec-finetuned-mean"]["drift"]
    assert (drift["words"], drift["cosine"], drift["euclidean"]) == (5, 0.2, 0.4)  # one of five moved, by 1 and 2
    assert [(row["word"], row["count"]) for row in drift["most_moved"]] == [("paris", 10)]  # of two that are asked for
    (row,) = (row for row in metrics["finetuned"] if row["variant"] == "words-word2vec-finetuned-mean")
    assert row["drift"] == {"cosine": 0.2, "euclidean": 0.4}


def test_the_page_holds_words_that_would_break_a_table(settings, layout):
    page = run(settings, layout)[2]
    assert "| words-word2vec | 6 | 100.0 % (1 / 2) | 1.000 (3 / 4) |" in page
    assert "100.0 % -> 0.0 % (1 / 2)" in page
    assert "a\\|b\\`" in page
    rows = [line for line in page.splitlines() if line.startswith("| paris")]
    assert [row.replace("\\|", "").count("|") for row in rows] == [7] * len(rows)


def test_without_sets_and_variants_the_page_says_so(settings, layout):
    nothing = settings.intrinsic.model_copy(update={"analogies": [], "similarity": []})
    axes = settings.run.model_copy(update={"vectors": ["random"], "tuning": ["frozen"]})
    settings = settings.model_copy(update={"intrinsic": nothing, "run": axes})
    metrics, _, page = run(settings, layout)
    assert metrics == {"vectors": [], "finetuned": []}
    assert "No vectors but random ones" in page


def test_the_same_artifacts_give_the_same_bytes(settings, layout):
    run(settings, layout)
    paths = [layout.intrinsic_metrics, *sorted(layout.intrinsic.iterdir())]
    first = [path.read_bytes() for path in paths]
    run(settings, layout)
    assert [path.read_bytes() for path in paths] == first
    assert not any(str(layout.root).encode() in content for content in first)
