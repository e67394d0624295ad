"""fastText (Bojanowski et al., 2017) trained by gensim."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
from gensim.models import FastText

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.settings.vectors import FastTextVectors
from embedding_bench.vectors.ngrams import Ngrams, compose, unseen
from embedding_bench.vectors.word2vec import Sentences, options, train


def train_fasttext(
    tokens: list[str], splits: list[Encoded], settings: FastTextVectors, lexicon: Sequence[str]
) -> Iterator[WordVectors]:
    """Train on `splits`, as word2vec is; yield the trained words, then those of the lexicon that were not trained.

    Raises:
        UserError: No token is frequent enough.
    """
    shortest, longest = settings.characters
    model = FastText(**options(settings), min_n=shortest, max_n=longest, bucket=settings.buckets)
    train(model, Sentences(tokens, splits), settings)
    words = model.wv.index_to_key
    yield WordVectors(pa.array(words, pa.string()), model.wv.vectors)
    yield from compose(unseen(lexicon, words), Ngrams(model.wv.vectors_ngrams, shortest, longest))
