"""Baselines without embeddings."""
