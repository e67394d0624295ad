import gzip
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from gensim.models import KeyedVectors

from embedding_bench.artifacts import vectors
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.settings.vectors import FileVectors
from embedding_bench.vectors.formats.dispatch import open_vectors
from embedding_bench.vectors.formats.text import write_word2vec_text
from embedding_bench.vectors.pretrained import fetch_gensim
from stages.vectors import make_vectors
from tests.conftest import ROOT

WORDS = ["the", ",", "\u00e9t\u00e9", '"', "#", "nan", "NULL", "1", "\u6771\u4eac", "don't"]
SPACED = [*WORDS[:5], ". . .", "at name@domain.com", *WORDS[5:]]
VALUES = np.random.default_rng(4).normal(size=(len(SPACED), 6)).round(5).astype(np.float32)
GENSIM_DATA = Path(os.environ.get("GENSIM_DATA_DIR", "~/gensim-data")).expanduser()
GLOVE = "glove-wiki-gigaword-50"


def text_lines(words: list[str], end: str = "\n", start: int = 0) -> bytes:
    rows = [" ".join([word, *(f"{value:.5f}" for value in row)]) for word, row in zip(words, VALUES, strict=False)]
    return "".join(row + end for row in rows[start:]).encode()


def header(words: list[str], promised: int | None = None) -> bytes:
    return f"{promised or len(words)} {VALUES.shape[1]}\n".encode()


def binary(words: list[str], between: bytes = b"") -> bytes:
    rows = [word.encode() + b" " + row.tobytes() + between for word, row in zip(words, VALUES, strict=False)]
    return header(words) + b"".join(rows)


FORMATS = {
    "word2vec text": header(WORDS) + text_lines(WORDS),
    "word2vec text with trailing spaces": header(WORDS) + text_lines(WORDS, " \n"),
    "word2vec text with CRLF": (header(WORDS) + text_lines(WORDS)).replace(b"\n", b"\r\n"),
    "word2vec text without a last line break": (header(WORDS) + text_lines(WORDS))[:-1],
    "GloVe": text_lines(WORDS),
    "GloVe with trailing spaces": text_lines(WORDS, " \n"),
    "word2vec binary": binary(WORDS),
    "word2vec binary with line breaks": binary(WORDS, b"\n"),
}


def write(path: Path, content: bytes, compressed: bool = False) -> Path:
    path.write_bytes(gzip.compress(content) if compressed else content)
    return path


def read(path: Path, file_format: str = "auto") -> tuple[list[str], np.ndarray]:
    opened = open_vectors(path, file_format)
    blocks = list(opened.blocks)
    matrix = np.concatenate([block.vectors for block in blocks])
    assert (matrix.shape[1], matrix.dtype) == (opened.dimensions, np.float32)
    return [word for block in blocks for word in block.words.to_pylist()], matrix


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_reads_back(tmp_path, name, compressed):
    words, matrix = read(write(tmp_path / "vectors", FORMATS[name], compressed))
    assert words == WORDS
    np.testing.assert_array_equal(matrix, VALUES[: len(WORDS)])


@pytest.mark.parametrize("name", FORMATS)
def test_files_are_read_as_gensim_reads_them(tmp_path, name):
    path = write(tmp_path / "vectors", FORMATS[name])
    options = {"binary": "binary" in name, "no_header": "GloVe" in name}
    expected = KeyedVectors.load_word2vec_format(path, **options)
    words, matrix = read(path)
    assert words == expected.index_to_key
    np.testing.assert_array_equal(matrix, expected.vectors)


