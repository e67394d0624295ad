"""The TF-IDF bigram baseline, compared with the same steps of scikit-learn by hand."""

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
    baseline = load_settings().baselines["tfidf-bigrams"]
    if not isinstance(baseline, Logistic):
        raise TypeError(baseline)
    with chosen_input(__doc__) as data:

        def ours() -> float:
            start = time.perf_counter()
            counts, _ = count_terms(baseline, data.texts)
            fit_logistic(baseline, counts, data.labels)
            return time.perf_counter() - start

        def by_hand() -> float:
            start = time.perf_counter()
            vectorizer = TfidfVectorizer(
                ngram_range=(1, baseline.ngrams), min_df=baseline.min_count, token_pattern=TOKEN, sublinear_tf=True
            )
            train = vectorizer.fit_transform(data.texts["train"])
            held_out = {split: vectorizer.transform(data.texts[split]) for split in ("validation", "test")}
            models = [
                LogisticRegression(C=strength, max_iter=MAX_ITERATIONS).fit(train, data.labels["train"])
                for strength in baseline.strengths
            ]
            best = max(models, key=lambda model: model.score(held_out["validation"], data.labels["validation"]))
            for features in held_out.values():
                best.predict_proba(features)
            return time.perf_counter() - start

        times = by_turns(ours, by_hand)
        notes = {"texts": len(data.texts["train"]), "strengths": baseline.strengths}
        what = f"TF-IDF bigrams on {data.name}"
        keep(Measured(f"baseline-{data.name}", what, "scikit-learn by hand", "s", *times, 1.1, notes))


if __name__ == "__main__":
    errors.run(main)
