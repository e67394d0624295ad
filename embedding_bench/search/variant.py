"""What a search varies of a variant."""

from typing import Self

from embedding_bench.artifacts.search import VariantSettings
from embedding_bench.search.row import Entries
from embedding_bench.settings.encoders import EncoderSettings
from embedding_bench.settings.tuning import Tuning
from embedding_bench.settings.vectors import VectorSource

OF_TRAINING = {"batch_size", "learning_rate", "epochs", "patience"}  # a solved head has none of them


class VariantEntries(Entries):
    """The entries of a variant."""

    encoder: EncoderSettings
    tuning: Tuning
    vectors: VectorSource

    @classmethod
    def of(cls, encoder: EncoderSettings, tuning: Tuning, vectors: VectorSource) -> Self:
        """Take the entries as they are, but for a space that varies nothing: of an encoder that is not trained."""
        idle = encoder.convex and not tuning.trainable and set(encoder.space) <= OF_TRAINING
        return cls(encoder=encoder.at({}) if idle else encoder, tuning=tuning, vectors=vectors)

    @property
    def settings(self) -> VariantSettings:
        """What the variant is trained with."""
        return VariantSettings(self.encoder, self.tuning, self.vectors.drawn)
