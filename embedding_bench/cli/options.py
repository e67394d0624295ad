"""Options that several commands have."""

from typing import Annotated

import typer

On = Annotated[
    str, typer.Option(help="Where to train: local, or a Ray cluster: auto, or HOST:PORT of its head.", metavar="WHERE")
]
Jobs = Annotated[
    int | None,
    typer.Option(min=1, help="Stages and trainings at once; by default as many as cores and memory allow."),
]
Gpus = Annotated[float, typer.Option(min=0, help="GPUs of a worker of the cluster, or a part of one.")]
