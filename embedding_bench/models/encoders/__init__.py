"""Encoders: token vectors -> one vector per text."""
