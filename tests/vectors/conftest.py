from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.artifacts import tokens
from embedding_bench.artifacts.tokens import Encoded

RNG = np.random.default_rng(2)
CAT, DOG = ["cat purrs at", "cat milk"], ["dog barks at", "dog bone"]
SPLITS = {
    "train": [str(RNG.choice(CAT + DOG)) for _ in range(60)] + [""],
    "validation": ["held out"] * 5,
    "test": ["held out cat"] * 5,
    "unlabeled": ["cat and dog", "", "rare"] * 4,
}


PREDICTIVE = {
    "algorithm": "skipgram", "dimensions": 8, "window": 2, "negative": 3, "epochs": 3, "min_count": 2,
    "sample": 0.001, "seed": 1, "missing": {"policy": "zeros"},
}  # fmt: skip


def encode(texts: list[str], names: list[str]) -> Encoded:
    rows = [[names.index(word) for word in text.split()] for text in texts]
    offsets = np.cumsum([0, *(len(row) for row in rows)])
    return Encoded(np.asarray([row for words in rows for row in words], np.int32), offsets)


@pytest.fixture
def token_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the artifacts of the vectorize stage without TensorFlow."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    names = sorted({word for texts in SPLITS.values() for text in texts for word in text.split()})
    encoded = {split: encode(texts, names) for split, texts in SPLITS.items()}
    counts = {split: np.bincount(texts.ids, minlength=len(names)) for split, texts in encoded.items()}
    lexicon = pa.table({"token": names, "count": counts["train"] + counts["unlabeled"], **counts})
    folder = tmp_path / "tokens"
    folder.mkdir()
    for split, texts in encoded.items():
        np.save(folder / f"{split}.ids.npy", texts.ids)
    tokens.write(folder, lexicon, encoded, {})
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
