from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from embedding_bench.artifacts import embedding, model, scores, vectors
from embedding_bench.artifacts.embedding import Embedding, initial_matrix
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core import timing
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import atomic_folder, atomic_path, write_json


def write_half(path: Path) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text("half")
        raise OSError("the disk is full")


def test_a_failed_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "out"
    path.write_text("old")
    with pytest.raises(OSError, match="full"):
        write_half(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_replaces_the_one_before(tmp_path):
    for name in ("first", "second"):
        with atomic_folder(tmp_path / "out") as folder:
            (folder / name).touch()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["second"]


def test_json_refuses_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "x.json", {"a": float("nan")})


def test_vectors_in_blocks_read_back_whole(tmp_path):
    blocks = [
        WordVectors(pa.array(["a", "b"]), np.asarray([[1, 2], [3, 4]], np.float32)),
        WordVectors(pa.array(["c"]), np.asarray([[5, 6]], np.float32)),
    ]
    assert vectors.write(tmp_path, blocks, 2, {"source": "file"}) == 3
    found = vectors.read(tmp_path)
    assert found.words.to_pylist() == ["a", "b", "c"]
    np.testing.assert_array_equal(found.vectors, [[1, 2], [3, 4], [5, 6]])
    assert vectors.read_origin(tmp_path) == {"source": "file", "words": 3, "known": 3, "dimensions": 2}


def test_composed_words_are_counted_and_half_is_kept(tmp_path):
    blocks = [
        WordVectors(pa.array(["a", "b"]), np.asarray([[1, 2], [3, 4]], np.float32)),
        WordVectors(pa.array(["c"]), np.asarray([[5, 6]], np.float32), composed=1),
    ]
    vectors.write(tmp_path, blocks, 2, {}, half=True)
    found = vectors.read(tmp_path)
    assert (found.known, found.composed, found.vectors.dtype) == (2, 1, np.float16)
    np.testing.assert_array_equal(found.vectors, [[1, 2], [3, 4], [5, 6]])


def test_models_are_the_same_bytes_each_time(tmp_path):
    weights = {"kernel": np.arange(6, dtype=np.float32).reshape(2, 3)}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        model.write(tmp_path / name, weights, {"seed": 1})
    assert (tmp_path / "one/weights.npz").read_bytes() == (tmp_path / "two/weights.npz").read_bytes()
    found, description = model.read(tmp_path / "one")
    np.testing.assert_array_equal(found["kernel"], weights["kernel"])
    assert description == {"seed": 1}


def test_histories_read_back(tmp_path):
    history = [{"epoch": 1, "loss": 0.5, "accuracy": 0.75, "val_loss": 0.25, "val_accuracy": 1.0}]
    scores.write(tmp_path, [], {"test": np.zeros((1, 2, 2))}, {}, [history])
    assert scores.read_history(tmp_path, 0) == history
    assert scores.read_history(tmp_path, 1) == []


def test_an_artifact_that_is_not_there_names_the_command(tmp_path):
    with pytest.raises(UserError, match="run `dvc repro`"):
        scores.read_scores(tmp_path)


def test_timings_follow_the_bytes_of_the_outputs(tmp_path, monkeypatch):
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    out = tmp_path / "out"
    with timing.timed("stage@x", [out]) as figures, atomic_folder(out) as folder:
        (folder / "file").write_text("result")
        figures["own"] = 7
    assert timing.read("stage@x", [out])["own"] == 7
    out.rename(tmp_path / "restored")
    assert timing.read("stage@x", [tmp_path / "restored"])["own"] == 7
    (tmp_path / "restored/file").write_text("another result")
    assert timing.read("stage@x", [tmp_path / "restored"]) == {}


def tiny_embedding(**missing: object) -> Embedding:
    vocabulary = pa.table({"token": ["", "[UNK]", "a", "b"], "count": [0, 0, 2, 1], "match": ["missing"] * 4})
    vectors_ = np.asarray([[1, 3], [3, 5]], np.float32)
    return Embedding(vocabulary, np.zeros(2, np.int32), np.asarray([2, 3], np.int32), vectors_, missing)


@pytest.mark.parametrize(
    ("missing", "row"),
    [({"policy": "zeros"}, [0, 0]), ({"policy": "mean"}, [2, 4])],
)
def test_missing_rows_follow_their_policy(missing, row):
    matrix = initial_matrix(tiny_embedding(**missing), seed=1)
    np.testing.assert_array_equal(matrix, [[0, 0], row, [1, 3], [3, 5]])


@pytest.mark.parametrize("missing", [{"policy": "normal", "sd": 0.3}, {"policy": "uniform", "limit": 0.05}])
def test_drawn_rows_depend_on_the_seed_alone(missing):
    built = tiny_embedding(**missing)
    first, again, other = (initial_matrix(built, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first[1] != other[1]).all()
    np.testing.assert_array_equal(first[[0, 2, 3]], other[[0, 2, 3]])


def test_an_embedding_reads_back(tmp_path):
    built = tiny_embedding(policy="zeros")
    embedding.write(tmp_path, built, {"splits": {}})
    found = embedding.read(tmp_path)
    assert found.vocabulary.equals(built.vocabulary)
    np.testing.assert_array_equal(found.vectors, built.vectors)
    assert found.missing == {"policy": "zeros"}
