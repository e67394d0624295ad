"""The report of a run: charts, pictures, and a page that needs no network."""
