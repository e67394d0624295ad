"""Readers and writers of vector files: word2vec and GloVe text, word2vec binary, fastText models."""
