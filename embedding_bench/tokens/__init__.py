"""Vectorizers: text -> token ids."""
