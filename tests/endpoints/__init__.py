"""Faulty endpoints that the suite must catch, and unusual but conformant ones that must pass."""

import os

# A BLAS is limited to one thread, since several threads busy-wait for each other on a loaded
# machine. This takes effect only if numpy is imported later.
os.environ.setdefault("OMP_NUM_THREADS", "1")
