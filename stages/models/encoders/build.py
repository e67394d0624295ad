"""The encoder of a catalogue entry."""

from stages.core.settings import CNNEncoder, EncoderSettings, FlattenEncoder, RecurrentEncoder
from stages.models.encoders.convolutional import Convolutional
from stages.models.encoders.encoder import Encoder
from stages.models.encoders.flatten import Flatten
from stages.models.encoders.pooling import build_pooling
from stages.models.encoders.recurrent import Recurrent


def build_encoder(settings: EncoderSettings, dimensions: int) -> Encoder:
    """Build an encoder for token vectors of so many dimensions, with weights from Keras' global seed."""
    match settings:
        case RecurrentEncoder():
            return Recurrent(settings, dimensions)
        case CNNEncoder():
            return Convolutional(settings, dimensions)
        case FlattenEncoder():
            return Flatten(settings, dimensions)
        case _:
            return build_pooling(settings, dimensions)
