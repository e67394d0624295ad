"""`metrics/coverage.json`: the coverage of every embedding of a run."""

from typing import Any

from embedding_bench.artifacts import embedding
from embedding_bench.artifacts.layout import Layout
from embedding_bench.settings.run import Run


def collect_coverage(layout: Layout, run: Run, missing_words: int) -> dict[str, list[dict[str, Any]]]:
    """Collect the coverage of every embedding, with its `missing_words` most frequent missing words.

    The rows are in a list, because `dvc metrics` and `dvc exp show` make a column of each number outside of lists.
    """
    rows = []
    for vectorizer in run.vectorizers:
        for vectors in run.vectors:
            coverage = embedding.read_coverage(layout.embedding(vectorizer, vectors))
            coverage["missing_words"] = coverage["missing_words"][:missing_words]
            rows.append({"embedding": f"{vectorizer}-{vectors}", **coverage})
    return {"rows": rows}
