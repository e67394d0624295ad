"""Output for people: tables with rules in a terminal, plain text in a file or a pipe."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


def print_pairs(rows: Sequence[tuple[str, str]], header: tuple[str, str]) -> None:
    """Print a table of two columns: aligned below a header in a terminal, separated by tabs elsewhere."""
    if not sys.stdout.isatty():
        print("\n".join("\t".join(row) for row in rows))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], marked: Sequence[bool], plain: str) -> None:
    """Print a table with some rows in bold in a terminal, its last columns dropped where they do not fit.

    `plain` is printed instead in a file or a pipe.
    """
    if not sys.stdout.isatty():
        print(plain)
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False)
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    fitting = len(widths)
    while fitting > 2 and sum(widths[:fitting]) + 2 * fitting > console.width:
        fitting -= 1
    table = Table(box=None, pad_edge=False)
    for name in header[:fitting]:
        table.add_column(name, no_wrap=True)
    for row, bold in zip(rows, marked, strict=True):
        table.add_row(*row[:fitting], style="bold" if bold else None)
    console.print(table)
    if dropped := header[fitting:]:
        console.print(f"({', '.join(dropped)}: in a wider terminal)", style="dim")


@contextmanager
def counting(unit: str) -> Iterator[Callable[[int], None]]:
    """Show a running count on standard error while the block runs; nothing where that is no terminal.

    Yields a function that adds to the count.
    """
    if not sys.stderr.isatty() or sys.stdout.isatty():  # answers in the same terminal would interleave
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} " + unit), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(unit, total=None)
        yield lambda items: progress.advance(task, items)
