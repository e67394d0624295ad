"""report: one page with the answer, its figures and its maps, and the same pictures for a README."""

import argparse
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embedding_bench.artifacts import corpus, embedding, model, scores, tokens
from embedding_bench.artifacts.embedding import SPECIAL, Embedding
from embedding_bench.core import errors, timing
from embedding_bench.core.console import say
from embedding_bench.core.files import read_json, whole_folder
from embedding_bench.evaluation.rendering import to_sentence
from embedding_bench.probing.affinity import usage_rates
from embedding_bench.reporting.figures import map_picture, pictures_of
from embedding_bench.reporting.made import write_index
from embedding_bench.reporting.page import build_page
from embedding_bench.reporting.pictures import to_png, to_svg
from embedding_bench.reporting.texts import most_disputed, surely_wrong
from embedding_bench.reporting.word_map import word_map
from embedding_bench.settings.complete import Settings, load_settings, settings_used
from embedding_bench.settings.run import Variant

Values = npt.NDArray[np.float32]
PICTURE_SCALE = 2.0


def report(found: Settings, data: Path, metrics: Path, out: Path) -> None:
    """Write the page and the pictures; then join what made them into reports/index.html, which is not hashed."""
    with timing.timed("report", [out]), whole_folder(out) as folder:
        board = read_json(metrics / "leaderboard.json")
        shown = mapped_variant(found, board)
        page = build_page(collect(found, data, metrics, board, shown))
        (folder / "page.html").write_text(page, encoding="utf-8")
        for name, spec in pictures_of(board).items():
            (folder / f"{name}.svg").write_text(to_svg(spec), encoding="utf-8")
            (folder / f"{name}.png").write_bytes(to_png(spec, PICTURE_SCALE))
        (folder / "maps").mkdir()
        for variant in found.run.variants:
            small = map_of(found, data, variant, found.report.labelled_words)
            picture = map_picture(small, "after" if small["after"] else "before")
            (folder / "maps" / f"{variant.name}.svg").write_text(to_svg(picture), encoding="utf-8")
    index = write_index(found, data, metrics)
    say(f"report: {index}, a page of {len(page.encode()) / 1e6:.1f} MB; maps of {len(found.run.variants)} variants")


def collect(found: Settings, data: Path, metrics: Path, board: dict[str, Any], shown: Variant) -> dict[str, Any]:
    """Collect what the page shows."""
    rows = {row["variant"]: row for row in board["rows"]}
    selected = next(name for name, row in rows.items() if row["selected"])
    labels, names = corpus.read_labels(data / "corpus", "test"), corpus.read_summary(data / "corpus")["labels"]
    wrong = surely_wrong(labels, mean_answer(data, selected), found.report.texts)
    answers = [mean_answer(data, variant.name).argmax(axis=1) for variant in found.run.variants]
    disputed = most_disputed(answers, len(names), found.report.texts)
    texts = texts_of(data, [*(one.text for one in wrong), *(one.text for one in disputed)])
    return {
        "dataset": board["dataset"],
        "answer": to_sentence(board),
        "told": [pair["told"] for pair in board["learning"]],
        "board": board,
        "analysis": read_json(metrics / "analysis.json"),
        "coverage": read_json(metrics / "coverage.json"),
        "epochs": read_epochs(metrics / "curves.tsv"),
        "confusions": read_confusions(metrics / "confusion.tsv"),
        "drift": drift(read_json(data / "intrinsic" / "intrinsic.json")),
        "wrong": [
            {
                "text": texts[one.text],
                "actual": names[labels[one.text]],
                "predicted": names[one.predicted],
                "confidence": one.confidence,
            }
            for one in wrong
        ],
        "disagreements": [
            {
                "text": texts[one.text],
                "actual": names[labels[one.text]],
                "votes": {names[label]: count for label, count in one.votes.items()},
            }
            for one in disputed
        ],
        "map": map_of(found, data, shown, found.report.words),
        "settings": settings_used(found, found.datasets[found.dataset], found.compare),
    }


def mean_answer(data: Path, variant: str) -> Values:
    """Average the replicates' test probabilities: float32 [texts, classes]."""
    mean: Values = scores.read_predictions(data / "scores" / variant, "test").mean(axis=0)
    return mean


