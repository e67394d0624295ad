"""What stages hand to each other: one module for each kind, with its schema, its reader and its writer.

All files are byte-stable: the same content is the same bytes, because DVC's cache lives by their hashes.
"""
