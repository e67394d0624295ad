"""The formats that stages exchange: a module for each, with its schema, one reader and one writer.

All files are byte-stable: equal content gives equal bytes, because DVC compares hashes.
"""
