"""Texts and labels: sources, cleaning and splits."""
