"""Faulty endpoints, one file per topic."""