@pytest.mark.parametrize("is_binary", [False, True], ids=["text", "binary"])
def test_files_written_by_gensim_are_read(tmp_path, is_binary):
    written = KeyedVectors(6)
    written.add_vectors(WORDS, VALUES[: len(WORDS)])
    written.save_word2vec_format(tmp_path / "vectors", binary=is_binary)
    words, matrix = read(tmp_path / "vectors")
    assert words == WORDS
    np.testing.assert_array_equal(matrix, VALUES[: len(WORDS)])


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("end", ["\n", " \n"])
def test_words_with_spaces_keep_their_vectors(tmp_path, end, compressed):
    """glove.840B has `. . .` and `at name@domain.com`, which split into too many cells."""
    words, matrix = read(write(tmp_path / "vectors", text_lines(SPACED, end), compressed))
    rows = dict(zip(words, matrix, strict=True))
    assert sorted(rows) == sorted(SPACED)
    np.testing.assert_array_equal([rows[word] for word in SPACED], VALUES)


@pytest.mark.parametrize(
    ("name", "file_format"), [("word2vec text", "word2vec"), ("GloVe", "glove"), ("GloVe", "word2vec")]
)
def test_a_declared_text_format_is_read_with_or_without_header(tmp_path, name, file_format):
    words, matrix = read(write(tmp_path / "vectors", FORMATS[name]), file_format)
    assert words == WORDS
    np.testing.assert_array_equal(matrix, VALUES[: len(WORDS)])


@pytest.mark.parametrize("seed", range(20))
def test_a_binary_file_is_detected_whatever_its_numbers(tmp_path, seed):
    rows = np.random.default_rng(seed).normal(0, 0.1, (50, 8)).astype(np.float32)
    content = b"50 8\n" + b"".join(f"w{n} ".encode() + row.tobytes() for n, row in enumerate(rows))
    words, matrix = read(write(tmp_path / "vectors", content))
    assert words == [f"w{n}" for n in range(50)]
    np.testing.assert_array_equal(matrix, rows)


