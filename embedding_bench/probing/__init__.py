"""Intrinsic evaluation of vectors: analogies, similarity, neighbours, and drift in fine-tuning."""
