import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.corpus.sample.ceilings import ceilings
from embedding_bench.corpus.sample.generator import BLOCK, FACETS, LABELS, generate
from embedding_bench.corpus.sample.lexicon import FAMILIES
from embedding_bench.corpus.sample.names import KINDS, PEOPLE
from embedding_bench.corpus.sample.neutral import BACKGROUND, COMPANIONS, CUES, MARKERS, NOUNS

CLASS_WORDS = [word for family in FAMILIES for groups in family.values() for group in groups for word in group.split()]
NAMES = [name.lower() for kind in KINDS for name in kind]
SPLITS = ("train", "validation", "test", "unlabeled")


@dataclass(frozen=True)
class Sizes:
    seed: int = 1
    train: int = 2000
    validation: int = 500
    test: int = 2000
    unlabeled: int = 20000
    noise: float = 0.03


def rows(split: str, settings: Sizes = Sizes()) -> pa.Table:
    return pa.Table.from_batches(list(generate(split, settings)))


def tokens(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text.lower())


@pytest.fixture(scope="module")
def corpus() -> dict[str, pa.Table]:
    return {split: rows(split) for split in SPLITS}


@pytest.fixture(scope="module")
def many() -> list[dict]:
    return rows("train", Sizes(train=40000)).to_pylist()


def of_facet(table: pa.Table, facet: str) -> list[list[str]]:
    return [tokens(row["text"]) for row in table.to_pylist() if row["facet"] == facet]


def test_the_splits_have_the_configured_sizes_and_columns(corpus):
    assert {split: len(table) for split, table in corpus.items()} == {
        "train": 2000, "validation": 500, "test": 2000, "unlabeled": 20000,
    }  # fmt: skip
    columns = [
        ("text", pa.string()),
        ("label", pa.int32()),
        ("facet", pa.string()),
        ("clean_label", pa.int32()),
    ]
    assert all(table.schema == pa.schema(columns) for table in corpus.values())


def test_an_empty_split_has_columns_and_no_rows():
    assert rows("unlabeled", Sizes(unlabeled=0)).num_rows == 0


def test_the_same_seed_gives_the_same_rows(corpus):
    assert rows("train").equals(corpus["train"])


def test_another_seed_and_another_split_give_other_texts(corpus):
    texts = set(corpus["train"]["text"].to_pylist())
    assert texts.isdisjoint(rows("train", Sizes(seed=2))["text"].to_pylist())
    assert texts.isdisjoint(corpus["test"]["text"].to_pylist())


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1])
def test_a_bigger_split_begins_with_the_smaller_one(corpus, size):
    assert rows("unlabeled", Sizes(unlabeled=size)).equals(corpus["unlabeled"].slice(0, size).combine_chunks())


def test_noise_changes_labels_and_nothing_else(corpus):
    noisy = rows("train", Sizes(noise=0.4))
    assert noisy.drop_columns("label").equals(corpus["train"].drop_columns("label"))
    clean = rows("train", Sizes(noise=0.0))
    assert clean["label"].equals(clean["clean_label"])


def test_labels_are_wrong_at_the_rate_of_the_noise_and_evenly_over_the_other_classes(many):
    wrong = [(row["label"] - row["clean_label"]) % len(LABELS) for row in many]
    shares = np.bincount(wrong, minlength=len(LABELS)) / len(many)
    assert shares == pytest.approx([0.97, 0.01, 0.01, 0.01], abs=0.003)


def test_unlabeled_rows_hide_their_label_and_keep_the_clean_one(corpus):
    assert set(corpus["unlabeled"]["label"].to_pylist()) == {-1}
    assert set(corpus["unlabeled"]["clean_label"].to_pylist()) == {0, 1, 2, 3}


@pytest.mark.parametrize("split", ["train", "test", "unlabeled"])
def test_facets_have_the_same_shares_in_all_splits_and_classes(corpus, split):
    counts = Counter((row["facet"], row["clean_label"]) for row in corpus[split].to_pylist())
    shares = [counts[facet, label] / len(corpus[split]) for facet in FACETS for label in range(len(LABELS))]
    assert shares == pytest.approx(np.repeat([0.35, 0.30, 0.20, 0.15], 4) / 4, abs=0.02)


def test_texts_read_as_sentences(many):
    sentence = re.compile(r"[A-Z][a-z]+(,? [A-Za-z][a-z]*)+\.")
    assert [row["text"] for row in many if not sentence.fullmatch(row["text"])] == []
    assert {len(tokens(row["text"])) for row in many} <= set(range(18, 31))


def test_no_word_has_two_roles():
    neutral = [word for groups in COMPANIONS.values() for group in groups for word in group.split()]
    background = {word for words in BACKGROUND.values() for word in re.findall(r"\w+", words.lower())}
    planted = [word for words in (*MARKERS.values(), *CUES, NOUNS.values()) for word in words]
    counts = Counter([*CLASS_WORDS, *NAMES, *(name.lower() for name in PEOPLE), *neutral, *background, *planted])
    assert [word for word, count in counts.items() if count > 1] == []


