"""`export`: settings of the stage of that name."""

from pydantic import TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Strict


class Export(Strict):
    """Which variant becomes a model that takes raw text; null is the selected one."""

    variant: str | None = None


EXPORT = Section("export", TypeAdapter(Export))
