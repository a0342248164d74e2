"""The data tables: clauses, models, tolerances, and timeouts."""
