"""Growth of each stage's seconds and memory with the texts of a corpus and with the vectors of a file.

The commands of dvc.yaml run as processes in a scratch folder, once per size. Seconds are those of the work without
start-up, as recorded in timings/; memory is the peak of the whole process with its imports. `--texts` and `--vectors`
set other sizes, such as small ones for a trial.
"""

import argparse
import logging
import math
import os
import subprocess
import sys
import tempfile
from itertools import chain, cycle, islice
from pathlib import Path
from statistics import linear_regression
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from ruamel.yaml import YAML

from benchmarks.measuring import RESULTS, machine
from embedding_bench.artifacts import tokens
from embedding_bench.core import errors
from embedding_bench.core.files import atomic_path, read_json, save_json
from embedding_bench.project.params_file import change

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOT = Path(__file__).parent.parent
TEXTS = [10**4, 10**5, 10**6, 10**7]
VECTORS = [10**4, 10**5, 10**6, 3 * 10**6]
ALL_STAGES = 10**6  # texts up to which all stages run; above, training takes hours
CORPUS = 10**4  # texts of the corpus for vectors from a file
HELD_OUT, DIMENSIONS, SHARED, ROWS = 2000, 50, 500, 1000
VECTOR_FILE = "vectors.txt"

Result = dict[str, Any]
Series = dict[str, dict[int, tuple[float, int]]]  # stage -> size -> seconds and peak MB


class Step(NamedTuple):
    """A stage of dvc.yaml with the values of its axes, and its name in the results ("": not reported)."""

    name: str
    stage: str
    items: dict[str, str] = {}


def cell(vectors: str, tuning: str = "", encoder: str = "") -> dict[str, str]:
    """Return the values of the axes."""
    return {"vectorizer": "words", "vectors": vectors, "tuning": tuning, "encoder": encoder}


ENCODE = [Step("download", "download"), Step("vectorize", "vectorize", {"vectorizer": "words"})]
REST = [
    Step("vectors: word2vec, 1 epoch", "vectors", cell("word2vec")),
    Step("", "vectors", cell("random")),
    Step("embed", "embed", cell("word2vec")),
    Step("", "embed", cell("random")),
    Step("", "search", cell("random", "finetuned", "mean")),
    Step("", "search", cell("word2vec", "frozen", "mean")),
    Step("", "search", cell("word2vec", "finetuned", "bilstm")),
    Step("", "search_baseline", {"baseline": "tfidf"}),
    Step("train: learned mean, 1 epoch", "train", cell("random", "finetuned", "mean")),
    Step("train: frozen mean, 1 epoch", "train", cell("word2vec", "frozen", "mean")),
    Step("train: fine-tuned bilstm, 1 epoch", "train", cell("word2vec", "finetuned", "bilstm")),
    Step("baseline: tfidf, one strength", "baseline", {"baseline": "tfidf"}),
    Step("projector", "projector"),
    Step("intrinsic", "intrinsic"),
    Step("compare", "compare"),
    Step("export: mean", "export"),
    Step("report", "report"),
]
FROM_FILE = [Step("vectors: file", "vectors", cell("file")), Step("embed", "embed", cell("file"))]


def parameters(texts: int) -> str:
    """Return params.yaml with a sample corpus of some train texts, and with the shortest trainings."""
    once = {"epochs": 1}
    changes = {
        # Stages after training are measured on one variant.
        "run": {"vectors": ["random"], "tuning": ["finetuned"], "encoders": ["mean"], "baselines": ["tfidf"]},
        "datasets": {"sample": {"train": texts, "validation": HELD_OUT, "test": HELD_OUT, "unlabeled": 0}},
        "vectors": {
            "word2vec": once,
            "file": {"source": "file", "path": VECTOR_FILE, "vocabulary": "corpus", "missing": {"policy": "zeros"}},
        },
        "encoders": {"mean": once, "bilstm": once},
        "training": {"replicates": 1, "label_budgets": []},
        "baselines": {"tfidf": {"strengths": [5.0]}},
    }
    return change((ROOT / "params.yaml").read_text(), changes)


