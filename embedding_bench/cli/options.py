"""Options that several commands have."""

from typing import Annotated

import typer

Jobs = Annotated[
    int | None,
    typer.Option(min=1, help="Stages and trainings at once; by default as many as cores and memory allow."),
]
