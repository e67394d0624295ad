import numpy as np

from embedding_bench.artifacts import scores, tables
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.tables import Table
from embedding_bench.evaluation.outcomes import Outcome, Predicted
from embedding_bench.evaluation.tables import confusion_table, epoch_table
from embedding_bench.settings.run import Run

RUN = Run(vectorizers=["words"], vectors=["random"], tuning=["frozen"], encoders=["mean"], baselines=["tfidf"])


def test_a_table_reads_back(tmp_path):
    tables.write(tmp_path / "table.tsv", Table(("name", "number"), [("a", 1), ("b", 0.5)]))
    assert tables.read(tmp_path / "table.tsv") == [{"name": "a", "number": "1"}, {"name": "b", "number": "0.5"}]


def test_white_space_in_a_cell_is_folded(tmp_path):
    tables.write(tmp_path / "table.tsv", Table(("name",), [("a\tb\n c",)]))
    assert tables.read(tmp_path / "table.tsv") == [{"name": "a b c"}]


def test_epochs_of_every_replicate_are_listed(tmp_path):
    layout, (variant,) = Layout(tmp_path), RUN.cells
    layout.scores(variant).mkdir(parents=True)
    history = [dict.fromkeys(scores.HISTORY, 0.1234567), dict.fromkeys(scores.HISTORY, 2)]
    scores.write(layout.scores(variant), [], {}, {}, [history, history[:1]])
    table = epoch_table(layout, RUN, replicates=2)
    assert table.header[:3] == ("variant", "replicate", "epoch")
    assert [row[1] for row in table.rows] == [0, 0, 1]
    assert table.rows[0] == (variant.name, 0, *["0.123457"] * len(scores.HISTORY))


def test_confusions_are_means_over_replicates():
    labels = np.asarray([0, 0, 1], np.int32)
    predicted = np.asarray([[0, 1, 1], [0, 0, 1]])
    probabilities = np.eye(2, dtype=np.float32)[predicted]
    table = confusion_table([Outcome("tfidf", None, Predicted({}, probabilities, {}))], labels, ["bad", "good"])
    assert table.rows == [
        ("tfidf", "bad", "bad", "1.5", "0.7500"),
        ("tfidf", "bad", "good", "0.5", "0.2500"),
        ("tfidf", "good", "bad", "0", "0.0000"),
        ("tfidf", "good", "good", "1", "1.0000"),
    ]
