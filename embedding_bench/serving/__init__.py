"""A trained variant as a model that takes raw text."""
