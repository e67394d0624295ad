"""Vectors trained here, on the corpus or on text files: word2vec, fastText, PPMI."""
