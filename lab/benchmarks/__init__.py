"""Benchmarks of the reference encoder against other servers, with full-size checkpoints."""
