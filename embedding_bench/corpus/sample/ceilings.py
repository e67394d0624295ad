"""Best reachable accuracies on a test split of the sample corpus, computed on its own rows."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from embedding_bench.corpus.sample.neutral import MARKERS


def ceilings(test: pa.Table | Iterable[pa.RecordBatch]) -> dict[str, float]:
    """Return the accuracy on noisy test labels of the `oracle` and of the best bag-of-words classifier, `bag`.

    The oracle predicts the clean label. The best bag of words knows the generator too, but not the order of words. It
    errs on order texts only, where both classes of a pair have the same words: there it predicts the class with more
    test labels in the pair. It solves the ambiguous texts by combining words, which a linear layer over a mean of
    vectors cannot.
    """
    table = test if isinstance(test, pa.Table) else pa.Table.from_batches(list(test))
    label, clean = (table[column].to_numpy() for column in ("label", "clean_label"))
    order = np.array(table["facet"].to_pylist()) == "order"
    bag = clean.copy()
    for first, second in MARKERS:
        in_pair = order & np.isin(clean, (first, second))
        majority = np.count_nonzero(label[in_pair] == first) >= np.count_nonzero(label[in_pair] == second)
        bag[in_pair] = first if majority else second
    return {"oracle": float(np.mean(clean == label)), "bag": float(np.mean(bag == label))}
