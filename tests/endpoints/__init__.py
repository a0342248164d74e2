"""Faulty endpoints that the suite must catch, and unusual but conformant ones that must pass."""

import os

# One thread: those of a BLAS spin for each other on a busy machine. It takes effect if numpy is
# imported later.
os.environ.setdefault("OMP_NUM_THREADS", "1")
