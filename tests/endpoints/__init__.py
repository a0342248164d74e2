"""Faulty and legal endpoints: what the suite must catch, and what it must leave in peace."""

import os

# One thread: those of a BLAS spin for each other on a busy machine. Heeded if numpy comes later.
os.environ.setdefault("OMP_NUM_THREADS", "1")
