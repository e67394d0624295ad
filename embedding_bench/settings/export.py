"""`export`: settings of the stage of that name."""

from typing import Literal

from pydantic import TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Strict

Members = Literal["best", "replicates"]


class Export(Strict):
    """Which variant becomes a model that takes raw text (null: the selected one), and which of its replicates."""

    variant: str | None = None
    members: Members = "best"


EXPORT = Section("export", TypeAdapter(Export))
# `confirm` keeps the models of all replicates only where they are exported.
MEMBERS = Section[Members]("export.members", TypeAdapter(Members))
