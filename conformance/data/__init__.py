"""Tables: clauses, models, tolerances, time-outs."""
