"""Word vectors and the embedding matrix filled from them."""
