"""Endpoints that differ within the contract, one file per theme."""
