"""fastText on the pipeline's tokens: its training file and its predictions."""

from collections.abc import Iterable
from pathlib import Path

import fasttext
import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts.tokens import Encoded


def words_of(encoded: Encoded, names: list[str]) -> list[str]:
    """Join the tokens of each text with spaces."""
    words = [names[row] for row in encoded.ids]
    return [" ".join(words[a:b]) for a, b in zip(encoded.offsets[:-1], encoded.offsets[1:], strict=True)]


def write_labelled(path: Path, labels: Iterable[int], lines: Iterable[str]) -> None:
    """Write texts in fastText's format: a text per line, after its label."""
    path.write_text("".join(f"__label__{label} {line}\n" for label, line in zip(labels, lines, strict=True)))


def answers(model: fasttext.FastText._FastText, lines: list[str]) -> npt.NDArray[np.int32]:
    """Predict the label of each line."""
    # Its `predict` fails on NumPy 2; this is the call that it wraps.
    predicted = model.f.multilinePredict([f"{line}\n" for line in lines], 1, 0.0, "strict")[0]
    return np.asarray([int(names[0].removeprefix("__label__")) for names in predicted], np.int32)
