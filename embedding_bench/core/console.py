"""What a person reads while a stage runs."""

import sys


def log(text: str) -> None:
    """Print one line, such as a stage's summary, at once."""
    print(text, flush=True)


def progress(text: str) -> None:
    """Overwrite the last line of the terminal; prints nothing where the output is a file or a pipe."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()
