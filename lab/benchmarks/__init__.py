"""Benchmarks of the reference against other servers, with full-size checkpoints."""
