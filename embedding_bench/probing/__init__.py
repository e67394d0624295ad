"""Vectors looked at without a classifier: analogies, similarity, neighbours, and what fine-tuning moved."""
