"""baseline: fit the majority class, or logistic regression on counts, TF-IDF or Naive Bayes weights of n-grams."""

import argparse
from pathlib import Path

from embedding_bench.artifacts import corpus, scores, search
from embedding_bench.baselines.fit import fit_baseline
from embedding_bench.baselines.logistic import is_at_edge
from embedding_bench.core import errors, timing
from embedding_bench.core.console import log
from embedding_bench.core.files import atomic_folder
from embedding_bench.core.params import Params
from embedding_bench.evaluation.metrics import measure
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.settings.baselines import Baseline, Logistic
from embedding_bench.settings.compare import SELECT_BY
from embedding_bench.settings.training import TRAINING, Training


def write_baseline(
    name: str, baseline: Baseline, training: Training, select_by: str, corpus_folder: Path, out: Path
) -> None:
    """Write the predictions and scores of one baseline, for all of train and for every label budget."""
    stage = f"baseline@{name}"
    with timing.timed(stage, [out]) as timings, atomic_folder(out) as folder:
        task = Task("baseline", fit_baseline, (baseline, training, select_by), (corpus_folder,))
        ((fitted, seconds, curve),) = execute([task])
        timings["training_seconds"] = round(seconds, 3)
        timings["microseconds_per_text"] = round(fitted.microseconds, 2)
        labels = {split: corpus.read_labels(corpus_folder, split) for split in fitted.predictions}
        measured = {split: measure(labels[split], predicted) for split, predicted in fitted.predictions.items()}
        row = {"seed": None, "best_epoch": None, "strength": fitted.strength, "parameters": fitted.parameters}
        predictions = {split: predicted[None] for split, predicted in fitted.predictions.items()}
        scores.write(folder, [{**row, **measured}], predictions, curve, [])
    strength = "" if fitted.strength is None else f", C = {fitted.strength:g} chosen on validation"
    accuracy = {split: values["accuracy"] for split, values in measured.items()}
    log(f"{stage}: validation {accuracy['validation']:.4f}, test {accuracy['test']:.4f}{strength}")
    if isinstance(baseline, Logistic) and fitted.strength is not None and is_at_edge(baseline, fitted.strength):
        log(f"warning: {stage}: C = {fitted.strength:g} is at the edge of its `strengths`; add candidates beyond it")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for path in ("settings", "corpus", "out"):
        parser.add_argument(f"--{path}", type=Path, required=True)
    arguments = parser.parse_args()
    params = Params.read()
    baseline = search.read_baseline(arguments.settings)
    sections = params.section(TRAINING), params.section(SELECT_BY)
    write_baseline(arguments.out.name, baseline, *sections, arguments.corpus, arguments.out)


if __name__ == "__main__":
    errors.run(main)
