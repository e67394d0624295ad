"""The report of a run: figures, pictures, and a page that needs no network."""
