"""The sample corpus, whose truths are known: `generate` writes it, `ceilings` says what can be reached."""

from embedding_bench.corpus.sample.ceilings import ceilings
from embedding_bench.corpus.sample.generator import FACETS, LABELS, SampleSettings, generate

__all__ = ["FACETS", "LABELS", "SampleSettings", "ceilings", "generate"]
