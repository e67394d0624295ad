"""check: say what is wrong with params.yaml before anything else runs."""

import argparse
import os
from pathlib import Path

from embedding_bench.core import errors
from embedding_bench.core.console import say
from embedding_bench.core.errors import UserError
from embedding_bench.core.files import whole
from embedding_bench.core.params import PARAMS
from embedding_bench.settings.complete import load_settings


def check(out: Path | None) -> None:
    """Load params.yaml; write the same bytes whatever it says, so that nothing after it runs again for that."""
    found = load_settings()
    check_input(Path(found.input))
    if out:
        with whole(out) as path:
            path.write_text("params.yaml is right\n")
    run = found.run
    say(
        f"check: {len(found.run.variants)} variants ({len(run.vectors)} vectors x {len(run.tuning)} tunings x "
        f"{len(run.encoders)} encoders) x {found.training.replicates} replicates and {len(run.baselines)} baselines "
        f"on `{found.dataset}`"
    )


def check_input(path: Path) -> None:
    """Look at what DVC is about to hash, for whatever dataset, because its own errors name no remedy.

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
    for place in [path, *(sorted(path.rglob("*")) if path.is_dir() else [])]:
        if place.is_symlink() and not place.exists():
            raise UserError(f"{place}: a link that leads nowhere or to itself; remove it")
        if not _is_utf8(place):
            raise UserError(f"{str(place).encode('utf-8', 'replace').decode()}: a name that is not UTF-8; rename it")
        if not os.access(place, os.R_OK):
            raise UserError(f"{place}: cannot be read by this user; change its permissions, or take it out of {path}")


def _is_utf8(place: Path) -> bool:
    """Tell whether a name can be written in DVC's files."""
    try:
        str(place).encode()
    except UnicodeEncodeError:
        return False
    return True


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    check(**vars(parser.parse_args()))


if __name__ == "__main__":
    errors.run(main)
