"""User errors: one line and exit code 2. Any other exception is a bug and keeps its traceback."""

import os
import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches


class UserError(Exception):
    """A mistake that the user can mend; the message gives the place, the value found, what was expected, the remedy."""


def run(main: Callable[[], None]) -> None:
    """Call a script's main function; print a UserError as one line and exit with 2.

    End quietly after `| head`, and with 130 after Ctrl-C.
    """
    try:
        main()
    except UserError as error:
        print(f"error: {one_line(str(error))}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def one_line(text: str) -> str:
    """Fold white space, so that a message of another library stays on one line."""
    return " ".join(text.split())


def allowed(value: object, names: Iterable[str]) -> str:
    """List the allowed names, with a guess at the intended one.

    >>> allowed("maen", ["mean", "bilstm"])
    "did you mean 'mean'? allowed: mean, bilstm"
    """
    choices = [str(name) for name in names]
    nearest = get_close_matches(str(value), choices, n=1)
    hint = f"did you mean '{nearest[0]}'? " if nearest else ""
    return f"{hint}allowed: {', '.join(choices) or 'nothing'}"
