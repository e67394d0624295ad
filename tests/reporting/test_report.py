from pathlib import Path

import pytest

from embedding_bench.settings.complete import parse_settings
from stages.report import drift, mapped_variant, read_confusions, read_epochs, texts_of
from tests.conftest import ROOT

PARAMS = parse_settings((ROOT / "params.yaml").read_text())


def board(*best: str) -> dict:
    names = [*best, *(variant.name for variant in PARAMS.variants if variant.name not in best)]
    return {"rows": [{"variant": name, "validation_rank": rank} for rank, name in enumerate(names, 1)]}


def test_the_map_shows_the_best_variant_that_training_moved():
    found = board("words-word2vec-frozen-mean", "words-word2vec-finetuned-mean")
    assert mapped_variant(PARAMS, found).name == "words-word2vec-finetuned-mean"


def test_without_one_the_map_shows_the_best_variant():
    frozen = PARAMS.model_copy(update={"run": PARAMS.run.model_copy(update={"tuning": ["frozen"]})})
    assert mapped_variant(frozen, board("words-word2vec-frozen-bilstm")).name == "words-word2vec-frozen-bilstm"


def test_confusions_are_read_row_by_row(tmp_path):
    lines = ["variant\tactual\tpredicted\tcount\tshare"]
    lines += [f"v\t{a}\t{p}\t{c}\t{c / 10}" for a, p, c in [("x", "x", 9), ("x", "y", 1), ("y", "x", 2), ("y", "y", 8)]]
    (tmp_path / "confusion.tsv").write_text("\n".join(lines) + "\n")
    assert read_confusions(tmp_path / "confusion.tsv") == {
        "v": {"names": ["x", "y"], "counts": [[9, 1], [2, 8]], "shares": [[0.9, 0.1], [0.2, 0.8]]}
    }


def test_epochs_are_read(tmp_path):
    (tmp_path / "curves.tsv").write_text("variant\treplicate\tepoch\tloss\tval_accuracy\nv\t1\t2\t0.3\t0.75\n")
    (found,) = read_epochs(tmp_path / "curves.tsv")
    assert found == {"variant": "v", "replicate": 1, "epoch": 2, "val_accuracy": 0.75}


@pytest.mark.parametrize("wanted", [[], [0], [2, 0, 2], [4]])
def test_texts_are_found_by_number(write_corpus, wanted):
    rows = [(f"text {number}", number % 2) for number in range(5)]
    folder = write_corpus(train=rows, validation=rows, test=rows)
    assert texts_of(Path(folder).parent, wanted) == {number: f"text {number}" for number in wanted}


def test_drift_lists_variants_whose_words_moved():
    moved = [{"word": "good", "cosine": 0.5, "before": ["fine"], "after": ["great"], "count": 9, "euclidean": 1.0}]
    entries = {"a": {"drift": {"most_moved": moved}}, "b": {"drift": {"most_moved": []}}}
    assert drift({"finetuned": entries}) == [
        {"embedding": "a", "words": [{"word": "good", "moved": 0.5, "before": ["fine"], "after": ["great"]}]}
    ]
