"""Faulty and legal endpoints: what the suite must catch, and what it must leave in peace."""
