"""check: say what is wrong with params.yaml before anything else runs."""

import argparse
from pathlib import Path

from stages.core import errors, settings
from stages.core.artifacts.files import whole
from stages.core.console import say


def check(out: Path | None) -> None:
    """Load params.yaml; write the same bytes whatever it says, so that nothing after it runs again for that."""
    found = settings.load()
    if out:
        with whole(out) as path:
            path.write_text("params.yaml is right\n")
    run = found.run
    say(
        f"check: {len(found.variants)} variants ({len(run.vectors)} vectors x {len(run.tuning)} tunings x "
        f"{len(run.encoders)} encoders) x {found.training.replicates} replicates and {len(run.baselines)} baselines "
        f"on `{found.dataset}`"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    check(**vars(parser.parse_args()))


if __name__ == "__main__":
    errors.run(main)
