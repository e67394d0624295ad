"""The check of params.yaml and of the input, before anything else runs."""

import os
from pathlib import Path

from embedding_bench.core.errors import UserError
from embedding_bench.core.params import PARAMS
from embedding_bench.project.pins import check_pins
from embedding_bench.settings.complete import Settings, load_settings


def check_project() -> str:
    """Check params.yaml and the input; return a summary of the run.

    Raises:
        UserError: A value is not allowed, the input cannot be read, or a project's pinned versions are not installed.
    """
    settings = load_settings()
    check_pins()
    check_input(Path(settings.input))
    return summarise(settings)


def summarise(settings: Settings) -> str:
    """Count variants, replicates and baselines in one line."""
    run = settings.run
    fewer = len(run.cells) - len(settings.variants)
    trials = settings.search.trials
    searched = f", after {trials} trials of settings for each" if trials else ""
    left_out = f", {fewer} left out: frozen random vectors" if fewer else ""
    return (
        f"check: {len(settings.variants)} variants ({len(run.vectors)} vectors x {len(run.tuning)} tunings x "
        f"{len(run.encoders)} encoders{left_out}) x {settings.training.replicates} replicates "
        f"and {len(run.baselines)} baselines on `{settings.dataset}`{searched}"
    )


def check_input(path: Path) -> None:
    """Look at the files that DVC is about to hash, for every dataset, because its own errors name no remedy.

    Raises:
        UserError: The file or folder is not there, or something in it cannot be read.
    """
    if not path.exists():
        raise UserError(
            f"{PARAMS}: input: found '{path}', where there is no file or folder; "
            "DVC watches it for every dataset: write the path of yours, or examples/news.csv"
        )
    if Path.cwd().is_relative_to(path.resolve()) or path.resolve().is_relative_to(Path.cwd() / "data"):
        raise UserError(f"{PARAMS}: input: found '{path}', which holds the project's own data; name your own")
    for entry in [path, *(sorted(path.rglob("*")) if path.is_dir() else [])]:
        if entry.is_symlink() and not entry.exists():
            raise UserError(f"{entry}: a link that leads nowhere or to itself; remove it")
        if not _is_utf8(entry):
            raise UserError(f"{str(entry).encode('utf-8', 'replace').decode()}: a name that is not UTF-8; rename it")
        if not os.access(entry, os.R_OK):
            raise UserError(f"{entry}: cannot be read by this user; change its permissions, or take it out of {path}")


def _is_utf8(path: Path) -> bool:
    """Tell whether a name can be written in DVC's files."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