def test_class_words_occur_only_in_texts_of_their_class(many):
    owners = {word: label for label, family in enumerate(FAMILIES) for groups in family.values()
              for group in groups for word in group.split()}  # fmt: skip
    owners |= {name.lower(): label for label, kind in enumerate(KINDS) for name in kind}
    for row in many:
        owned = {owners[token] for token in tokens(row["text"]) if token in owners}
        assert owned == ({row["clean_label"]} if row["facet"] in ("plain", "rare") else set())


def test_rare_class_words_of_test_are_mostly_unseen_in_train_and_known_from_unlabeled(corpus):
    class_words = {*CLASS_WORDS, *NAMES}
    wanted = [token for text in of_facet(corpus["test"], "rare") for token in text if token in class_words]
    seen = {split: Counter(token for text in corpus[split]["text"].to_pylist() for token in tokens(text))
            for split in ("train", "unlabeled")}  # fmt: skip
    assert np.mean([token not in seen["train"] for token in wanted]) > 0.5
    assert np.mean([seen["unlabeled"][token] >= 2 for token in wanted]) > 0.75


def test_plain_class_words_of_test_are_mostly_seen_in_train(corpus):
    wanted = [token for text in of_facet(corpus["test"], "plain") for token in text if token in set(CLASS_WORDS)]
    seen = {token for text in corpus["train"]["text"].to_pylist() for token in tokens(text)}
    assert np.mean([token in seen for token in wanted]) > 0.9


def order_texts(many: list[dict], pair: tuple[int, int]) -> list[tuple[int, list[str]]]:
    return [(row["clean_label"], tokens(row["text"])) for row in many
            if row["facet"] == "order" and row["clean_label"] in pair]  # fmt: skip


@pytest.mark.parametrize("pair", MARKERS)
def test_the_order_of_two_markers_far_apart_is_the_class(many, pair):
    for label, text in order_texts(many, pair):
        places = [text.index(marker) for marker in MARKERS[pair]]
        assert label == pair[int(places[0] > places[1])]
        # of what stands between, "the" (twice) and a comma are fixed and the companion goes with the marker
        assert abs(places[0] - places[1]) - 1 - 4 >= 3
        assert sum(text.count(marker) for marker in MARKERS[pair]) == 2


@pytest.mark.parametrize("pair", MARKERS)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_no_unigram_bigram_or_trigram_separates_the_classes_of_an_order_pair(many, pair, size):
    counts = {label: Counter() for label in pair}
    for label, text in order_texts(many, pair):
        counts[label].update(set(zip(*(text[start:] for start in range(size)), strict=False)))
    one, other = (np.array([counts[label][gram] for gram in counts[pair[0]] | counts[pair[1]]]) for label in pair)
    frequent = one + other >= 20
    scores = (one - other)[frequent] / np.sqrt((one + other)[frequent])
    assert np.std(scores) == pytest.approx(1, abs=0.15)  # what coin tosses would give
    assert np.abs(scores).max() < 5


@pytest.mark.parametrize("pair", NOUNS)
def test_the_words_of_the_cue_determine_the_class_only_together(many, pair):
    seen = Counter()
    for row in many:
        if row["facet"] == "ambiguous" and row["clean_label"] in pair:
            text = tokens(row["text"])
            columns = [next(place for place, word in enumerate(words) if word in text) for words in CUES]
            assert row["clean_label"] == pair[columns[0] ^ columns[1]]
            assert NOUNS[pair] in text
            seen[tuple(columns)] += 1
    assert np.array(list(seen.values())) / seen.total() == pytest.approx([0.25] * 4, abs=0.03)


def test_the_cue_is_a_bigram_so_that_ngrams_can_learn_it(corpus):
    cues = {(first, second) for first in CUES[0] for second in CUES[1]}
    assert all(cues & set(pairwise(text)) for text in of_facet(corpus["test"], "ambiguous"))


def test_the_oracle_misses_the_noise_and_the_best_bag_half_of_the_order_texts_too():
    reached = ceilings(rows("test", Sizes(test=40000)))
    assert reached["oracle"] == pytest.approx(0.97, abs=0.003)
    assert reached["bag"] == pytest.approx(0.97 * 0.8 + 0.97 * 0.5 * 0.2, abs=0.01)


def test_without_noise_the_oracle_makes_no_mistake():
    assert ceilings(generate("test", Sizes(noise=0.0)))["oracle"] == 1.0


def test_no_label_of_the_pair_beats_the_best_bag_on_order_texts(corpus):
    test = corpus["test"].to_pandas()
    order = (test["facet"] == "order").to_numpy()
    hits = (test["label"] == test["clean_label"]).to_numpy()[~order].sum()
    for pair in MARKERS:
        labels = test["label"][order & test["clean_label"].isin(pair).to_numpy()]
        hits += max((labels == label).sum() for label in pair)
    assert ceilings(corpus["test"])["bag"] == pytest.approx(hits / len(test))
