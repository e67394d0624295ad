"""Batches of texts through the tokenizer, without Python work for each token."""

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from embedding_bench.tensorflow import tf
from embedding_bench.tokens.changes import expand
from embedding_bench.tokens.vectorizers import split_units

THREADS = 2  # of Arrow's work; more batches than that are not held in memory

Given = TypeVar("Given")
Made = TypeVar("Made")


class Chunks(NamedTuple):
    """What stands between the spaces of some texts: each different chunk once, and where each stands."""

    different: list[bytes]
    which: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int64]


class Tokenizer:
    """Cuts texts into words or characters, and gives each new one the next number.

    Words repeat and regular expressions are slow: each different chunk between spaces is cut once. `numbers` has the
    number of each token.
    """

    def __init__(self, kind: str) -> None:
        self.numbers: dict[bytes, int] = {}
        self._chunks: dict[bytes, int] = {}
        # The numbers of the tokens of all chunks, end to end, and where each chunk begins.
        self._tokens, self._begins = array("i"), array("q", [0])
        self._split = tf.function(
            lambda chunks: split_units(kind, chunks), input_signature=[tf.TensorSpec([None], tf.string)]
        )

    def encode(self, texts: Iterable[pa.StringArray]) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]]:
        """Yield, for each batch, the numbers of its tokens end to end int32, and the length of each text int64."""
        for chunks in _ahead(_cut, texts):
            yield self._expand(self._number(chunks.different)[chunks.which], chunks.lengths)

    def _expand(
        self, which: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Put the tokens of chunks in their place; `lengths` counts the chunks of each text."""
        tokens, begins = np.frombuffer(self._tokens, np.int32), np.frombuffer(self._begins, np.int64)
        return expand(which, lengths, begins, tokens)

    def _number(self, different: list[bytes]) -> npt.NDArray[np.int64]:
        """Number chunks, and cut those that are new."""
        known = self._chunks
        new = [chunk for chunk in different if chunk not in known]
        if new:
            tokens = self._split(new)
            numbers = self.numbers
            self._begins.extend((len(self._tokens) + tokens.row_splits[1:]).numpy().tolist())
            self._tokens.extend(numbers.setdefault(token, len(numbers)) for token in tokens.flat_values.numpy())
            known.update(zip(new, range(len(known), len(known) + len(new)), strict=True))
        return np.fromiter((known[chunk] for chunk in different), np.int64, len(different))


def _cut(texts: pa.StringArray) -> Chunks:
    chunks = pc.ascii_split_whitespace(texts)
    coded = chunks.flatten().dictionary_encode()
    different = coded.dictionary.cast(pa.binary()).to_pylist()
    return Chunks(different, coded.indices.to_numpy(), pc.list_value_length(chunks).to_numpy().astype(np.int64))


def _ahead(function: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """Apply a function to all items in order, in threads, a few items ahead."""
    with ThreadPoolExecutor(THREADS) as threads:
        waiting: deque[Future[Made]] = deque()
        for item in items:
            waiting.append(threads.submit(function, item))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
