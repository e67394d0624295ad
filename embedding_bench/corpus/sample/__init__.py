"""The sample corpus: generated text with planted, known structure."""
