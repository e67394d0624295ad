"""Word vectors, and the embedding matrix that is filled from them."""
