"""Running tasks and stages side by side: which worker, which order, how many at once. None of it changes a result."""
