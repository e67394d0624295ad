"""The modules that every stage imports."""