def command(step: Step) -> list[str]:
    """Return the stage's command of dvc.yaml, filled in."""
    text = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"][step.stage]["cmd"]
    text = text.replace("${dataset}", "sample")
    for axis, value in step.items.items():
        text = text.replace(f"${{item.{axis}}}", value)
    return [sys.executable, *text.split()[1:]]


def run(step: Step, folder: Path) -> tuple[float, int]:
    """Run one step in the scratch folder; return its recorded seconds and peak MB."""
    for path in folder.glob("timings/*.json"):
        path.unlink()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DVC_ROOT": str(folder)}
    subprocess.run(command(step), cwd=folder, env=environment, check=True)
    (timing,) = (read_json(path) for path in folder.glob("timings/*.json"))
    return timing["seconds"], timing["peak_mb"]


def measure(steps: list[Step], folder: Path, size: int, series: Series) -> None:
    """Run steps in sequence, and add the measurements of those with a name to the series."""
    for step in steps:
        seconds, megabytes = run(step, folder)
        if step.name:
            series.setdefault(step.name, {})[size] = (seconds, megabytes)
            print(f"  {size:,}: {step.name}: {seconds:.2f} s, {megabytes:,} MB", flush=True)


def write_vectors(path: Path, words: list[str], count: int) -> None:
    """Write vectors in GloVe's format: some words of the corpus first, then w0, w1, and so on.

    Names are not kept in a list: on Linux, the peak memory of a process begins at that of its parent.
    """
    block = np.random.default_rng(1).normal(0, 0.5, (ROWS, DIMENSIONS)).round(5)
    tails = [f" {' '.join(map(str, row))}\n" for row in block.tolist()]  # repeated: formatting all takes minutes
    shared = words[: min(SHARED, count // 2)]
    names = chain(shared, (f"w{number}" for number in range(count - len(shared))))
    with path.open("w") as file:
        file.writelines(name + tail for name, tail in zip(names, islice(cycle(tails), count), strict=True))


def by_texts(sizes: list[int], series: Series) -> None:
    """Run the stages on sample corpora of some sizes."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / "params.yaml").write_text(parameters(size))
            measure(ENCODE + (REST if size <= ALL_STAGES else []), folder, size, series)


def by_vectors(sizes: list[int], series: Series) -> None:
    """Run the stages that read vectors from a file, on one sample corpus."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "params.yaml").write_text(parameters(CORPUS))
        for step in ENCODE:
            run(step, folder)
        words = tokens.read_lexicon(folder / "data/tokens/words")["token"].to_pylist()
        for size in sizes:
            write_vectors(folder / VECTOR_FILE, words, size)
            measure(FROM_FILE, folder, size, series)


def slope(sizes: list[int], seconds: list[float]) -> float | None:
    """Fit log seconds over log sizes by least squares; 1 is linear growth. None for a single size."""
    if len(sizes) < 2:
        return None
    shortest = 0.001  # resolution of timings/
    logs = [math.log10(max(value, shortest)) for value in seconds]
    return round(linear_regression([math.log10(size) for size in sizes], logs).slope, 3)


def summarise(series: Series) -> list[Result]:
    """Return by stage: sizes, seconds, MB, exponents of time, and bytes per further text between the last two sizes."""
    rows = []
    for name, by_size in series.items():
        sizes = sorted(by_size)
        seconds, megabytes = ([by_size[size][part] for size in sizes] for part in (0, 1))
        more = (megabytes[-1] - megabytes[-2]) * 10**6 / (sizes[-1] - sizes[-2]) if len(sizes) > 1 else None
        rows.append(
            {
                "stage": name,
                "sizes": sizes,
                "seconds": seconds,
                "peak_mb": megabytes,
                "exponent_last_two": slope(sizes[-2:], seconds[-2:]),
                "exponent_all": slope(sizes, seconds),
                "bytes_each": None if more is None else round(more),
            }
        )
    return rows


def table(result: Result) -> str:
    """Format a Markdown table for each axis."""
    return "\n\n".join(axis_table(axis, result[axis]) for axis in ("texts", "vectors") if result[axis])


def axis_table(axis: str, stages: list[Result]) -> str:
    """Format seconds, exponents, MB and bytes of each stage; cells of missing sizes are empty."""
    sizes = sorted({size for row in stages for size in row["sizes"]})
    heads = [*(f"{size:,}" for size in sizes), "exponent, last two sizes", "all sizes"]
    heads += [*(f"{size:,}" for size in sizes), f"bytes for each further {axis[:-1]}, last two sizes"]
    lines = [f"| by {axis} | " + " | ".join(heads) + " |", "| --- |" + " ---: |" * len(heads)]
    for row in stages:
        seconds, megabytes = (dict(zip(row["sizes"], row[part], strict=True)) for part in ("seconds", "peak_mb"))
        cells = [f"{seconds[size]:.3g} s" if size in seconds else "" for size in sizes]
        cells += ["" if row[key] is None else f"{row[key]:.2f}" for key in ("exponent_last_two", "exponent_all")]
        cells += [f"{megabytes[size]:,} MB" if size in megabytes else "" for size in sizes]
        cells.append("" if row["bytes_each"] is None else f"{row['bytes_each']:,}")
        lines.append(f"| {row['stage']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw(stages: list[Result], path: Path) -> None:
    """Draw seconds and MB over texts as PNG, a line per stage, on logarithmic scales."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it reports its font cache on first use
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5.6), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_panel(left, stages, "seconds", "seconds of work")
    draw_panel(right, stages, "peak_mb", "peak MB of the process")
    handles, names = left.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png")


def draw_panel(axes: "Axes", stages: list[Result], part: str, title: str) -> None:
    """Draw one measure of all stages, with a grey line proportional to the texts."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    for number, row in enumerate(stages):
        marker = "os^Dv<>pX"[number % 9]  # distinguishable without colours
        axes.plot(row["sizes"], row[part], color=f"C{number % 10}", marker=marker, markersize=5, label=row["stage"])
    ends = [min(row["sizes"][0] for row in stages), max(row["sizes"][-1] for row in stages)]
    low, high = min(min(row[part]) for row in stages), max(max(row[part]) for row in stages)
    first = math.sqrt(low * high * ends[0] / ends[1])  # in the middle of the panel
    axes.plot(ends, [first, first * ends[1] / ends[0]], color="0.6", linestyle="--", label="proportional to texts")
    axes.set(xscale="log", yscale="log", xlabel="texts in train", ylim=(low / 1.5, high * 1.5))
    axes.set_title(title, fontsize="medium")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    for scale in (axes.xaxis, axes.yaxis):
        scale.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    axes.grid(color="0.9")


def keep(texts: Series, vectors: Series) -> Result:
    """Write the results so far to benchmarks/results/."""
    result = {"texts": summarise(texts), "vectors": summarise(vectors), **machine()}
    RESULTS.mkdir(exist_ok=True)
    save_json(RESULTS / "scale.json", result)
    return result


def main() -> None:
    """Read the command line, run, print, and write benchmarks/results/scale.json and scale.png."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, nargs="*", default=TEXTS, help="sizes of train")
    parser.add_argument("--vectors", type=int, nargs="*", default=VECTORS, help="words in the file of vectors")
    arguments = parser.parse_args()
    texts: Series = {}
    vectors: Series = {}
    by_texts(sorted(arguments.texts), texts)
    keep(texts, vectors)  # hours of work, kept even if the rest fails
    if arguments.vectors:
        by_vectors(sorted(arguments.vectors), vectors)
    result = keep(texts, vectors)
    if result["texts"]:
        draw(result["texts"], RESULTS / "scale.png")
    print(table(result))


if __name__ == "__main__":
    errors.run(main)
