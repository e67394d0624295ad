"""The seeded generator of the sample corpus: four classes of short news, with a hidden facet for each text.

Each block of BLOCK rows has its own random stream, keyed by seed, split and block index, and is always drawn in full:
the first rows of a split do not depend on its size, and memory is bounded by a block. Noise changes labels, not texts.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import pyarrow as pa

from embedding_bench.arrays import Positions
from embedding_bench.corpus.sample.templates import TEMPLATES
from embedding_bench.corpus.sample.words import Draw

LABELS = ("business", "science", "sports", "world")
FACETS = ("plain", "rare", "order", "ambiguous")
SHARES = (0.35, 0.30, 0.20, 0.15)
SPLITS = ("train", "validation", "test", "unlabeled")
UNLABELED = -1
BLOCK = 8192

SCHEMA = pa.schema([("text", pa.string()), ("label", pa.int32()), ("facet", pa.string()), ("clean_label", pa.int32())])


class SampleSettings(Protocol):
    """The settings of the generator: seed, rows of each split, share of wrong labels."""

    @property
    def seed(self) -> int: ...  # noqa: D102
    @property
    def train(self) -> int: ...  # noqa: D102
    @property
    def validation(self) -> int: ...  # noqa: D102
    @property
    def test(self) -> int: ...  # noqa: D102
    @property
    def unlabeled(self) -> int: ...  # noqa: D102
    @property
    def noise(self) -> float: ...  # noqa: D102


def generate(split: str, settings: SampleSettings) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one split in blocks: text, label int32 (noisy; -1 in unlabeled), facet, clean_label int32.

    `clean_label` is set in unlabeled too. An empty split yields one empty block.
    """
    size = int(getattr(settings, split))
    for block, start in enumerate(range(0, max(size, 1), BLOCK)):
        rng = np.random.default_rng([settings.seed, SPLITS.index(split), block])
        rows = _block(rng, settings.noise, labelled=split != "unlabeled")
        yield rows.slice(0, min(BLOCK, size - start))


def _block(rng: np.random.Generator, noise: float, *, labelled: bool) -> pa.RecordBatch:
    facets = rng.choice(len(FACETS), size=BLOCK, p=SHARES)
    classes = rng.integers(len(LABELS), size=BLOCK)
    shifts = np.where(rng.random(BLOCK) < noise, rng.integers(1, len(LABELS), size=BLOCK), 0)
    labels = (classes + shifts) % len(LABELS) if labelled else np.full(BLOCK, UNLABELED)
    texts = _texts(rng, facets, classes)
    names = np.array(FACETS)[facets]
    return pa.record_batch([texts, labels.astype(np.int32), names, classes.astype(np.int32)], schema=SCHEMA)


def _texts(rng: np.random.Generator, facets: Positions, classes: Positions) -> list[str]:
    """Generate one text for each row; rows of the same template are filled together."""
    texts = [""] * len(facets)
    for facet_id, facet in enumerate(FACETS):
        templates = TEMPLATES[facet]
        template_ids = rng.integers(len(templates), size=len(facets))
        for template_id, template in enumerate(templates):
            rows = np.flatnonzero((facets == facet_id) & (template_ids == template_id))
            draw = Draw(rng, facet, classes[rows])
            columns = [draw.words(slot) for slot in template.slots]
            for row, words in zip(rows.tolist(), zip(*columns, strict=True), strict=True):
                text = template.pattern % words
                texts[row] = text[0].upper() + text[1:]
    return texts
