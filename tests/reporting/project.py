"""A small project with all artifacts that `compare` and `report` read, without any training."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
from ruamel.yaml import YAML

from embedding_bench.artifacts import corpus, embedding, model, scores, search, selection, tokens
from embedding_bench.artifacts.embedding import Embedding
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.search import Trial, Trials, VariantSettings
from embedding_bench.artifacts.selection import Contender, Ranked
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.core.files import write_json
from embedding_bench.core.params import Params
from embedding_bench.evaluation.metrics import measure
from embedding_bench.settings.encoders import ENCODERS
from embedding_bench.settings.run import RUN, Run
from embedding_bench.settings.tuning import TUNING
from embedding_bench.settings.vectors import VECTORS
from tests.conftest import ROOT

TRIED = Trials(
    texts=[40],
    trials=[
        Trial(settings={"encoder.learning_rate": rate}, scores=[(0.5 + rate, 1 - rate)]) for rate in (0.005, 0.1, 0.2)
    ],
    best=2,
    edges=["encoder.learning_rate"],
)
PRIVATE = "\ue000"  # a character of which only a font made for tests has a glyph
DATASET = f"tiny{4 * PRIVATE}"
LABELS = np.arange(40, dtype=np.int32) % 2
CLASSES = ["ცუდი", "good"]  # a script that the font of the machine may lack
MODEL = {"seed": 1, "rows": {"missing": {"policy": "zeros"}}}
WORDS = ["კარგი", "სიტყვა", "სახლი", "წყალი", *(f"word{number}{PRIVATE}" for number in range(16))]


def write_project(folder: Path) -> Layout:
    layout = Layout(folder)
    run = _write_params(folder)
    for path in (layout.corpus, layout.tokens("words"), layout.embedding("words", "random"), layout.intrinsic):
        path.mkdir(parents=True)
    rng = np.random.default_rng(1)
    _write_corpus(layout)
    _write_embedding(layout, rng)
    folders = {layout.scores(variant): variant for variant in run.cells}
    folders |= dict.fromkeys(map(layout.baseline, run.baselines))
    for number, (scores_folder, variant) in enumerate(folders.items()):
        layout.search(scores_folder.name).mkdir(parents=True)
        search.write(layout.search(scores_folder.name), {}, TRIED if variant else Trials())
        scores_folder.mkdir(parents=True)
        _write_scores(scores_folder, rng, replicates=2 if variant else 1, skill=0.9 - number / 10)
        if variant:
            finetuned = {"embedding": rng.normal(size=(2 + len(WORDS), 4)).astype(np.float32)}
            layout.model(variant).mkdir(parents=True)
            model.write(layout.model(variant), finetuned if variant.tuning == "finetuned" else {}, MODEL)
            layout.confirmed_scores(variant.name).mkdir(parents=True)
            _write_scores(layout.confirmed_scores(variant.name), rng, replicates=2, skill=0.9 - number / 10)
    write_json(layout.canary, "7e37562def93")
    _write_selection(layout, run)
    layout.metrics.mkdir()
    write_json(layout.intrinsic_metrics, {})
    write_json(layout.intrinsic / "intrinsic.json", {"finetuned": {}})
    return layout


def _write_params(folder: Path) -> Run:
    yaml = YAML()
    params = yaml.load((ROOT / "params.yaml").read_text())
    params["run"] = {
        "vectorizers": ["words"], "vectors": ["random"], "tuning": ["frozen", "finetuned"], "encoders": ["mean"],
        "baselines": ["majority"],
    }  # fmt: skip
    params["training"]["replicates"] = 2
    with (folder / "params.yaml").open("w") as file:
        yaml.dump(params, file)
    return Params.read(folder / "params.yaml").section(RUN)


def _write_corpus(layout: Layout) -> None:
    texts = pa.array([" ".join(WORDS[: 1 + number % len(WORDS)]) for number in range(len(LABELS))])
    batch = pa.record_batch([texts, pa.array(LABELS)], schema=corpus.SCHEMA)
    lengths = 1 + np.arange(len(LABELS)) % len(WORDS)
    ids = np.concatenate([np.arange(length) for length in lengths]).astype(np.int32)
    encoded = Encoded(ids, np.cumsum([0, *lengths]))
    for split in corpus.LABELLED:
        corpus.write_split(layout.corpus, split, [batch], corpus.SCHEMA)
        np.save(layout.tokens("words") / f"{split}.ids.npy", encoded.ids)
    splits = dict.fromkeys(corpus.LABELLED, encoded)
    tokens.write(layout.tokens("words"), pa.table({"token": WORDS}), splits, {})
    corpus.write_summary(layout.corpus, {"dataset": DATASET, "labels": CLASSES})


def _write_embedding(layout: Layout, rng: np.random.Generator) -> None:
    vocabulary = pa.table({"token": ["", "[UNK]", *WORDS], "count": pa.array(range(2 + len(WORDS)), pa.int64())})
    rows = np.arange(2, 2 + len(WORDS), dtype=np.int32)
    vectors = rng.normal(size=(len(WORDS), 4)).astype(np.float32)
    shares = {"by_match": {"exact": 1.0}, "found": 1.0}
    coverage = {"splits": {"test": {"tokens": shares, "types": shares}}, "missing_words": []}
    initial = Embedding(vocabulary, rows, rows, vectors, {"policy": "zeros"})
    embedding.write(layout.embedding("words", "random"), initial, coverage)


def _write_scores(folder: Path, rng: np.random.Generator, replicates: int, skill: float) -> None:
    shape = (replicates, len(LABELS))
    predicted = np.where(rng.random(shape) < skill, LABELS, 1 - LABELS)
    probabilities = (0.8 * np.eye(2)[predicted] + 0.1).astype(np.float32)
    measured = [
        {"seed": 1, "best_epoch": 1, "parameters": 7, "test": measure(LABELS, p), "validation": measure(LABELS, p)}
        for p in probabilities
    ]
    curve = {10: predicted.astype(np.int32)}
    history = [{**dict.fromkeys(scores.HISTORY, 0.5), "epoch": 1}]
    scores.write(folder, measured, {"validation": probabilities, "test": probabilities}, curve, [history] * replicates)


def _write_selection(layout: Layout, run: Run) -> None:
    params = Params.read(layout.root / "params.yaml")
    encoder, drawn = params.entry(ENCODERS, "mean"), params.entry(VECTORS, "random").drawn
    settings = {v: VariantSettings(encoder.at({}), params.entry(TUNING, v.tuning).at({}), drawn) for v in run.cells}
    contenders = [Contender(variant, settings[variant]) for variant in run.cells]
    names = [name for name, *_ in layout.rows(run)]
    ranks = {name: Ranked(rank, 0.9 - rank / 10, rank / 10) for rank, name in enumerate(names, 1)}
    layout.selection.mkdir()
    selection.write(layout.selection, contenders, "accuracy", ranks)


def copy_project(layout: Layout, folder: Path) -> Layout:
    shutil.copytree(layout.root, folder)
    return Layout(folder)
