"""Formats of tables: each opens a file as a `Table`."""
