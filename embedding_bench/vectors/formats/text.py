"""Word vectors as text: the formats of word2vec, with a header of two numbers, and of GloVe, without.

Files are parsed by pyarrow's CSV reader. Lines are read one by one only after an error, to name the faulty line.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from embedding_bench.arrays import Floats, Matrix
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import atomic_path
from embedding_bench.vectors.formats.streams import FirstLines, open_binary

BLOCK_BYTES = 1 << 18  # small, since parsing holds several copies of a block
BLOCK_WORDS = 10_000


class Layout(NamedTuple):
    """The layout of a text file; `word_count` is None without a header."""

    dimensions: int
    word_count: int | None
    trailing_space: bool


def sniff(path: Path) -> Layout:
    """Detect the layout from the first lines.

    Raises:
        UserError: The file is empty, or its first lines are not vectors.
    """
    with open_binary(path) as file:
        lines = [file.readline(1 << 20) for _ in range(6)]
    fields = lines[0].split()
    if not fields:
        raise UserError(f"{path}: is empty; expected a word and its numbers on each line")
    header = len(fields) == 2 and all(field.isdigit() for field in fields)
    body = [line for line in (lines[1:] if header else lines) if line.strip()]
    if not body:
        raise UserError(f"{path}: ends after its header; expected a word and its numbers on each line")
    dimensions = int(fields[1]) if header else min(len(line.split()) for line in body) - 1
    if dimensions < 1:
        raise UserError(f"{path}: line 1 has no numbers; expected a word and its vector, separated by spaces")
    trailing_space = all(line.rstrip(b"\r\n").endswith(b" ") for line in body)
    return Layout(dimensions, int(fields[0]) if header else None, trailing_space)


def read_text(path: Path, layout: Layout, limit: int | None = None) -> Iterator[WordVectors]:
    """Yield blocks of word vectors, float32 [words, dimensions], of the whole file or its first `limit` lines.

    Words with spaces are yielded last.

    Raises:
        UserError: A line is not UTF-8 or has a wrong number of values, or the file is truncated.
    """
    spaced: list[str] = []  # lines of words with spaces, as in glove.840B: pyarrow finds too many cells in them

    def collect_spaced(row: pa_csv.InvalidRow) -> str:
        if row.actual_columns < row.expected_columns or row.text is None:
            return "error"
        spaced.append(row.text)
        return "skip"

    count = 0
    try:
        with (
            _suppressed_decode_traceback(),
            _open_lines(path, layout, limit) as file,
            closing(_open_csv(file, layout, collect_spaced)) as reader,
        ):
            for batch in reader:
                count += batch.num_rows
                yield WordVectors(batch.column(0), _to_matrix(batch, layout.dimensions))
        if spaced:
            block = _parse_spaced(path, spaced, layout)
            count += len(block.words)
            yield block
    except pa.ArrowInvalid as error:
        raise UserError(_diagnose(path, layout) or f"{path}: {error}") from None
    if layout.word_count is not None and count != min(layout.word_count, limit or layout.word_count):
        raise UserError(
            f"{path}: found {count:,} words, the header promises {layout.word_count:,}; the file is truncated, "
            "fetch it again"
        )


@contextmanager
def _open_lines(path: Path, layout: Layout, limit: int | None) -> Iterator[BinaryIO]:
    with open_binary(path) as file:
        header = layout.word_count is not None
        yield file if limit is None else cast(BinaryIO, FirstLines(file, limit + header))


@contextmanager
def _suppressed_decode_traceback() -> Iterator[None]:
    """Suppress the traceback that pyarrow prints for an invalid row that is not UTF-8; the file is refused anyway."""
    hook = sys.unraisablehook
    sys.unraisablehook = lambda error: None if error.exc_type is UnicodeDecodeError else hook(error)
    try:
        yield
    finally:
        sys.unraisablehook = hook


def _open_csv(file: BinaryIO, layout: Layout, invalid_row_handler: object) -> pa_csv.CSVStreamingReader:
    names = ["word", *(f"v{i}" for i in range(layout.dimensions)), *(["end"] if layout.trailing_space else [])]
    types = {name: pa.float32() for name in names[1 : layout.dimensions + 1]}
    return pa_csv.open_csv(
        file,
        read_options=pa_csv.ReadOptions(
            column_names=names, skip_rows=1 if layout.word_count is not None else 0, block_size=BLOCK_BYTES
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=" ", quote_char=False, escape_char=False, invalid_row_handler=invalid_row_handler
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types={"word": pa.string(), **types},
            include_columns=names[: layout.dimensions + 1],
            null_values=[],
            strings_can_be_null=False,
        ),
    )


def _to_matrix(batch: pa.RecordBatch, dimensions: int) -> Matrix:
    vectors = np.empty((batch.num_rows, dimensions), dtype=np.float32)
    for column in range(dimensions):
        vectors[:, column] = batch.column(column + 1).to_numpy()
    return vectors


def _parse_spaced(path: Path, lines: list[str], layout: Layout) -> WordVectors:
    """Parse lines of words with spaces: the last `dimensions` cells are the vector."""
    rows = [line.rstrip(" ").rsplit(" ", layout.dimensions) for line in lines]
    for word, *numbers in rows:
        if bad := next((number for number in numbers if not _is_number(number)), None):
            raise UserError(
                f"{path}: the line of '{word[:40]}': '{bad[:40]}' is not a number; the file is damaged, fetch it again"
            )
        if _is_number(word.split(" ")[-1]):
            raise UserError(
                f"{path}: the line of '{word[:40]}' has more than {layout.dimensions} numbers, the first line "
                f"{layout.dimensions}; the file is damaged, fetch it again"
            )
    words = pa.array([word for word, *_ in rows], pa.string())
    return WordVectors(words, np.asarray([numbers for _, *numbers in rows], dtype=np.float32))


def _diagnose(path: Path, layout: Layout) -> str | None:
    """Read line by line; return the error of the first faulty line."""
    with open_binary(path) as file:
        for number, line in enumerate(file, start=1):
            if number == 1 and layout.word_count is not None:
                continue
            if error := _line_error(line, layout.dimensions):
                return f"{path}: line {number}: {error}"
    return None


def _line_error(line: bytes, dimensions: int) -> str | None:
    try:
        cells = line.decode("utf-8").rstrip("\r\n ").split(" ")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        return f"byte 0x{byte:02x} is not UTF-8; convert the file, or give its format (word2vec-binary?)"
    if len(cells) - 1 < dimensions:
        return f"found {len(cells) - 1} numbers, expected {dimensions} as on the first line; is the file truncated?"
    bad = next((cell for cell in cells[-dimensions:] if not _is_number(cell)), None)
    return None if bad is None else f"'{bad[:40]}' is not a number; the file is damaged, fetch it again"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_word2vec_text(path: Path, words: Sequence[str], vectors: Floats) -> int:
    """Write vectors [words, dimensions] in word2vec's text format; return the number of words left out.

    Float32 values are read back exactly. Empty words and words with white space would shift the numbers: they are left
    out.
    """
    kept = [row for row, word in enumerate(words) if word.split() == [word]]
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.write(f"{len(kept)} {vectors.shape[1]}\n".encode())
        for start in range(0, len(kept), BLOCK_WORDS):
            rows = kept[start : start + BLOCK_WORDS]
            block = np.asarray(vectors[rows], dtype=np.float32)
            numbers = [pc.cast(pa.array(column), pa.string()) for column in block.T]
            names = pa.array([words[row] for row in rows], pa.string())
            lines = pc.binary_join_element_wise(names, *numbers, " ")
            file.write("".join(f"{line}\n" for line in lines.to_pylist()).encode())
    return len(words) - len(kept)
