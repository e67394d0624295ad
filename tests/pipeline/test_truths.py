"""What is planted in the sample corpus is settings, by the facet that only evaluation reads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embedding_bench.artifacts import corpus, embedding, tokens
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.models.variant import VariantTraining
from embedding_bench.settings.complete import Settings, load_settings
from stages.download import download
from stages.embed import embed
from stages.vectorize import vectorize
from stages.vectors import make_vectors
from tests.conftest import ROOT

SIZES = (300, 2000)  # labelled texts to train on

Trained = dict[str, Any]


@pytest.fixture(scope="module", params=SIZES)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Train what the truths speak of: accuracy by facet of each variant, averaged over replicates."""
    settings = load_settings(ROOT / "params.yaml")
    folder = tmp_path_factory.mktemp(f"labels-{request.param}")
    sample = settings.datasets["sample"].model_copy(update={"train": request.param})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DVC_ROOT", str(folder))  # keeps timings out of the project
        download("sample", sample, Path("none"), folder / "corpus")
        vectorize("words", settings.vectorizers["words"], folder / "corpus", folder / "tokens")
        for name in ("random", "word2vec"):
            make_vectors(f"vectors@{name}", settings.vectors[name], folder / "tokens", folder / name)
            built = folder / f"{name}-embedding"
            embed(f"embed@{name}", settings.vectors[name], settings.vocabulary, folder / "tokens", folder / name, built)
    accuracy = runner(settings, folder)
    return {
        "labels": request.param,
        "learned mean": accuracy("random", "mean", 3),
        "fine-tuned mean": accuracy("word2vec", "mean", 3),
        "fine-tuned bilstm": accuracy("word2vec", "bilstm", 3 if request.param == 300 else 1),  # few labels: more luck
        "summary": corpus.read_summary(folder / "corpus"),
    }


def runner(settings: Settings, folder: Path) -> Callable[[str, str, int], dict[str, float]]:
    """Return a function that trains fine-tuned replicates and measures each facet and the whole on test."""
    labels = {split: corpus.read_labels(folder / "corpus", split) for split in LABELLED}
    facets = corpus.read_facets(folder / "corpus", "test")

    def accuracy(vectors: str, encoder: str, replicates: int) -> dict[str, float]:
        start = embedding.read(folder / f"{vectors}-embedding")
        encoded = {split: tokens.read_split(folder / "tokens", split) for split in LABELLED}
        training = settings.training.model_copy(update={"replicates": replicates, "label_budgets": []})
        config = (settings.encoders[encoder], settings.tuning["finetuned"], training)
        variant = VariantTraining(encoded, labels, start, *config)
        replicates = map(variant.replicate, range(variant.training.replicates))
        right = np.mean([r.predictions["test"].argmax(axis=1) == labels["test"] for r in replicates], axis=0)
        return {facet: float(right[facets == facet].mean()) for facet in set(facets)} | {"all": float(right.mean())}

    return accuracy


def test_pretrained_vectors_help_on_rare_words(trained):
    """Rare words are known from the company that they keep in unlabelled texts, and most when labels are few."""
    margin = 0.05 if trained["labels"] == 300 else 0.01
    assert trained["fine-tuned mean"]["rare"] >= trained["learned mean"]["rare"] + margin


def test_plain_texts_are_easy_with_pretrained_vectors(trained):
    assert trained["fine-tuned mean"]["plain"] >= 0.85


def test_order_is_read_by_the_bilstm_alone(trained):
    """A mean cannot tell the two classes apart; from 2,000 labels on a BiLSTM can, from 300 it begins to."""
    margin, least = (0.05, 0.5) if trained["labels"] == 300 else (0.3, 0.85)
    assert trained["fine-tuned mean"]["order"] <= 0.6
    assert trained["fine-tuned bilstm"]["order"] >= max(trained["fine-tuned mean"]["order"] + margin, least)


def test_nothing_beats_the_oracle_by_more_than_chance(trained):
    ceiling, texts = trained["summary"]["ceiling"]["oracle"], trained["summary"]["splits"]["test"]["rows"]
    error = np.sqrt(ceiling * (1 - ceiling) / texts)
    for variant in ("learned mean", "fine-tuned mean", "fine-tuned bilstm"):
        assert trained[variant]["all"] <= ceiling + 2 * error
