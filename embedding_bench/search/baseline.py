"""What a search varies of a baseline."""

from embedding_bench.search.row import Entries
from embedding_bench.settings.baselines import Baseline


class BaselineEntries(Entries):
    """The entry of a baseline."""

    baseline: Baseline
