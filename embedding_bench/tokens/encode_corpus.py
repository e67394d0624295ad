"""A corpus as token ids: words or characters are numbered first, then turned into the vectorizer's tokens."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from embedding_bench.arrays import Integers, Positions
from embedding_bench.artifacts import corpus
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.execution.tasks import Task, execute
from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.tokens.batches import Tokenizer
from embedding_bench.tokens.lexicon import SplitWriter, TokenizedSplit, build_lexicon, count, lexicon_order, write_rows
from embedding_bench.tokens.subwords import Subwords, learn_subwords
from embedding_bench.tokens.transformations import Buckets, Ngrams, Pieces, Transformation

BLOCK_BYTES = 2**23  # of text


class EncodedCorpus(NamedTuple):
    """The lexicon, the encoded splits (their ids on disk) and, where words are split into pieces, those as JSON."""

    lexicon: pa.Table
    splits: dict[str, Encoded]
    subwords: str | None


def encode_corpus(vectorizer: Vectorizer, corpus_folder: Path, out: Path, scratch: Path) -> EncodedCorpus:
    """Encode every split; writes `<split>.ids.npy` to `out`, and intermediate files to `scratch`."""
    numbers: dict[bytes, int] = {}
    splits = {
        split: _write(scratch / split, _encode_split(vectorizer.kind, corpus_folder, split, numbers))
        for split in corpus.splits(corpus_folder)
    }
    tokens, subwords = list(numbers), None
    if vectorizer.pieces:
        counts = count_tokens(splits, len(tokens), vectorizer.adapt_texts)["count"]
        subwords = learn_subwords(tokens, counts, vectorizer.pieces)
    tokens, splits = _change_tokens(vectorizer, tokens, splits, subwords)
    by_split = count_tokens(splits, len(tokens), vectorizer.adapt_texts)
    order = lexicon_order(tokens, by_split["count"])
    encoded = {split: write_rows(numbered, order, out / f"{split}.ids.npy") for split, numbered in splits.items()}
    return EncodedCorpus(build_lexicon(tokens, order, by_split), encoded, subwords.text if subwords else None)


def _encode_split(
    kind: str, corpus_folder: Path, split: str, numbers: dict[bytes, int]
) -> Iterator[tuple[Integers, Positions]]:
    """Yield ids and lengths of each block of a split; `numbers` has the id of each token, by first occurrence."""
    blocks = corpus.blocks(corpus_folder, split, BLOCK_BYTES)
    for tokens, ids, lengths in execute(
        Task("vectorize", encode_block, (kind, split, groups), (corpus_folder,)) for groups in blocks
    ):
        ours = np.fromiter((numbers.setdefault(token, len(numbers)) for token in tokens), np.int32, len(tokens))
        yield ours[ids], lengths


def encode_block(
    kind: str, split: str, groups: list[int], corpus_folder: Path
) -> tuple[list[bytes], Integers, Positions]:
    """Return the tokens of some row groups by first occurrence, their ids int32 [tokens] and lengths int64 [texts]."""
    tokenizer = Tokenizer(kind)
    ids, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    for batch_ids, batch_lengths in tokenizer.encode(corpus.read_texts(corpus_folder, split, groups)):
        ids.append(batch_ids)
        lengths.append(batch_lengths)
    return list(tokenizer.numbers), np.concatenate(ids), np.concatenate(lengths)


def count_tokens(splits: dict[str, TokenizedSplit], size: int, adapt_texts: int | None) -> dict[str, Positions]:
    """Count the tokens of each split and, as `count`, the occurrences that choose a vocabulary: int64 [size] each."""
    by_split = {split: count(numbered, size) for split, numbered in splits.items()}
    if adapt_texts is None:
        adapted = by_split["train"] + by_split.get("unlabeled", 0)
    else:
        adapted = count(splits["train"], size, adapt_texts)
    return {"count": adapted, **by_split}


def summarise(lexicon: pa.Table, splits: dict[str, Encoded]) -> dict[str, Any]:
    """Count texts and tokens, and the share of validation and test tokens that `count` has not seen."""
    unseen = lexicon["count"].to_numpy() == 0
    rates = {}
    for split in ("validation", "test"):
        counts = lexicon[split].to_numpy()
        rates[split] = round(float(counts[unseen].sum() / max(counts.sum(), 1)), 6)
    return {
        "types": lexicon.num_rows,
        "texts": {split: len(encoded) for split, encoded in splits.items()},
        "tokens": {split: len(encoded.ids) for split, encoded in splits.items()},
        "without_tokens": {split: int((np.diff(encoded.offsets) == 0).sum()) for split, encoded in splits.items()},
        "unknown_rate": rates,
    }


def _change_tokens(
    vectorizer: Vectorizer, tokens: list[bytes], splits: dict[str, TokenizedSplit], subwords: Subwords | None
) -> tuple[list[bytes], dict[str, TokenizedSplit]]:
    """Turn words or characters into the vectorizer's tokens, step by step as its layer in the served model does."""
    if subwords:
        tokens, splits = _apply(Pieces(tokens, subwords), splits)
    if vectorizer.ngrams > 1:
        tokens, splits = _apply(Ngrams(tokens, vectorizer.ngrams), splits)
    if vectorizer.buckets:
        tokens, splits = _apply(Buckets(tokens, vectorizer.buckets), splits)
    return tokens, splits


def _apply(change: Transformation, splits: dict[str, TokenizedSplit]) -> tuple[list[bytes], dict[str, TokenizedSplit]]:
    changed = {}
    for name, split in splits.items():
        path = split.path.with_suffix(f".{type(change).__name__}")
        changed[name] = _write(path, (change(ids, lengths) for ids, lengths in split.batches()))
        split.path.unlink()
    return change.tokens, changed


def _write(path: Path, batches: Iterable[tuple[Integers, Positions]]) -> TokenizedSplit:
    writer = SplitWriter(path)
    for ids, lengths in batches:
        writer.append(ids, lengths)
    return writer.close()
