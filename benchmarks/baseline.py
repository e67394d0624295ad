"""The TF-IDF bigram baseline: ours against the same steps of scikit-learn by hand."""

import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.inputs import chosen_input
from benchmarks.measuring import Measured, by_turns, keep
from embedding_bench.baselines.logistic import MAX_ITERATIONS, TOKEN, count_terms, fit_logistic
from embedding_bench.core import errors
from embedding_bench.settings.baselines import Logistic
from embedding_bench.settings.complete import load_settings


def main() -> None:
    """Compare on the chosen dataset."""
    knobs = load_settings().baselines["tfidf-bigrams"]
    if not isinstance(knobs, Logistic):
        raise TypeError(knobs)
    with chosen_input(__doc__) as found:

        def ours() -> float:
            start = time.perf_counter()
            counts, _ = count_terms(knobs, found.texts)
            fit_logistic(knobs, counts, found.labels)
            return time.perf_counter() - start

        def by_hand() -> float:
            start = time.perf_counter()
            vectorizer = TfidfVectorizer(
                ngram_range=(1, knobs.ngrams), min_df=knobs.min_count, token_pattern=TOKEN, sublinear_tf=True
            )
            train = vectorizer.fit_transform(found.texts["train"])
            held_out = {split: vectorizer.transform(found.texts[split]) for split in ("validation", "test")}
            models = [
                LogisticRegression(C=strength, max_iter=MAX_ITERATIONS).fit(train, found.labels["train"])
                for strength in knobs.strengths
            ]
            best = max(models, key=lambda model: model.score(held_out["validation"], found.labels["validation"]))
            for features in held_out.values():
                best.predict_proba(features)
            return time.perf_counter() - start

        times = by_turns(ours, by_hand)
        notes = {"texts": len(found.texts["train"]), "strengths": knobs.strengths}
        what = f"TF-IDF bigrams on {found.name}"
        keep(Measured(f"baseline-{found.name}", what, "scikit-learn by hand", "s", *times, 1.1, notes))


if __name__ == "__main__":
    errors.run(main)
