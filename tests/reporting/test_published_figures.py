"""README and results/README.md quote what results/ holds, each value at its place."""

import json
import re
from typing import Any

import pytest

from tests.conftest import ROOT

README = " ".join((ROOT / "README.md").read_text().split())
FINDINGS = " ".join((ROOT / "results/README.md").read_text().split())
QUOTED = {"AG News": ("ag_news_subset", "ag_news_subset"), "IMDb": ("imdb_ngrams", "imdb_reviews")}


def load(folder: str, name: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((ROOT / folder / f"{name}.json").read_text())
    return record


def rows_of(name: str) -> dict[str, dict[str, Any]]:
    return {row["variant"]: row for row in load("results", name)["rows"]}


def finding(corpus: str) -> str:
    """The paragraph of a corpus in results/README.md."""
    (paragraph,) = re.findall(rf"\*\*{corpus}:\*\* .*?(?= \*\*|## |$)", FINDINGS)
    return str(paragraph)


def points(gap: dict[str, float]) -> str:
    return f"{100 * gap['mean']:+.1f} points ({100 * gap['low']:+.1f} to {100 * gap['high']:+.1f})"


@pytest.mark.parametrize("corpus", QUOTED)
def test_a_finding_quotes_the_selected_row_and_its_differences(corpus):
    name, peer = QUOTED[corpus]
    rows = rows_of(name)
    (selected,) = (row for row in rows.values() if row["selected"])
    fasttext = load("benchmarks/results/accuracy", peer)
    assert fasttext["selected"]["variant"] == selected["variant"]
    accuracy = selected["accuracy"]
    text = finding(corpus)
    assert f"{accuracy['mean']:.3f} ({accuracy['low']:.3f} to {accuracy['high']:.3f})" in text
    assert f"{points(fasttext['difference'])} against fastText with bigrams" in text
    assert f"{points(rows['tfidf-bigrams']['behind_selected'])} against TF-IDF bigrams" in text


def test_readme_quotes_the_selected_row_of_ag_news():
    rows = rows_of("ag_news_subset")
    (selected,) = (row for row in rows.values() if row["selected"])
    (quoted,) = re.findall(r"AG News .*? reaches (0\.\d+) on test;", README)
    assert quoted == f"{selected['accuracy']['mean']:.3f}"
    assert (selected["vectors"], selected["tuning"], selected["encoder"]) == ("word2vec", "finetuned", "bilstm")
    assert rows["tfidf-bigrams"]["behind_selected"]["p_value"] > 0.05


CURVES = [
    ("AG News", "words-word2vec-frozen-mean", 100, "frozen word2vec vectors reaches {}"),
    ("AG News", "words-random-finetuned-mean", 100, "embeddings learned from scratch {}"),
    ("AG News", "tfidf", 100, "TF-IDF {}"),
    ("IMDb", "words-word2vec-frozen-presence", 100, "With 100 labels frozen word2vec reaches {}"),
    ("IMDb", "bigrams-random-finetuned-presence", 100, "vectors learned from scratch {};"),
    ("IMDb", "words-word2vec-frozen-presence", 3000, "with 3,000, {} and"),
    ("IMDb", "bigrams-random-finetuned-presence", 3000, "with 3,000, 0.85 and {}"),
]


@pytest.mark.parametrize(("corpus", "variant", "labels", "phrase"), CURVES)
def test_a_finding_quotes_the_learning_curves_at_their_place(corpus, variant, labels, phrase):
    curve = rows_of(QUOTED[corpus][0])[variant]["learning_curve"]
    (point,) = (point for point in curve if point["labels"] == labels)
    assert phrase.format(f"{point['mean']:.2f}") in finding(corpus)


def test_readme_quotes_few_labels():
    curve = rows_of("ag_news_subset")["words-word2vec-frozen-mean"]["learning_curve"]
    (point,) = (point for point in curve if point["labels"] == 100)
    assert f"frozen word2vec vectors reaches {point['mean']:.2f}," in README


def test_readme_shows_the_picture_of_a_published_board():
    (picture,) = re.findall(r'src="results/(\w+)-leaderboard.svg"', README)
    assert picture == "ag_news_subset"
