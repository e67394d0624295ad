import pytest

from embedding_bench.settings.vectorizers import Vectorizer
from embedding_bench.tensorflow import tf
from embedding_bench.tokens.vectorizers import Splitter, text_vectorization


def split(text: str) -> list[str]:
    (row,) = Splitter(Vectorizer(kind="characters"))(tf.constant([text])).to_list()
    return [token.decode() for token in row]


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("\u6771\u4eac\u90fd", ["\u6771", "\u4eac", "\u90fd"]),
        ("Go \u6771", ["g", "o", "\u6771"]),
        ("", []),
        (" \u3000\u2028\t", []),
        ("\u0915\u094d\u0937\u093f", ["\u0915\u094d", "\u0937\u093f"]),  # a vowel sign stays with its consonant
        ("e\u0301x", ["e\u0301", "x"]),
        ("\u0301", ["\u0301"]),
        ("\U0001f642!", ["\U0001f642", "!"]),
        ("\u00c4", ["\u00e4"]),
    ],
)
def test_text_is_split_into_characters(text, characters):
    assert split(text) == characters


def test_the_layer_gives_the_ids_of_the_same_tokens():
    texts = ["\u6771\u4eac Go", "", "\u4eac\u4eac?"]
    tokens = ["\u4eac", "g", "\u6771"]
    ids = text_vectorization(Vectorizer(kind="characters"), tokens)(tf.constant(texts)).to_list()
    ids_by_token = {token: token_id for token_id, token in enumerate(tokens, start=2)}
    assert ids == [[ids_by_token.get(token, 1) for token in split(text)] for text in texts]
