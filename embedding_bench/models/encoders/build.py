"""Encoders by their settings."""

from embedding_bench.models.encoders.convolutional import Convolutional
from embedding_bench.models.encoders.encoder import Encoder
from embedding_bench.models.encoders.flatten import Flatten
from embedding_bench.models.encoders.pooling import build_pooling
from embedding_bench.models.encoders.recurrent import Recurrent
from embedding_bench.settings.encoders import CNNEncoder, EncoderSettings, FlattenEncoder, RecurrentEncoder


def build_encoder(settings: EncoderSettings, dimensions: int) -> Encoder:
    """Build an encoder for token vectors of `dimensions` numbers, with weights from Keras' global seed."""
    match settings:
        case RecurrentEncoder():
            return Recurrent(settings, dimensions)
        case CNNEncoder():
            return Convolutional(settings, dimensions)
        case FlattenEncoder():
            return Flatten(settings, dimensions)
        case _:
            return build_pooling(settings, dimensions)
