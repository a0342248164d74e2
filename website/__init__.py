"""The static site of published reports: targets and clauses, differences, and the documentation."""
