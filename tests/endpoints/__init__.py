"""Faulty endpoints that the suite must catch, and legal ones that it must accept."""

import os

# One thread: those of a BLAS spin for each other on a busy machine. It takes effect if numpy is
# imported later.
os.environ.setdefault("OMP_NUM_THREADS", "1")
