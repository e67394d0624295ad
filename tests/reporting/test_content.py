from embedding_bench.artifacts import intrinsic
from embedding_bench.core.params import Params
from embedding_bench.reporting.charts.confusion import ConfusionMatrix
from embedding_bench.reporting.content import Drift, mapped_variant, read_confusions, read_drift, read_epochs
from embedding_bench.settings.run import RUN
from embedding_bench.settings.tuning import TUNING
from tests.conftest import ROOT
from tests.reporting.conftest import leaderboard, row

PARAMS = Params.read(ROOT / "params.yaml")
RUN_OF_SAMPLE, TUNINGS = PARAMS.section(RUN), PARAMS.catalogue(TUNING)


def ranked(*best: str):
    names = [*best, *(variant.name for variant in RUN_OF_SAMPLE.cells if variant.name not in best)]
    ranks = enumerate(names, 1)
    return leaderboard(rows=[{**row("words-b-frozen-mean", 0.9), "variant": n, "validation_rank": k} for k, n in ranks])


def test_the_map_shows_the_best_finetuned_variant():
    board = ranked("words-word2vec-frozen-mean", "words-word2vec-finetuned-mean")
    assert mapped_variant(RUN_OF_SAMPLE.cells, TUNINGS, board).name == "words-word2vec-finetuned-mean"


def test_without_a_finetuned_variant_the_map_shows_the_best_one():
    frozen = RUN_OF_SAMPLE.model_copy(update={"tuning": ["frozen"]})
    board = ranked("words-word2vec-frozen-bilstm")
    assert mapped_variant(frozen.cells, TUNINGS, board).name == "words-word2vec-frozen-bilstm"


def test_confusions_are_read_row_by_row(tmp_path):
    lines = ["variant\tactual\tpredicted\tcount\tshare"]
    lines += [f"v\t{a}\t{p}\t{c}\t{c / 10}" for a, p, c in [("x", "x", 9), ("x", "y", 1), ("y", "x", 2), ("y", "y", 8)]]
    (tmp_path / "confusion.tsv").write_text("\n".join(lines) + "\n")
    assert read_confusions(tmp_path / "confusion.tsv") == {
        "v": ConfusionMatrix(["x", "y"], [[9, 1], [2, 8]], [[0.9, 0.1], [0.2, 0.8]])
    }


def test_epochs_are_read(tmp_path):
    (tmp_path / "curves.tsv").write_text("variant\treplicate\tepoch\tloss\tval_accuracy\nv\t1\t2\t0.3\t0.75\n")
    (epoch,) = read_epochs(tmp_path / "curves.tsv")
    assert epoch == {"variant": "v", "replicate": 1, "epoch": 2, "val_accuracy": 0.75}


def test_drift_lists_variants_with_moved_words(tmp_path):
    moved = [{"word": "good", "cosine": 0.5, "before": ["fine"], "after": ["great"], "count": 9, "euclidean": 1.0}]
    entries = {"a": {"drift": {"most_moved": moved}}, "b": {"drift": {"most_moved": []}}}
    intrinsic.write(tmp_path, {"finetuned": entries}, "")
    assert read_drift(tmp_path) == [
        Drift("a", [{"word": "good", "moved": 0.5, "before": ["fine"], "after": ["great"]}])
    ]
