"""Word vectors as text: word2vec's format, with a header of two numbers, and GloVe's, without.

The fast path is pyarrow's CSV reader. Only where that refuses a file are its lines read one by one, to say which
line is wrong.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import whole
from embedding_bench.vectors.opening import FirstLines, open_binary

BLOCK_BYTES = 1 << 18  # what is read lies in memory several times
BLOCK_WORDS = 10_000


class Layout(NamedTuple):
    """How the lines of a file are made; `words` is None where no header tells."""

    dimensions: int
    words: int | None
    trailing_space: bool


def sniff(path: Path) -> Layout:
    """Find the layout from the first lines.

    Raises:
        UserError: The file is empty, or its first lines are not vectors.
    """
    with open_binary(path) as file:
        lines = [file.readline(1 << 20) for _ in range(6)]
    first = lines[0].split()
    if not first:
        raise UserError(f"{path}: is empty; expected a word and its numbers on each line")
    header = len(first) == 2 and all(part.isdigit() for part in first)
    body = [line for line in (lines[1:] if header else lines) if line.strip()]
    if not body:
        raise UserError(f"{path}: ends after its header; expected a word and its numbers on each line")
    dimensions = int(first[1]) if header else min(len(line.split()) for line in body) - 1
    if dimensions < 1:
        raise UserError(f"{path}: line 1 has no numbers; expected a word and its vector, separated by spaces")
    trailing = all(line.rstrip(b"\r\n").endswith(b" ") for line in body)
    return Layout(dimensions, int(first[0]) if header else None, trailing)


def read_text(path: Path, layout: Layout, limit: int | None = None) -> Iterator[WordVectors]:
    """Yield the vectors of a text file, or of its first `limit` lines, in blocks.

    Raises:
        UserError: A line is not UTF-8, has another number of values than the first, or the file ends early.
    """
    spaced: list[str] = []  # tokens with spaces, as in glove.840B, which pyarrow sees as rows with too many cells

    def keep_spaced(row: pa_csv.InvalidRow) -> str:
        if row.actual_columns < row.expected_columns or row.text is None:
            return "error"
        spaced.append(row.text)
        return "skip"

    count = 0
    try:
        with (
            _quiet(),
            _open_lines(path, layout, limit) as file,
            closing(_open_csv(file, layout, keep_spaced)) as reader,
        ):
            for batch in reader:
                count += batch.num_rows
                yield WordVectors(batch.column(0), _rows(batch, layout.dimensions))
        if spaced:
            block = _split_from_the_right(path, spaced, layout)
            count += len(block.words)
            yield block
    except pa.ArrowInvalid as error:
        raise UserError(_diagnose(path, layout) or f"{path}: {error}") from None
    if layout.words is not None and count != min(layout.words, limit or layout.words):
        raise UserError(
            f"{path}: found {count:,} words, the header promises {layout.words:,}; the file is truncated, fetch it anew"
        )


@contextmanager
def _open_lines(path: Path, layout: Layout, limit: int | None) -> Iterator[BinaryIO]:
    with open_binary(path) as file:
        header = layout.words is not None
        yield file if limit is None else cast(BinaryIO, FirstLines(file, limit + header))


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back the traceback that pyarrow prints where a refused row is not UTF-8; it refuses the file anyway."""
    hook = sys.unraisablehook
    sys.unraisablehook = lambda found: None if found.exc_type is UnicodeDecodeError else hook(found)
    try:
        yield
    finally:
        sys.unraisablehook = hook


def _open_csv(file: BinaryIO, layout: Layout, keep_spaced: object) -> pa_csv.CSVStreamingReader:
    names = ["word", *(f"v{i}" for i in range(layout.dimensions)), *(["end"] if layout.trailing_space else [])]
    types = {name: pa.float32() for name in names[1 : layout.dimensions + 1]}
    return pa_csv.open_csv(
        file,
        read_options=pa_csv.ReadOptions(
            column_names=names, skip_rows=1 if layout.words is not None else 0, block_size=BLOCK_BYTES
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=" ", quote_char=False, escape_char=False, invalid_row_handler=keep_spaced
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types={"word": pa.string(), **types},
            include_columns=names[: layout.dimensions + 1],
            null_values=[],
            strings_can_be_null=False,
        ),
    )


def _rows(batch: pa.RecordBatch, dimensions: int) -> np.ndarray:
    vectors = np.empty((batch.num_rows, dimensions), dtype=np.float32)
    for column in range(dimensions):
        vectors[:, column] = batch.column(column + 1).to_numpy()
    return vectors


def _split_from_the_right(path: Path, lines: list[str], layout: Layout) -> WordVectors:
    parts = [line.rstrip(" ").rsplit(" ", layout.dimensions) for line in lines]
    for word, *numbers in parts:
        if wrong := next((number for number in numbers if not _is_number(number)), None):
            raise UserError(
                f"{path}: the line of '{word[:40]}': '{wrong[:40]}' is no number; the file is damaged, fetch it again"
            )
        if _is_number(word.split(" ")[-1]):
            raise UserError(
                f"{path}: the line of '{word[:40]}' has more than {layout.dimensions} numbers, the first line "
                f"{layout.dimensions}; the file is damaged, fetch it again"
            )
    words = pa.array([word for word, *_ in parts], pa.string())
    return WordVectors(words, np.asarray([numbers for _, *numbers in parts], dtype=np.float32))


def _diagnose(path: Path, layout: Layout) -> str | None:
    """Read line by line and describe the first one that is wrong."""
    with open_binary(path) as file:
        for number, line in enumerate(file, start=1):
            if number == 1 and layout.words is not None:
                continue
            if fault := _fault(line, layout.dimensions):
                return f"{path}: line {number}: {fault}"
    return None


def _fault(line: bytes, dimensions: int) -> str | None:
    try:
        parts = line.decode("utf-8").rstrip("\r\n ").split(" ")
    except UnicodeDecodeError as error:
        found = error.object[error.start]
        return f"byte 0x{found:02x} is not UTF-8; convert the file, or give its format (word2vec-binary?)"
    if len(parts) - 1 < dimensions:
        return f"found {len(parts) - 1} numbers, expected {dimensions} as on the first line; is the file truncated?"
    wrong = next((part for part in parts[-dimensions:] if not _is_number(part)), None)
    return None if wrong is None else f"'{wrong[:40]}' is no number; the file is damaged, fetch it again"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def write_word2vec_text(path: Path, words: Sequence[str], vectors: npt.NDArray[np.floating[Any]]) -> int:
    """Write vectors [words, dimensions] in word2vec's text format; float32 values read back as they were.

    Words that are empty or hold white space would shift the numbers: they are left out, and their count is returned.
    """
    kept = [place for place, word in enumerate(words) if word.split() == [word]]
    with whole(path) as temporary, temporary.open("wb") as file:
        file.write(f"{len(kept)} {vectors.shape[1]}\n".encode())
        for start in range(0, len(kept), BLOCK_WORDS):
            places = kept[start : start + BLOCK_WORDS]
            block = np.asarray(vectors[places], dtype=np.float32)
            numbers = [pc.cast(pa.array(column), pa.string()) for column in block.T]
            names = pa.array([words[place] for place in places], pa.string())
            lines = pc.binary_join_element_wise(names, *numbers, " ")
            file.write("".join(f"{line}\n" for line in lines.to_pylist()).encode())
    return len(words) - len(kept)
