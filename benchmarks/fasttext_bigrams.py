"""Accuracy of fastText with bigrams, compared with the selected variant of the last run on the same rows.

Run it in the workspace of an experiment with the vectorizer `words`, such as after `embedding-bench preset ag_news`.
fastText trains on the pipeline's tokens of the same train split. Its learning rate and epochs are selected on the same
validation split; the best are trained once per replicate, in one thread, which is reproducible. Intervals are those of
the leaderboard, with the variance of fastText's own seeds alone.
"""

import itertools
import tempfile
from pathlib import Path
from typing import Any

import fasttext
import numpy as np

from benchmarks.measuring import RESULTS, machine
from benchmarks.peer import answers, words_of, write_labelled
from embedding_bench.artifacts import corpus, leaderboard, scores, tokens
from embedding_bench.artifacts.corpus import LABELLED
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.core import errors
from embedding_bench.core.files import save_json
from embedding_bench.evaluation.criteria import Values, hits
from embedding_bench.evaluation.leaderboard import score_of
from embedding_bench.evaluation.statistics import differences, rounded, sample
from embedding_bench.settings.complete import load_settings

RATES, EPOCHS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0), (5, 15, 40)
FIXED = {"dim": 100, "wordNgrams": 2, "minCount": 1, "thread": 1, "verbose": 0}
KEPT = RESULTS / "accuracy"


class Peer:
    """fastText on the texts of a workspace."""

    def __init__(self, data: Path, folder: Path) -> None:
        names = tokens.read_lexicon(data / "tokens" / "words")["token"].to_pylist()
        self.labels = {split: corpus.read_labels(data / "corpus", split) for split in LABELLED}
        self.lines = {split: words_of(tokens.read_split(data / "tokens" / "words", split), names) for split in LABELLED}
        self.path = folder / "train.txt"
        write_labelled(self.path, self.labels["train"], self.lines["train"])

    def hits(self, split: str, rate: float, epochs: int, seed: int) -> Values:
        """Train and return the correct answers, float64 [texts] of 0 and 1."""
        model = fasttext.train_supervised(str(self.path), lr=rate, epoch=epochs, seed=seed, **FIXED)
        hits: Values = (answers(model, self.lines[split]) == self.labels[split]).astype(np.float64)
        return hits

    def choose(self) -> tuple[float, tuple[float, int]]:
        """Return the best accuracy on validation, with its learning rate and epochs; warn where these are extreme."""
        trials = []
        for rate, epochs in itertools.product(RATES, EPOCHS):
            trials.append((float(self.hits("validation", rate, epochs, seed=1).mean()), (rate, epochs)))
            print(f"learning rate {rate}, {epochs} epochs: validation {trials[-1][0]:.4f}", flush=True)
        best = max(trials)
        for name, value, candidates in zip(("learning rate", "epochs"), best[1], (RATES, EPOCHS), strict=True):
            if value in (min(candidates), max(candidates)):
                print(f"warning: {value} is at the edge of the candidates for the {name}; add some beyond it")
        return best


def against_selected(board: Leaderboard, peer: Peer) -> dict[str, Any]:
    """Describe the peer like a row of the leaderboard, and its difference from the selected variant."""
    selected = board.selected
    if selected.variant is None:
        raise ValueError(f"{selected.name}: a baseline cannot be selected")
    probabilities = scores.read_predictions(Layout().measured_scores(selected.variant, selected.is_confirmed), "test")
    ours = sample(hits(peer.labels["test"], probabilities))
    validation, (rate, epochs) = peer.choose()
    seeds = range(1, selected.replicates + 1)
    theirs = sample(np.stack([peer.hits("test", rate, epochs, seed) for seed in seeds]))
    (gap,) = differences(ours, [theirs], board.confidence)
    return {
        "dataset": board.dataset,
        "fasttext": {
            "validation_accuracy": rounded(validation),
            "accuracy": score_of(theirs, board.confidence).model_dump(),
            "learning_rate": rate,
            "epochs": epochs,
            "tried": {"learning_rate": RATES, "epochs": EPOCHS},
        },
        "selected": {key: selected.plain()[key] for key in ("variant", "validation_accuracy", "accuracy")},
        "difference": {name: rounded(value) for name, value in gap._asdict().items()},
    }


def main() -> None:
    """Measure, print, and write the result to benchmarks/results/accuracy/."""
    load_settings()
    with tempfile.TemporaryDirectory() as scratch:
        result = against_selected(leaderboard.read(Layout().leaderboard), Peer(Layout().data, Path(scratch)))
    KEPT.mkdir(parents=True, exist_ok=True)
    save_json(KEPT / f"{result['dataset']}.json", {**result, **machine()})
    gap, peer = result["difference"], result["fasttext"]["accuracy"]
    print(
        f"{result['dataset']}: fastText with bigrams {peer['mean']:.4f} ({peer['low']:.4f} to {peer['high']:.4f}); "
        f"{result['selected']['variant']} is {gap['mean']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f}) against it"
    )


if __name__ == "__main__":
    errors.run(main)
