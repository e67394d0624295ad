"""fastText (Bojanowski et al., 2017) trained by gensim."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
from gensim.models import FastText

from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.settings.vectors import FastTextVectors
from embedding_bench.vectors.ngrams import Ngrams, compose, out_of_vocabulary
from embedding_bench.vectors.trained.word2vec import Sentences, gensim_arguments, train


def train_fasttext(
    tokens: list[str], splits: list[Encoded], settings: FastTextVectors, lexicon: Sequence[str]
) -> Iterator[WordVectors]:
    """Train on `splits`; yield the trained words, then the other words of the lexicon, composed from n-grams.

    Raises:
        UserError: No token reaches `min_count`.
    """
    shortest, longest = settings.characters
    model = FastText(**gensim_arguments(settings), min_n=shortest, max_n=longest, bucket=settings.buckets)
    train(model, Sentences(tokens, splits), settings)
    words = model.wv.index_to_key
    yield WordVectors(pa.array(words, pa.string()), model.wv.vectors)
    yield from compose(out_of_vocabulary(lexicon, words), Ngrams(model.wv.vectors_ngrams, shortest, longest))
