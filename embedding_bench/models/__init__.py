"""Encoders, batches and training, in TensorFlow."""
