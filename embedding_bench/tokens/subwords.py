"""Pieces of words, learned on the corpus: WordPiece (Schuster and Nakajima, 2012) by the `tokenizers` library."""

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.trainers import WordPieceTrainer

UNKNOWN, INNER = "[UNK]", "##"
ALPHABET = 1000  # characters, the most frequent ones; words with others are unknown
LINE = 1000  # times that a word stands on a line for the trainer


class Subwords:
    """Cuts words into pieces, of which all but a word's first begin with ``##``.

    `text` is what rebuilds it: the pieces as JSON, the earliest learned first.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._names = np.asarray([name.encode() for name in json.loads(text)], dtype=object)
        vocabulary = {name: number for number, name in enumerate(json.loads(text))}
        self._tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNKNOWN))

    def cut(self, words: Sequence[bytes]) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
        """Return the pieces of all words end to end, bytes, and how many each has, int64 [words]."""
        found = self._tokenizer.encode_batch_fast([word.decode("utf-8", "replace") for word in words])
        pieces = np.asarray([piece for word in found for piece in word.ids], dtype=np.int64)
        return self._names[pieces], np.fromiter(map(len, found), np.int64, len(found))


def learn_subwords(words: Sequence[bytes], counts: npt.NDArray[np.int64], pieces: int) -> Subwords:
    """Learn about `pieces` pieces from words and how often each occurs."""
    counted = [(word.decode("utf-8", "replace"), int(count)) for word, count in zip(words, counts, strict=True)]
    alphabet = _frequent_characters(counted)
    # Named beforehand, so that they have the same numbers, and equal counts the same order, in every run.
    first = [UNKNOWN, *alphabet, *(INNER + character for character in alphabet)]
    tokenizer = Tokenizer(WordPiece(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    trainer = WordPieceTrainer(
        vocab_size=max(pieces, len(first)), special_tokens=first, limit_alphabet=len(first), show_progress=False
    )
    known = set(alphabet)
    lines = (
        f"{word} " * min(LINE, count - begin)
        for word, count in counted
        if known.issuperset(word)
        for begin in range(0, count, LINE)
    )
    tokenizer.train_from_iterator(lines, trainer)
    vocabulary = tokenizer.get_vocab()
    return Subwords(json.dumps(sorted(vocabulary, key=vocabulary.__getitem__), ensure_ascii=False))


def _frequent_characters(counted: list[tuple[str, int]]) -> list[str]:
    """List the most frequent characters, in the order of their code points."""
    totals: dict[str, int] = {}
    for word, count in counted:
        for character in word:
            totals[character] = totals.get(character, 0) + count
    return sorted(sorted(totals, key=lambda character: (-totals[character], character))[:ALPHABET])
