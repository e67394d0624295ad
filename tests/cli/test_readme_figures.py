"""What README quotes of the published leaderboards is what results/ says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

README = " ".join((ROOT / "README.md").read_text().split())
QUOTED = {"AG News": ("ag_news_subset", "ag_news_subset"), "IMDb": ("imdb_ngrams", "imdb_reviews")}


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def points(gap: dict[str, float]) -> str:
    return f"{100 * gap['mean']:+.1f} ({100 * gap['low']:+.1f} to {100 * gap['high']:+.1f})"


@pytest.mark.parametrize("corpus", QUOTED)
def test_readme_quotes_the_published_answers(corpus):
    name, peer = QUOTED[corpus]
    (told,) = re.findall(rf"\*\*{corpus}:\*\* .*?(?= \*\*|All figures)", README)
    told = told.replace(" points", "")
    rows = {row["variant"]: row for row in load(ROOT / "results" / f"{name}.json")["rows"]}
    (chosen,) = (row for row in rows.values() if row["selected"])
    fasttext = load(ROOT / "benchmarks" / "results" / "accuracy" / f"{peer}.json")
    assert fasttext["selected"]["variant"] == chosen["variant"]
    accuracy = chosen["accuracy"]
    assert f"{accuracy['mean']:.3f} ({accuracy['low']:.3f} to {accuracy['high']:.3f})" in told
    assert points(fasttext["difference"]) in told
    assert points(rows["tfidf-bigrams"]["behind_selected"]) in told


@pytest.mark.parametrize(
    ("name", "variant", "labels", "quoted"),
    [
        ("ag_news_subset", "words-word2vec-frozen-mean", 100, "0.84"),
        ("ag_news_subset", "words-random-finetuned-mean", 100, "0.63"),
        ("ag_news_subset", "tfidf", 100, "0.65"),
        ("imdb_ngrams", "words-word2vec-frozen-presence", 100, "0.78"),
        ("imdb_ngrams", "bigrams-random-finetuned-presence", 100, "0.71"),
        ("imdb_ngrams", "words-word2vec-frozen-presence", 3000, "0.85"),
        ("imdb_ngrams", "bigrams-random-finetuned-presence", 3000, "0.87"),
    ],
)
def test_readme_quotes_the_learning_curves(name, variant, labels, quoted):
    rows = {row["variant"]: row for row in load(ROOT / "results" / f"{name}.json")["rows"]}
    (point,) = (one for one in rows[variant]["learning_curve"] if one["labels"] == labels)
    assert f"{point['mean']:.2f}" == quoted
    assert quoted in README


def test_readme_shows_a_picture_of_each():
    for name, _ in QUOTED.values():
        for picture in ("leaderboard", "learning"):
            assert f"results/{name}-{picture}.svg" in README
            assert (ROOT / "results" / f"{name}-{picture}.svg").is_file()
