"""Simulations behind the claims of docs/statistics.md, with the code that the stages use."""