def mapped_variant(found: Settings, board: dict[str, Any]) -> Variant:
    """Choose whose words are shown: the best variant on validation that training moved, or else the selected one."""
    ranks = {row["variant"]: row["validation_rank"] for row in board["rows"]}
    moved = [variant for variant in found.run.variants if found.tuning[variant.tuning].trainable]
    return min(moved or found.run.variants, key=lambda variant: ranks[variant.name])


class Frequent(NamedTuple):
    """The words that train uses most: their rows of the vocabulary, how often they occur, and how each class uses them.

    `rows` and `counts` int64 [words], `rates` float64 [words, classes].
    """

    built: Embedding
    rows: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    rates: npt.NDArray[np.float64]


@cache
def frequent_words(data: Path, vectorizer: str, vectors: str, classes: int, most: int) -> Frequent:
    """Find the most frequent words of an embedding, once for all its variants."""
    built = embedding.read(data / "embeddings" / f"{vectorizer}-{vectors}")
    train = tokens.read_split(data / "tokens" / vectorizer, "train")
    labels = np.repeat(corpus.read_labels(data / "corpus", "train"), np.diff(train.offsets))
    rates = usage_rates(built.remap[train.ids], labels, (built.shape[0], classes))
    counts = np.bincount(built.remap[train.ids], minlength=built.shape[0])
    rows = len(SPECIAL) + np.argsort(-counts[len(SPECIAL) :], kind="stable")[:most]
    return Frequent(built, rows, counts[rows], rates[rows])


def map_of(found: Settings, data: Path, variant: Variant, limit: int) -> dict[str, Any]:
    """Lay out the map of the words that train uses most."""
    names = corpus.read_summary(data / "corpus")["labels"]
    most = max(found.report.words, found.report.labelled_words)
    built, rows, counts, rates = frequent_words(data, variant.vectorizer, variant.vectors, len(names), most)
    weights, description = model.read(data / "models" / variant.name)
    chosen = rows[:limit]
    before = embedding.initial_matrix(built, description["seed"])[chosen]
    after = weights["embedding"][chosen] if "embedding" in weights else None
    words = built.vocabulary["token"].take(chosen).to_pylist()
    placed = word_map(words, rates[:limit], before, after, found.report.method, found.training.seed)
    return {"variant": variant.name, "classes": names, "counts": counts[:limit].tolist(), **placed}


def texts_of(data: Path, numbers: list[int]) -> dict[int, str]:
    """Read some texts of test by their number."""
    wanted, found, start = set(numbers), {}, 0
    for batch in corpus.read_texts(data / "corpus", "test"):
        for number in sorted(n for n in wanted if start <= n < start + len(batch)):
            found[number] = batch[number - start].as_py()
        start += len(batch)
    return found


def drift(intrinsic: dict[str, Any]) -> list[dict[str, Any]]:
    """List, for each fine-tuned variant, the words that training moved most."""
    return [
        {
            "embedding": name,
            "words": [
                {"word": one["word"], "moved": one["cosine"], "before": one["before"], "after": one["after"]}
                for one in entry["drift"]["most_moved"]
            ],
        }
        for name, entry in intrinsic["finetuned"].items()
        if entry["drift"]["most_moved"]
    ]


def read_epochs(path: Path) -> list[dict[str, Any]]:
    """Read the validation accuracy of every epoch."""
    return [
        {
            "variant": row["variant"],
            "replicate": int(row["replicate"]),
            "epoch": int(row["epoch"]),
            "val_accuracy": float(row["val_accuracy"]),
        }
        for row in read_table(path)
    ]


def read_confusions(path: Path) -> dict[str, dict[str, Any]]:
    """Read the confusion matrix of every row, as means over replicates and as shares of the actual class."""
    found: dict[str, dict[str, Any]] = {}
    for row in read_table(path):
        cell = found.setdefault(row["variant"], {"names": [], "counts": [], "shares": []})
        if row["actual"] not in cell["names"]:
            cell["names"].append(row["actual"])
            cell["counts"].append([])
            cell["shares"].append([])
        cell["counts"][-1].append(float(row["count"]))
        cell["shares"][-1].append(float(row["share"]))
    return found


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a TSV of `compare`."""
    header, *rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [dict(zip(header, row, strict=True)) for row in rows]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for folder in ("data", "metrics", "out"):
        parser.add_argument(f"--{folder}", type=Path, required=True)
    arguments = parser.parse_args()
    report(load_settings(), arguments.data, arguments.metrics, arguments.out)


if __name__ == "__main__":
    errors.run(main)
