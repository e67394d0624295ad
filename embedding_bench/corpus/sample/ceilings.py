"""What can be reached at best on a test split, realised on its own rows."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from embedding_bench.corpus.sample.neutral import MARKERS


def ceilings(test: pa.Table | Iterable[pa.RecordBatch]) -> dict[str, float]:
    """Return the accuracies on the test split's noisy labels of the oracle and of the best bag of words.

    The oracle knows the generator: it answers the clean label. The best bag knows the generator too, but of
    a text only which words it has, in no order. This costs it the order texts alone, where both classes of a
    pair have the same words: there it answers whichever of the two has more of the pair's test labels. It may
    combine words, and so solves the ambiguous texts, which a mean of vectors under a linear layer cannot.
    """
    table = test if isinstance(test, pa.Table) else pa.Table.from_batches(list(test))
    label, clean = (table[column].to_numpy() for column in ("label", "clean_label"))
    order = np.array(table["facet"].to_pylist()) == "order"
    bag = clean.copy()
    for one, other in MARKERS:
        of_pair = order & np.isin(clean, (one, other))
        more = np.count_nonzero(label[of_pair] == one) >= np.count_nonzero(label[of_pair] == other)
        bag[of_pair] = one if more else other
    return {"oracle": float(np.mean(clean == label)), "bag": float(np.mean(bag == label))}
