"""Files and folders that appear whole or not at all."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embedding_bench.core.errors import UserError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a temporary sibling for the caller to write, as a file or a folder; rename it once all is written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
        _remove(path)
        temporary.rename(path)
    finally:
        _remove(temporary)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Like `whole`, with the temporary folder made."""
    with whole(path) as temporary:
        temporary.mkdir()
        yield temporary


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_json(path: Path, value: object) -> None:
    """Write JSON with sorted keys; NaN is refused, because no reader agrees on it."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        UserError: The file is not there: the stage that writes it has not run.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run `dvc repro`, whose stages write it") from None
