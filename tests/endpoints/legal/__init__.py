"""Endpoints that differ within the contract, one file a theme."""
