import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.artifacts import corpus, embedding, model, tokens
from embedding_bench.artifacts.embedding import Embedding, initial_matrix
from embedding_bench.artifacts.tokens import Encoded
from embedding_bench.reporting.projector_config import projector_config
from embedding_bench.settings.complete import load_settings
from stages.projector import project_variant
from tests.conftest import ROOT

HOSTILE = [
    "rain", "", " ", "a\tb", "a\nb", "a\rb", "\u2028", "x\u2028y", "\u2029", "x\u0085y", "\u0085", "\u00a0", "\u3000 ",
    "\x0b", "\x1c", "\x00", "\\t", '"', "'", "#", "\U0001f642", "e\u0301", "\u200b", "sun",
]  # fmt: skip
FROZEN, FINETUNED = "words-random-frozen-mean", "words-random-finetuned-mean"
SEED = 7
MISSING = {"policy": "normal", "sd": 1.0}
DESCRIPTION = {"seed": SEED, "rows": {"missing": MISSING}}


@pytest.fixture(autouse=True)
def timings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "project"))


class Project:
    """The artifacts that one variant's projector reads, of one train text for each class."""

    def __init__(self, folder: Path, names: list[str], counts: list[int] | None = None) -> None:
        self.folder = folder
        size = len(names)
        counts = counts or list(range(size, 0, -1))
        vocabulary = pa.table(
            {
                "token": pa.array(["", "[UNK]", *names]),
                "count": pa.array([0, 0, *counts], pa.int64()),
                "match": pa.array(["missing", "missing", "exact", *["missing"] * (size - 1)]).dictionary_encode(),
            }
        )
        remap = np.arange(2, size + 2, dtype=np.int32)
        vectors = np.asarray([[0.5, -1.25, 3]], np.float32)
        self.built = Embedding(vocabulary, remap, np.int32([2]), vectors, MISSING)
        self.finetuned = np.random.default_rng(1).normal(size=(size + 2, 3)).astype(np.float32)
        for name in ("embedding", FROZEN, FINETUNED):
            (folder / name).mkdir(parents=True)
        embedding.write(folder / "embedding", self.built, {})
        model.write(folder / FROZEN, {"head": np.zeros(2, np.float32)}, DESCRIPTION)
        model.write(folder / FINETUNED, {"embedding": self.finetuned}, DESCRIPTION)

    def write_train(self, texts: list[list[int]], labels: list[int], names: list[str]) -> None:
        """Write the train split as lexicon rows of each text, with its class."""
        (self.folder / "corpus").mkdir()
        (self.folder / "tokens").mkdir()
        batch = pa.record_batch([pa.array(["x"] * len(labels)), pa.array(labels, pa.int32())], schema=corpus.SCHEMA)
        corpus.write_split(self.folder / "corpus", "train", [batch], corpus.SCHEMA)
        corpus.write_summary(self.folder / "corpus", {"dataset": "tiny", "labels": names})
        encoded = Encoded(
            np.asarray([row for text in texts for row in text], np.int32),
            np.cumsum([0, *(len(text) for text in texts)]),
        )
        np.save(self.folder / "tokens/train.ids.npy", encoded.ids)
        tokens.write(self.folder / "tokens", pa.table({"token": []}), {"train": encoded}, {})

    def run(self, variant: str = FROZEN, limit: int = 1000) -> Path:
        out = self.folder / "projector/tsv" / variant
        folders = (self.folder / name for name in ("corpus", "tokens", "embedding", variant))
        out.mkdir(parents=True, exist_ok=True)
        project_variant(limit, *folders, out)
        return out


@pytest.fixture
def hostile(tmp_path: Path) -> Project:
    made = Project(tmp_path / "data", HOSTILE)
    made.write_train([[0, 1, 2], [23, 0], []], [0, 1, 1], ["wet\tday", "dry"])
    return made


@pytest.fixture
def plain(tmp_path: Path) -> Project:
    made = Project(tmp_path / "data", ["rain", "sun", "fog", "cloud"], counts=[9, 3, 5, 5])
    made.write_train([[0, 0, 1, 2], [1, 1, 1, 1, 1, 1, 0, 0], []], [0, 1, 0], ["wet", "dry"])
    return made


def read_vectors(out: Path) -> np.ndarray:
    """Read vectors as TensorBoard's plugin does."""
    lines = (out / "vectors.tsv").read_text().split("\n")
    return np.asarray([[float(value) for value in line.split("\t")] for line in lines if line], np.float32)


def read_metadata(text: str) -> list[list[str]]:
    """Read metadata as TensorBoard's page does: a line for each row, blank ones left out, cells between tabs."""
    lines = [line for line in re.split(r"\r?\n", text) if line.strip()]
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize("variant", [FROZEN, FINETUNED])
def test_every_vector_has_its_line_of_metadata_whatever_the_token(hostile, variant):
    out = hostile.run(variant)
    content = (out / "metadata.tsv").read_bytes().decode()
    rows = read_metadata(content)
    assert len(read_vectors(out)) == len(rows) - 1 == len(HOSTILE) + 2
    assert {len(row) for row in rows} == {4}
    assert len(content.splitlines()) == len(rows)  # and any other reader's idea of a line


