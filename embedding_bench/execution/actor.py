"""A worker on a node of a Ray cluster: what runs there."""

import os
import pickle
from collections.abc import Sequence
from typing import Any

from embedding_bench.execution import worker
from embedding_bench.execution.shipping import Copies, Manifest
from embedding_bench.execution.tasks import Outcome

Pieces = dict[str, list[Any]]  # by name of the file, references to bytes in Ray's object store


class Actor:
    """Runs one task at a time.

    Args:
        run: Names the run.
    """

    def __init__(self, run: str) -> None:
        os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] = "true"  # several actors may share a GPU
        self.copies = Copies(run)

    def missing(self, manifests: Sequence[Manifest]) -> list[Manifest]:
        """Return the inputs that this node does not have."""
        return [manifest for manifest in manifests if not self.copies.find(manifest)]

    def receive(self, manifest: Manifest, files: Pieces) -> None:
        """Fetch an input from Ray's object store, piece by piece, so that it may be larger than memory."""
        import ray

        self.copies.write(manifest, {name: (ray.get(piece) for piece in pieces) for name, pieces in files.items()})

    def run(self, message: bytes, manifests: Sequence[Manifest]) -> bytes:
        """Run the task of a message, whose inputs this node has."""
        inputs = [self.copies.find(manifest) for manifest in manifests]
        if None in inputs:
            return pickle.dumps(Outcome(mistake="an input changed during the run; run again"))
        return worker.run(message, tuple(path for path in inputs if path))
