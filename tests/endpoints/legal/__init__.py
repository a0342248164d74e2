"""Unusual endpoints that still satisfy the contract, one file per topic."""
