"""What a search varies of a variant."""

from typing import Self

from embedding_bench.artifacts.search import VariantSettings
from embedding_bench.search.row import Entries
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.settings.tuning import Tuning
from embedding_bench.settings.vectors import VectorSource


class VariantEntries(Entries):
    """The entries of a variant."""

    encoder: EncoderSettings
    tuning: Tuning
    vectors: VectorSource

    @classmethod
    def of(cls, encoder: EncoderSettings, tuning: Tuning, vectors: VectorSource) -> Self:
        """Take the entries as they are; an encoder that is solved, not trained, has nothing to vary."""
        solved = encoder.convex and not tuning.trainable
        return cls(encoder=encoder.at({}) if solved else encoder, tuning=tuning, vectors=vectors)

    @property
    def settings(self) -> VariantSettings:
        """What the variant is trained with."""
        return VariantSettings(self.encoder, self.tuning, self.vectors.drawn)
