"""Batch tokenisation without Python work for each token."""

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from embedding_bench.arrays import Integers, Positions
from embedding_bench.tensorflow import tf
from embedding_bench.tokens.transformations import expand
from embedding_bench.tokens.vectorizers import split_units

THREADS = 2  # for Arrow; also bounds the batches in memory

Item = TypeVar("Item")
Result = TypeVar("Result")


class Chunks(NamedTuple):
    """Whitespace-separated chunks of a batch of texts: the distinct ones, and the index of each occurrence.

    `indices` int32 [chunks] point into `distinct`; `lengths` int64 [texts] count the chunks of each text.
    """

    distinct: list[bytes]
    indices: Integers
    lengths: Positions


class Tokenizer:
    """Splits texts into words or characters, and numbers the tokens by first occurrence.

    Regular expressions are slow and words repeat, so each distinct whitespace-separated chunk is split only once.
    `numbers` maps each token to its id.
    """

    def __init__(self, kind: str) -> None:
        self.numbers: dict[bytes, int] = {}
        self._chunk_ids: dict[bytes, int] = {}
        # The token ids of all distinct chunks, concatenated, and the offset of each chunk.
        self._token_ids, self._offsets = array("i"), array("q", [0])
        self._split = _splitter(kind)

    def encode(self, texts: Iterable[pa.StringArray]) -> Iterator[tuple[Integers, Positions]]:
        """Yield for each batch its token ids int32 [tokens], concatenated, and the text lengths int64 [texts]."""
        for chunks in _map_ahead(_split_chunks, texts):
            yield self._expand(self._encode_chunks(chunks.distinct)[chunks.indices], chunks.lengths)

    def _expand(self, chunk_ids: Positions, lengths: Positions) -> tuple[Integers, Positions]:
        """Replace chunks by their token ids; `lengths` counts the chunks of each text."""
        token_ids, offsets = np.frombuffer(self._token_ids, np.int32), np.frombuffer(self._offsets, np.int64)
        return expand(chunk_ids, lengths, offsets, token_ids)

    def _encode_chunks(self, chunks: list[bytes]) -> Positions:
        """Return the ids of chunks; new chunks are split and get the next ids."""
        chunk_ids = self._chunk_ids
        new = [chunk for chunk in chunks if chunk not in chunk_ids]
        if new:
            tokens = self._split(new)
            numbers = self.numbers
            self._offsets.extend((len(self._token_ids) + tokens.row_splits[1:]).numpy().tolist())
            self._token_ids.extend(numbers.setdefault(token, len(numbers)) for token in tokens.flat_values.numpy())
            chunk_ids.update(zip(new, range(len(chunk_ids), len(chunk_ids) + len(new)), strict=True))
        return np.fromiter((chunk_ids[chunk] for chunk in chunks), np.int64, len(chunks))


@cache  # traced once in a process, which encodes many blocks
def _splitter(kind: str) -> Callable[[list[bytes]], tf.RaggedTensor]:
    split: Callable[[list[bytes]], tf.RaggedTensor] = tf.function(
        lambda chunks: split_units(kind, chunks), input_signature=[tf.TensorSpec([None], tf.string)]
    )
    return split


def _split_chunks(texts: pa.StringArray) -> Chunks:
    chunks = pc.ascii_split_whitespace(texts)
    encoded = chunks.flatten().dictionary_encode()
    distinct = encoded.dictionary.cast(pa.binary()).to_pylist()
    return Chunks(distinct, encoded.indices.to_numpy(), pc.list_value_length(chunks).to_numpy().astype(np.int64))


def _map_ahead(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Map a function over items in threads, in order and at most THREADS items ahead."""
    with ThreadPoolExecutor(THREADS) as executor:
        pending: deque[Future[Result]] = deque()
        for item in items:
            pending.append(executor.submit(function, item))
            if len(pending) > THREADS:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