def test_tokens_stay_apart_from_each_other_and_can_be_seen(hostile):
    names = [row[0] for row in read_metadata((hostile.run() / "metadata.tsv").read_bytes().decode())[1:]]
    assert all(name.strip() for name in names)
    assert names[:6] == ["[PAD]", "[UNK]", "rain", "\\empty", "\\x20", "a\\tb"]
    for sign in ('"', "'", "#", "\U0001f642", "e\u0301", "sun"):
        assert sign in names


def test_a_frozen_variant_shows_what_its_seed_drew(plain):
    found = read_vectors(plain.run(FROZEN))[[0, 1, 2, 4]]
    np.testing.assert_allclose(found, initial_matrix(plain.built, SEED)[[0, 1, 2, 4]], rtol=1e-5)
    np.testing.assert_array_equal(found[[0, 2]], [[0, 0, 0], [0.5, -1.25, 3]])


def test_a_finetuned_variant_shows_what_training_made(plain):
    np.testing.assert_allclose(read_vectors(plain.run(FINETUNED)), plain.finetuned, rtol=1e-5)


@pytest.mark.parametrize(
    ("limit", "names"),
    [
        (1, ["rain"]), (2, ["rain", "fog"]), (3, ["rain", "fog", "cloud"]), (99, ["rain", "sun", "fog", "cloud"]),
    ],
)  # fmt: skip
def test_the_most_frequent_tokens_stand_in_the_order_of_the_vocabulary(plain, limit, names):
    out = plain.run(FINETUNED, limit)
    rows = read_metadata((out / "metadata.tsv").read_text())
    assert rows[0] == ["token", "count", "affinity", "pretrained"]
    assert [row[0] for row in rows[1:]] == ["[PAD]", "[UNK]", *names]
    places = [0, 1, *(["rain", "sun", "fog", "cloud"].index(name) + 2 for name in names)]
    np.testing.assert_allclose(read_vectors(out), plain.finetuned[places], rtol=1e-5)


def test_metadata_tell_count_class_and_where_the_vector_comes_from(plain):
    rows = {row[0]: row[1:] for row in read_metadata((plain.run() / "metadata.tsv").read_text())[1:]}
    assert rows == {
        "[PAD]": ["0", "-", "no"],
        "[UNK]": ["0", "-", "no"],
        "rain": ["9", "wet", "yes"],  # as often in both classes, and wet's texts are shorter
        "sun": ["3", "dry", "no"],
        "fog": ["5", "wet", "no"],
        "cloud": ["5", "-", "no"],
    }


def test_the_same_artifacts_give_the_same_bytes(hostile):
    written = [{path.name: path.read_bytes() for path in hostile.run().iterdir()} for _ in range(2)]
    assert written[0] == written[1]
    assert set(written[0]) == {"vectors.tsv", "metadata.tsv"}


# --- TensorBoard ------------------------------------------------------------------------------------------------------


@contextmanager
def tensorboard(logdir: Path, log: Path) -> Iterator[str]:
    """Serve a folder on a port that is free, and yield the projector's address."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logdir), "--host", "127.0.0.1", "--port", "0"]
    with log.open("wb") as file:
        process = subprocess.Popen([*command, "--load_fast=false"], stdout=file, stderr=file)
        try:
            yield wait_for_address(process, log) + "data/plugin/projector/"
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_for_address(process: subprocess.Popen, log: Path) -> str:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+/", log.read_text()):
            return found.group()
        time.sleep(0.1)
    raise AssertionError(f"TensorBoard did not start: {log.read_text()[-2000:]}")


def fetch(address: str, route: str, **query: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{address}{route}?{urllib.parse.urlencode(query)}", timeout=30) as answer:
        return answer.read()


@pytest.mark.heavy
def test_tensorboard_serves_what_the_configuration_lists(hostile, tmp_path):
    found = load_settings(ROOT / "params.yaml")
    axes = {"vectorizers": ["words"], "vectors": ["random"], "tuning": ["frozen", "finetuned"], "encoders": ["mean"]}
    found = found.model_copy(update={"run": found.run.model_copy(update=axes)})
    outs = {variant: hostile.run(variant) for variant in (FROZEN, FINETUNED)}
    logdir = hostile.folder / "projector"
    (logdir / "projector_config.pbtxt").write_text(projector_config(found.run.cells))
    with tensorboard(logdir, tmp_path / "log") as address:
        assert json.loads(fetch(address, "runs")) == ["."]
        listed = json.loads(fetch(address, "info", run="."))["embeddings"]
        assert [entry["tensorName"] for entry in listed] == [FROZEN, FINETUNED]
        for variant, out in outs.items():
            served = np.frombuffer(fetch(address, "tensor", run=".", name=variant), np.float32).reshape(-1, 3)
            np.testing.assert_array_equal(served, read_vectors(out))
            metadata = fetch(address, "metadata", run=".", name=variant).decode()
            assert metadata == (out / "metadata.tsv").read_bytes().decode()
            assert len(read_metadata(metadata)) - 1 == len(served)
