"""Parquet tables, read by used columns and in batches."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from embedding_bench.core.errors import UserError, one_line
from embedding_bench.corpus.lines import LONGEST, unreadable
from embedding_bench.corpus.tables.table import GUESS_CHARACTERS, GUESS_ROWS, Rows, Table

BATCH_ROWS = 4096


@contextmanager
def opened_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    """Open a parquet file.

    Raises:
        UserError: The file is not parquet, is damaged, or is not readable.
    """
    try:
        with path.open("rb") as stream:
            yield pq.ParquetFile(stream)
    except OSError as error:
        if error.errno is not None:
            raise unreadable(path, error) from None
        raise _damaged(path, error) from None
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> UserError:
    return UserError(f"{path}: cannot be read as parquet ({one_line(str(error))[:160]}); write the file again")


def open_parquet(path: Path) -> Table:
    """Open a file; string columns may be guessed as text, and any scalar column as label.

    Raises:
        UserError: The file cannot be read, or has no rows.
    """
    with opened_parquet(path) as file:
        schema = file.schema_arrow
        unique = [field for field in schema if schema.names.count(field.name) == 1]  # find_columns refuses the others
        unsupported = {field.name: str(field.type) for field in unique if not _is_scalar(field.type)}
        supported = [field.name for field in unique if field.name not in unsupported]
        batch = next(file.iter_batches(min(GUESS_ROWS, batch_rows(file)), columns=supported), None)
        if not batch:
            raise UserError(f"{path}: has no rows; expected rows with a text and a label")
        sample = {name: values for name in supported if (values := _first_values(batch, name)) is not None}
        unsupported |= {name: "bytes that are not UTF-8 text" for name in supported if name not in sample}

    def read(text: list[str], label: str | None) -> Rows:
        with opened_parquet(path) as file:
            for batch in file.iter_batches(batch_rows(file), columns=[*text, *([label] if label is not None else [])]):
                columns = [strings(batch, name, path) for name in text]
                texts = [" ".join(parts) for parts in zip(*columns, strict=True)]
                labels = strings(batch, label, path) if label is not None else [""] * len(texts)
                yield from zip(texts, labels, strict=True)

    text_candidates = [field.name for field in schema if field.name in sample and _is_string(field.type)]
    return Table(path, schema.names, sample, text_candidates, read, unsupported=unsupported)


def batch_rows(file: pq.ParquetFile, most: int = BATCH_ROWS, most_bytes: int = LONGEST) -> int:
    """Return the rows of a batch: at most `most`, and about `most_bytes` by the average row size."""
    metadata = file.metadata
    size = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    return max(1, min(most, int(most_bytes * metadata.num_rows // max(size, 1))))


def _first_values(batch: pa.RecordBatch, column: str) -> list[str] | None:
    """Return the values of a batch, shortened; None if they are not text."""
    try:
        return [value[:GUESS_CHARACTERS] for value in to_strings(batch.column(column))]
    except pa.ArrowException:
        return None


def strings(batch: pa.RecordBatch, column: str, path: Path) -> list[str]:
    """Convert a column to strings.

    Raises:
        UserError: A value is not UTF-8 text.
    """
    try:
        return to_strings(batch.column(column))
    except pa.ArrowException as error:
        raise UserError(f"{path}: column '{column}': {one_line(str(error))[:120]}; expected UTF-8 text") from None


def to_strings(values: pa.Array) -> list[str]:
    """Convert values to strings; null and NaN are missing, so empty."""
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_nan(values), None, values)
    texts: list[str] = pc.fill_null(values.cast(pa.large_string()), "").to_pylist()
    return texts


def _is_string(dtype: pa.DataType) -> bool:
    dtype = dtype.value_type if pa.types.is_dictionary(dtype) else dtype
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(dtype) for test in tests)


def _is_scalar(dtype: pa.DataType) -> bool:
    """Tell whether values can be converted to strings."""
    dtype = dtype.value_type if pa.types.is_dictionary(dtype) else dtype
    try:
        pa.array([], dtype).cast(pa.large_string())
    except pa.ArrowException:  # no cast from lists and structs
        return False
    return not pa.types.is_nested(dtype)
