"""A trial trains on texts of its part alone, and never sees test."""

import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.artifacts import corpus, embedding
from embedding_bench.artifacts.search import VariantSettings
from embedding_bench.evaluation.parts import Part, divide, pool
from embedding_bench.models.batching import select
from embedding_bench.models.cell import Config
from embedding_bench.models.trial import _join, try_variant
from embedding_bench.settings.training import Training
from embedding_bench.settings.vectors import DrawnRows, UniformRows
from tests.models import test_training as given

ROWS = DrawnRows(missing=UniformRows(policy="uniform", limit=0.1), dimensions=6)
CONFIG = Config(
    VariantSettings(given.ENCODERS["mean"], given.LEARNED, ROWS),
    Training(replicates=1, seed=1),
    "accuracy",
)
SPLITS = ("train", "validation")
RANDOM = given.embedding()._replace(rows=np.zeros(0, np.int32), vectors=np.zeros((0, 6), np.float32))


@pytest.fixture
def inputs(tmp_path):
    """The folders of a project without test texts: a trial that read them would fail."""
    folders = [tmp_path / name for name in ("corpus", "tokens", "embedding")]
    for folder in folders:
        folder.mkdir()
    for split in SPLITS:
        labels = given.LABELS[split]
        rows = [pa.array([f"text {n}" for n in range(len(labels))], pa.string()), pa.array(labels, pa.int32())]
        corpus.write_split(folders[0], split, [pa.record_batch(rows, schema=corpus.SCHEMA)], corpus.SCHEMA)
        np.save(folders[1] / f"{split}.ids.npy", given.TEXTS[split].ids)
        np.save(folders[1] / f"{split}.offsets.npy", given.TEXTS[split].offsets)
    embedding.write(folders[2], RANDOM, {})
    return folders


def test_each_text_of_a_fold_is_predicted(inputs):
    parts, labels = tuple(divide(given.LABELS, 1)), pool(given.LABELS)
    predicted = try_variant(CONFIG, parts, *inputs)
    truth = np.concatenate([labels[part.numbers(given.LABELS)["validation"]] for part in parts])
    assert predicted.shape == (len(labels), 2)
    assert (predicted.argmax(axis=1) == truth).mean() > 0.85


def test_a_fold_does_not_depend_on_the_one_before(inputs):
    first, second, *_ = divide(given.LABELS, 1)
    both = try_variant(CONFIG, (first, second), *inputs)
    alone = try_variant(CONFIG, (second,), *inputs)
    np.testing.assert_array_equal(both[-len(alone) :], alone)


def test_validation_as_it_is_gives_what_training_gives(inputs):
    part = Part(None, len(given.LABELS["train"]), 1)
    texts, labels = ({split: values[split] for split in SPLITS} for values in (given.TEXTS, given.LABELS))
    trained = CONFIG.prepare(texts, labels, RANDOM).train_some(1, {}, "whole")
    np.testing.assert_array_equal(try_variant(CONFIG, (part,), *inputs), trained.predictions["validation"])


def test_another_setting_gives_another_model(inputs):
    parts = (divide(given.LABELS, 1)[0],)
    wider = CONFIG.variant._replace(rows=CONFIG.variant.rows.model_copy(update={"dimensions": 12}))
    one, other = (try_variant(CONFIG._replace(variant=v), parts, *inputs) for v in (CONFIG.variant, wider))
    assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize("encoder", ["mean", "ngrams"])
def test_a_trial_is_a_training_on_its_own_texts(inputs, encoder):
    """Its n-grams, too, are those of the texts that it trains on."""
    config = CONFIG._replace(variant=CONFIG.variant._replace(encoder=given.ENCODERS[encoder]))
    part, texts = divide(given.LABELS, 1)[2], _join(*(given.TEXTS[split] for split in SPLITS))
    numbers = part.numbers(given.LABELS)
    own = {split: select(texts, chosen) for split, chosen in numbers.items()}
    labels = {split: pool(given.LABELS)[chosen] for split, chosen in numbers.items()}
    trained = config.prepare(own, labels, RANDOM).train_some(part.seed, {}, "own")
    np.testing.assert_allclose(try_variant(config, (part,), *inputs), trained.predictions["validation"], atol=1e-6)


def test_few_texts_are_drawn(inputs):
    whole, few = (Part(None, texts, 1) for texts in (60, 12))
    one, other = (try_variant(CONFIG, (part,), *inputs) for part in (whole, few))
    assert one.shape == other.shape
    assert np.abs(one - other).max() > 1e-3
