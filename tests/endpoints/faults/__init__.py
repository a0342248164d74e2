"""Faulty endpoints, one file a theme."""
