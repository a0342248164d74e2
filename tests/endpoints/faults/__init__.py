"""Faulty endpoints, one file per theme."""
