"""Benchmarks: each measures ours and a peer in one run."""
