"""WordPiece subwords (Schuster and Nakajima, 2012), learned on the corpus by the `tokenizers` library."""

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.trainers import WordPieceTrainer

from embedding_bench.arrays import Positions

UNKNOWN, INNER = "[UNK]", "##"
ALPHABET = 1000  # most frequent characters; words with others are unknown
LINE = 1000  # repetitions of a word on a line for the trainer


class Subwords:
    """Splits words into pieces; all pieces but the first of a word begin with ``##``.

    `text` is the serialised form: the pieces as JSON, in the order in which they were learned.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._names = np.asarray([name.encode() for name in json.loads(text)], dtype=object)
        vocabulary = {name: piece_id for piece_id, name in enumerate(json.loads(text))}
        self._tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNKNOWN))

    def split(self, words: Sequence[bytes]) -> tuple[npt.NDArray[np.object_], Positions]:
        """Return the pieces of all words, concatenated (bytes), and the number of pieces of each, int64 [words]."""
        encodings = self._tokenizer.encode_batch_fast([word.decode("utf-8", "replace") for word in words])
        piece_ids = np.asarray([piece_id for encoding in encodings for piece_id in encoding.ids], dtype=np.int64)
        return self._names[piece_ids], np.fromiter(map(len, encodings), np.int64, len(encodings))


def learn_subwords(words: Sequence[bytes], counts: Positions, pieces: int) -> Subwords:
    """Learn about `pieces` pieces from words and their counts int64 [words]."""
    word_counts = [(word.decode("utf-8", "replace"), int(count)) for word, count in zip(words, counts, strict=True)]
    alphabet = _frequent_characters(word_counts)
    # Special tokens get fixed ids, so that ties between equal counts are broken alike in every run.
    special = [UNKNOWN, *alphabet, *(INNER + character for character in alphabet)]
    tokenizer = Tokenizer(WordPiece(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    trainer = WordPieceTrainer(
        vocab_size=max(pieces, len(special)), special_tokens=special, limit_alphabet=len(special), show_progress=False
    )
    characters = set(alphabet)
    lines = (
        f"{word} " * min(LINE, count - start)
        for word, count in word_counts
        if characters.issuperset(word)
        for start in range(0, count, LINE)
    )
    tokenizer.train_from_iterator(lines, trainer)
    vocabulary = tokenizer.get_vocab()
    return Subwords(json.dumps(sorted(vocabulary, key=vocabulary.__getitem__), ensure_ascii=False))


def _frequent_characters(word_counts: list[tuple[str, int]]) -> list[str]:
    """Return the ALPHABET most frequent characters, sorted by code point."""
    totals: dict[str, int] = {}
    for word, count in word_counts:
        for character in word:
            totals[character] = totals.get(character, 0) + count
    return sorted(sorted(totals, key=lambda character: (-totals[character], character))[:ALPHABET])
