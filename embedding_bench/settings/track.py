"""`track`: settings of the stage of that name."""

from pydantic import TypeAdapter

from embedding_bench.core.params import Section
from embedding_bench.core.schema import Count, Strict


class Track(Strict):
    """Seconds to wait for an MLflow server."""

    timeout: Count


TRACK = Section("track", TypeAdapter(Track))