GOOD = text_lines(WORDS)
MANY = [f"word{n}" for n in range(4000)]
LONG = b"".join(b"%s %s\n" % (word.encode(), GOOD.split(b" ", 1)[1].split(b"\n")[0]) for word in MANY)
ROW_7 = b" 1 2 3 4 5 6 7\n"
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", r"is empty; expected a word and its numbers"),
    "blank lines": (b"\n\n", r"is empty"),
    "header only": (b"10 6\n", r"ends after its header"),
    "no numbers": (b"just\nwords\n", r"line 1 has no numbers"),
    "truncated text": (header(WORDS, 99) + GOOD, r"found 10 words, the header promises 99; the file is truncated"),
    "too few values": (GOOD + b"short 1 2 3\n", r"line 11: found 3 numbers, expected 6"),
    "a word alone": (GOOD + b"short\n", r"line 11: found 0 numbers, expected 6"),
    "cut in the last number": (GOOD[:-12], r"line 10: found 5 numbers, expected 6"),
    "too many values": (GOOD + b"long" + ROW_7, r"more than 6 numbers|line 11"),
    "many too many values": (GOOD + b"long 9 9 9" + ROW_7, r"more than 6 numbers|line 11"),
    "no number": (GOOD + b"odd 1 2 x 4 5 6\n", r"line 11: 'x' is not a number"),
    "no number beside a spaced word": (GOOD + b"so odd 1 2 x 4 5 6\n", r"line 11: 'x' is not a number|'x'"),
    "a decimal comma": (GOOD + b"odd 1 2 0,5 4 5 6\n", r"line 11: '0,5' is not a number"),
    "two spaces": (GOOD + b"odd 1  2 3 4 5 6\n", r"vectors: "),
    "word not UTF-8": (GOOD + b"caf\xe9 1 2 3 4 5 6\n", r"line 11: byte 0xe9 is not UTF-8"),
    "spaced word not UTF-8": (GOOD + b"au caf\xe9 1 2 3 4 5 6\n", r"line 11: byte 0xe9 is not UTF-8"),
    "number not UTF-8": (GOOD + b"odd 1 2 \xff 4 5 6\n", r"line 11: byte 0xff is not UTF-8"),
    "far down": (LONG + b"short 1 2\n", r"line 4001: found 2 numbers, expected 6"),
    "truncated binary": (binary(WORDS)[:-3], r"ends in word 10 of 10; the file is truncated"),
    "truncated binary between words": (binary(WORDS[:3]).replace(b"3 6", b"9 6", 1), r"ends in word 4 of 9"),
    "binary word not UTF-8": (b"1 2\ncaf\xe9 " + bytes(8), r"is not UTF-8; convert the file"),
    "truncated gz": (gzip.compress(GOOD)[:-20], r"compressed data end early; the file is truncated"),
    "long truncated gz": (gzip.compress(LONG)[:-20], r"compressed data end early; the file is truncated"),
    "truncated gz of binary": (gzip.compress(binary(WORDS))[:-20], r"compressed data end early; the file is truncated"),
    "damaged gz": (gzip.compress(LONG)[:-6] + b"\1\2\3\4\5\6", r"vectors: "),
    "gz of nothing": (gzip.compress(b""), r"is empty"),
    "gz damaged in the middle": (gzip.compress(GOOD)[:60] + bytes(40) + gzip.compress(GOOD)[100:], r"vectors: "),
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the stage on a file of vectors, and return its output folder."""
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "project"))

    def write_vectors(path: Path, file_format: str = "auto", **changed: object) -> Path:
        source = FileVectors(source="file", path=str(path), format=file_format, missing={"policy": "zeros"}, **changed)
        make_vectors("vectors@words-own", source, tmp_path / "tokens", tmp_path / "data/out")
        return tmp_path / "data/out"

    return write_vectors


def assert_refused(run, path: Path, message: str, file_format: str = "auto") -> None:
    with pytest.raises(UserError, match=message) as caught:
        run(path, file_format)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list((path.parent / "data").iterdir()) == []
    assert not (path.parent / "project").exists()


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")  # a traceback on the terminal
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_line_and_leaves_nothing(run, tmp_path, name):
    content, message = BAD[name]
    assert_refused(run, write(tmp_path / "vectors", content), message)


def test_a_missing_file_is_named(run, tmp_path):
    assert_refused(run, tmp_path / "nowhere.txt", r"nowhere\.txt: no such file of vectors")


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")  # a traceback on the terminal
@pytest.mark.parametrize(
    ("content", "file_format"),
    [
        (FORMATS["GloVe"], "word2vec-binary"),
        (FORMATS["word2vec text"], "word2vec-binary"),
        (header(MANY) + LONG, "word2vec-binary"),
        (FORMATS["word2vec text"], "glove"),
        (FORMATS["word2vec binary"], "word2vec"),
        (FORMATS["word2vec binary"], "glove"),
        (FORMATS["word2vec binary with line breaks"], "glove"),
    ],
)
def test_a_file_in_another_format_than_declared_is_refused(run, tmp_path, content, file_format):
    assert_refused(run, write(tmp_path / "vectors", content), r"vectors: ", file_format)


NOT_FINITE = {
    "text nan": b"a 1 2\nb 1 2\nodd nan 3\n",
    "text inf": b"a 1 2\nb 1 2\nodd 3 -inf\n",
    "text too large": b"a 1 2\nb 1 2\nodd 1e99 3\n",
    "spaced word nan": b"a 1 2\nb 1 2\nso odd nan 3\n",
    "binary nan": b"2 2\na " + np.float32([1, 2]).tobytes() + b"odd " + np.float32([np.nan, 3]).tobytes(),
    "binary inf": b"2 2\na " + np.float32([1, 2]).tobytes() + b"odd " + np.float32([3, np.inf]).tobytes(),
}


@pytest.mark.parametrize("name", NOT_FINITE)
def test_a_value_that_is_not_finite_is_refused(run, tmp_path, name):
    """A single one makes every loss NaN."""
    assert_refused(run, write(tmp_path / "vectors", NOT_FINITE[name]), r"odd'|line 3|not finite")


def test_the_stage_writes_words_vectors_and_their_origin(run, tmp_path):
    out = run(write(tmp_path / "vectors.gz", FORMATS["GloVe"], compressed=True))
    written = vectors.read(out)
    assert written.words.to_pylist() == WORDS
    np.testing.assert_array_equal(written.vectors, VALUES[: len(WORDS)])
    assert vectors.read_origin(out) == {
        "source": "file", "format": "auto", "limit": None, "half": False, "words": 10, "known": 10, "dimensions": 6,
    }  # fmt: skip


def test_a_failure_keeps_the_vectors_that_were_there(run, tmp_path):
    path = write(tmp_path / "vectors", FORMATS["GloVe"])
    before = {file.name: file.read_bytes() for file in run(path).iterdir()}
    write(path, BAD["far down"][0])
    with pytest.raises(UserError, match="line 4001"):
        run(path)
    assert {file.name: file.read_bytes() for file in (tmp_path / "data/out").iterdir()} == before
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["out"]


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("limit", [1, 3, len(WORDS) - 1, len(WORDS), 99])
@pytest.mark.parametrize("name", FORMATS)
def test_a_limit_keeps_the_first_words(tmp_path, name, limit, compressed):
    opened = open_vectors(write(tmp_path / "vectors", FORMATS[name], compressed), limit=limit)
    blocks = list(opened.blocks)
    assert [word for block in blocks for word in block.words.to_pylist()] == WORDS[:limit]
    np.testing.assert_array_equal(np.concatenate([block.vectors for block in blocks]), VALUES[: len(WORDS)][:limit])


def test_a_limit_counts_words_with_spaces(tmp_path):
    path = write(tmp_path / "vectors", text_lines(SPACED))
    for limit in range(1, len(SPACED) + 1):
        words = [word for block in open_vectors(path, limit=limit).blocks for word in block.words.to_pylist()]
        assert sorted(words) == sorted(SPACED[:limit])


@pytest.mark.parametrize("name", ["far down", "truncated binary", "truncated text"])
def test_lines_after_the_limit_are_not_read(tmp_path, name):
    path = write(tmp_path / "vectors", BAD[name][0])
    blocks = list(open_vectors(path, limit=5).blocks)
    assert [len(block.words) for block in blocks] == [5]


def test_a_file_that_ends_before_the_limit_is_truncated(tmp_path):
    for name in ("truncated text", "truncated binary between words"):
        with pytest.raises(UserError, match="truncated"):
            list(open_vectors(write(tmp_path / "vectors", BAD[name][0]), limit=50).blocks)


@pytest.mark.parametrize("name", ["GloVe", "word2vec binary"])
def test_half_writes_float16(run, tmp_path, name):
    out = run(write(tmp_path / "vectors", FORMATS[name]), half=True, limit=8)
    written = vectors.read(out)
    assert (written.vectors.dtype, written.vectors.shape) == (np.float16, (8, 6))
    assert isinstance(written.vectors, np.memmap)
    np.testing.assert_array_equal(written.vectors, VALUES[:8].astype(np.float16))
    origin = vectors.read_origin(out)
    assert (origin["half"], origin["limit"], origin["words"], origin["known"]) == (True, 8, 8, 8)


def test_a_value_beyond_float16_is_refused(run, tmp_path):
    with pytest.raises(UserError, match=r"the vector of 'odd' has values over 65,504"):
        run(write(tmp_path / "vectors", b"a 1 2\nodd 70000 3\n"), half=True)


# --- writing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_written_text_is_read_by_gensim_and_by_us(tmp_path, dtype):
    odd = [1e-20, -1e20, 0, 1 / 3, 5, -0.0] if dtype == np.float32 else [1e-4, -6e4, 0, 1 / 3, 5, -0.0]
    values = np.concatenate([VALUES[: len(WORDS) - 1], [odd]]).astype(dtype)
    assert write_word2vec_text(tmp_path / "vectors.txt", WORDS, values) == 0
    words, matrix = read(tmp_path / "vectors.txt")
    assert words == WORDS
    np.testing.assert_array_equal(matrix, values.astype(np.float32))
    theirs = KeyedVectors.load_word2vec_format(tmp_path / "vectors.txt")
    assert theirs.index_to_key == WORDS
    np.testing.assert_allclose(theirs.vectors, values.astype(np.float32), rtol=1e-6)


def test_words_with_white_space_are_left_out_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("embedding_bench.vectors.formats.text.BLOCK_WORDS", 2)
    words = ["a", "new york", "", "b", "tab\t", "\u00a0", "c"]
    values = np.arange(14, dtype=np.float32).reshape(7, 2)
    assert write_word2vec_text(tmp_path / "vectors.txt", words, values) == 4
    assert (tmp_path / "vectors.txt").read_text() == "3 2\na 0 1\nb 6 7\nc 12 13\n"
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.txt"]


# --- gensim-data ----------------------------------------------------------------------------------------------------

needs_glove = pytest.mark.skipif(
    not (GENSIM_DATA / GLOVE).is_dir(), reason=f"NO REAL DATA: {GENSIM_DATA / GLOVE} is not there; set GENSIM_DATA_DIR"
)


@pytest.fixture
def offline(monkeypatch):
    """Keep gensim from fetching its list of models, which would overwrite the local copy."""
    import gensim.downloader

    def refuse(*_: object) -> None:
        raise OSError("no network in tests")

    monkeypatch.setattr(gensim.downloader, "urlopen", refuse)
    monkeypatch.setattr(gensim.downloader, "BASE_DIR", str(GENSIM_DATA))


@pytest.mark.real_data
@needs_glove
def test_real_glove_is_read_whole(offline):
    opened = open_vectors(fetch_gensim(GLOVE))
    rows: dict[str, np.ndarray] = {}
    count = 0
    for block in opened.blocks:
        assert isinstance(block, WordVectors)
        assert block.vectors.shape == (len(block.words), 50)
        count += len(block.words)
        for word in ("the", "1990s", "sandberger"):
            place = block.words.index(pa.scalar(word)).as_py()
            if place >= 0:
                rows[word] = block.vectors[place]
    assert (count, opened.dimensions) == (400_000, 50)
    np.testing.assert_allclose(rows["the"][:4], [0.418, 0.24968, -0.41242, 0.1217], rtol=1e-6)
    path = GENSIM_DATA / GLOVE / f"{GLOVE}.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = {line.split(" ", 1)[0]: line for line in file if line.startswith(("1990s ", "sandberger "))}
    for word, line in lines.items():
        np.testing.assert_array_equal(rows[word], np.asarray(line.split()[1:], np.float32))
    assert len(lines) == 2


@pytest.mark.real_data
@needs_glove
def test_an_unknown_gensim_name_suggests_the_nearest(offline):
    with pytest.raises(UserError, match=r"gensim-data has no 'glove-wiki-gigaword-51'; did you mean 'glove-wiki-gigaw"):
        fetch_gensim("glove-wiki-gigaword-51")


@pytest.mark.heavy
def test_without_network_and_data_the_command_says_where_to_put_them(tmp_path):
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    (tmp_path / "home").mkdir()
    environment = os.environ | {
        "GENSIM_DATA_DIR": str(tmp_path / "nothing here"), "HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT),
        "https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "no_proxy": "", "NO_PROXY": "",
    }  # fmt: skip
    process = subprocess.run(
        [sys.executable, "-m", "stages.vectors", "--vectors", GLOVE, "--tokens", "tokens", "--out", "data/words-glove"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert process.returncode == 2
    (line,) = process.stderr.splitlines()
    assert line.startswith(f"error: {GLOVE}: could not be downloaded")
    assert f"set GENSIM_DATA_DIR to where they are (now {tmp_path / 'nothing here'})" in line
    assert list((tmp_path / "data").iterdir()) == []
