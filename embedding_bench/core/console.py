"""What a person reads while stages run."""

import sys


def say(text: str) -> None:
    """Print one line of a stage's account."""
    print(text, flush=True)


def progress(text: str) -> None:
    """Overwrite the terminal's last line; nothing where the output is a file or a pipe."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()
