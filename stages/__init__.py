"""The scripts of dvc.yaml, one a stage. What this imports runs before all else in each of them."""

from embedding_bench.core.machine import compute_alike

compute_alike()
